import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack } from '../round.js';

const KILLS = 3;
/** Between the commit that the 202 follows, the doorbell, and the effects. */
const FAILPOINTS = ['after_commit_before_publish', 'before_commit', 'after_effects_before_ack'] as const;
const LIFE_AFTER_ANSWER_MS_MAX = 50;

/** Remotes send once and never again: what was answered 202 is all that is known of it. */
export const acceptedIsNotLost: Attack = {
  id: 'P1',
  promise: 'what the inbox answered 202 is applied',
  short: true,
  sizes: { operations: 160, writers: 2, remotes: 5 },
  perform: () => ({ remotePatienceMs: 0, paceMs: 40 }),
  script: async (round) => {
    for (const [index, name] of FAILPOINTS.entries()) {
      await round.at((index + 0.5) / 8);
      await round.dieAt('inbox', name);
    }
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await round.at(0.4 + (kill * 0.6) / (KILLS + 1));
      const before = round.accepted;
      await round.feeding(async () => {
        while (round.accepted === before && round.progress < 1) await sleep(1);
      });
      await sleep(round.random.below(LIFE_AFTER_ANSWER_MS_MAX));
      round.fault('kill -9 inbox, both copies');
      round.stage.signal('inbox', 'SIGKILL');
      await round.stage.split.ready('inbox');
    }
  },
};
