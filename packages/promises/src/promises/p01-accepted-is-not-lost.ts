import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack } from '../round.js';

const KILLS = 5;
const LIFE_AFTER_ANSWER_MS_MAX = 50;

/** Remotes send once and never again: what was answered 202 is all that is known of it. */
export const acceptedIsNotLost: Attack = {
  id: 'P1',
  promise: 'what the inbox answered 202 is applied',
  short: true,
  sizes: { operations: 160, writers: 2, remotes: 5 },
  perform: () => ({ remotePatienceMs: 0, paceMs: 40 }),
  script: async (round) => {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await round.at(kill / (KILLS + 1));
      const before = round.accepted;
      while (round.accepted === before && round.progress < 1) await sleep(1);
      await sleep(round.random.below(LIFE_AFTER_ANSWER_MS_MAX));
      round.fault('kill -9 inbox, both copies');
      round.stage.signal('inbox', 'SIGKILL');
      await round.stage.split.ready('inbox');
    }
  },
};
