import { expect, test } from '@jest/globals';
import { castOf, planSteps, type Step } from './plan.js';

const cast = castOf('k', { operations: 0, writers: 3, remotes: 2 });
const steps = planSteps(7, 'k', cast, 400);

test('the same seed plans the same, another seed something else', () => {
  expect(planSteps(7, 'k', cast, 400)).toEqual(steps);
  expect(planSteps(8, 'k', cast, 400)).not.toEqual(steps);
});

test('every kind of step is there, each with a number of its own', () => {
  expect(new Set(steps.map(({ kind }) => kind))).toEqual(new Set(['post', 'edit', 'delete', 'boost', 'unboost', 'favourite', 'unfavourite', 'follow', 'unfollow']));
  expect(steps.map(({ op }) => op)).toEqual(steps.map((_, index) => index + 1));
  expect(steps.some(({ sends }) => sends > 1)).toBe(true);
  expect(steps.some(({ names }) => names !== undefined)).toBe(true);
});

test('nobody waits for what comes later, and nobody touches what is deleted', () => {
  const authors = new Map<string, string>();
  const gone = new Set<string>();
  const touches = ({ kind, object, replyTo }: Step): string[] => (kind === 'post' ? (replyTo === undefined ? [] : [replyTo]) : kind.endsWith('follow') ? [] : [object]);
  for (const step of steps) {
    for (const token of touches(step)) {
      expect(authors.has(token)).toBe(true);
      expect(gone.has(token)).toBe(false);
      if (step.kind === 'edit' || step.kind === 'delete') expect(authors.get(token)).toBe(step.who);
    }
    if (step.kind === 'post') authors.set(step.object, step.who);
    if (step.kind === 'delete') gone.add(step.object);
  }
  expect(gone.size).toBeGreaterThan(5);
});
