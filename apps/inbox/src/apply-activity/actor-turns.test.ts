import { expect, test } from '@jest/globals';
import { ActorTurns } from './actor-turns.js';

/** What `promise` has come to by now. */
const soFar = <T>(promise: Promise<T>): Promise<T | 'waits'> => Promise.race([promise, new Promise<'waits'>((resolve) => setImmediate(() => resolve('waits')))]);

test('whoever came first goes first, actor by actor', async () => {
  const turns = new ActorTurns();
  const [first, second] = [turns.take(['amy', 'bob']), turns.take(['bob', 'eve'])];
  expect(await first.next()).toEqual(['amy', 'bob']);
  expect(await first.next()).toBeNull();
  // Eve is free; Bob is not yet.
  expect(await second.next()).toEqual(['eve']);
  const waiting = second.next();
  expect(await soFar(waiting)).toBe('waits');
  first.end('bob');
  expect(await waiting).toEqual(['bob']);
  expect(await second.next()).toBeNull();
});

test('a place that is given up in the middle of the line lets nobody pass those before it', async () => {
  const turns = new ActorTurns();
  const [first, second, third] = [turns.take(['amy']), turns.take(['amy']), turns.take(['amy'])];
  second.endAll();
  const waiting = third.next();
  expect(await soFar(waiting)).toBe('waits');
  first.endAll();
  first.endAll();
  expect(await waiting).toEqual(['amy']);
});

test('without actors there is nothing to wait for', async () => {
  expect(await new ActorTurns().take([]).next()).toBeNull();
});
