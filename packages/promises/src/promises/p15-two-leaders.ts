import type { Attack } from '../round.js';

/** One copy of each worker stands still for longer than its leases last, and wakes up believing that it leads. */
export const twoLeaders: Attack = {
  id: 'P15',
  promise: 'two leaders do nothing twice',
  short: false,
  sizes: { operations: 200, writers: 3, remotes: 3 },
  perform: () => ({ paceMs: 200 }),
  script: async (round) => {
    for (const [copy, share] of [[0, 0.1], [1, 0.5]] as const) {
      await round.at(share);
      round.fault(`copy ${copy} of inbox, timeline and outbox stands still`);
      for (const app of ['inbox', 'timeline', 'outbox']) round.stage.signal(app, 'SIGSTOP', copy);
      await round.outage(20, 60);
      for (const app of ['inbox', 'timeline', 'outbox']) round.stage.signal(app, 'SIGCONT', copy);
    }
  },
};
