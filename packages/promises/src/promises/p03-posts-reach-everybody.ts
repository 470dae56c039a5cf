import type { Attack } from '../round.js';

export const postsReachEverybody: Attack = {
  id: 'P3',
  promise: 'a post reaches every feed and every remote',
  short: true,
  sizes: { operations: 240, writers: 3, remotes: 3 },
  perform: () => ({ paceMs: 60 }),
  script: async (round) => {
    const apps = round.victims;
    for (const [index, app] of apps.entries()) {
      await round.at((index + 0.5) / (apps.length + 1));
      round.fault(`kill -9 ${app}, both copies`);
      round.stage.signal(app, 'SIGKILL');
      await round.stage.split.ready(app);
    }
  },
};
