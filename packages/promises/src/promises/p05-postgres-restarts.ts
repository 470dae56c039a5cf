import type { Attack } from '../round.js';

export const postgresRestarts: Attack = {
  id: 'P5',
  promise: 'Postgres restarts; nothing is confirmed without it',
  short: true,
  sizes: { operations: 200, writers: 3, remotes: 3 },
  perform: () => ({ paceMs: 60 }),
  // Pools recover by themselves.
  endsNoProcess: true,
  script: async (round) => {
    for (const share of [0.2, 0.4, 0.6]) {
      await round.at(share);
      round.fault('Postgres, immediate stop');
      await round.stage.restartStore('postgres', 'SIGQUIT');
    }
    await round.at(0.75);
    round.fault('Postgres is away');
    const before = round.history.entries.length;
    await round.stage.restartStore('postgres', 'SIGQUIT', () => round.outage(6, 20));
    // That each of them said when to come back is looked at for all answers of a round.
    const refused = round.history.entries.slice(before).filter((entry) => entry.type === 'try' && entry.status === 503);
    if (refused.length === 0) round.late('nobody was answered 503 while Postgres was away');
  },
};
