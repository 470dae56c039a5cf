import type { Attack } from '../round.js';

/** The last of them, in the short run. */
const SHORT_POINTS = 3;
const FAILPOINTS = [
  ['api', 'before_commit'],
  ['api', 'after_commit_before_publish'],
  ['api', 'after_publish_before_mark'],
  ['timeline', 'between_fanout_chunks'],
  ['outbox', 'after_http_200_before_mark'],
] as const;

export const postsReachEverybody: Attack = {
  id: 'P3',
  promise: 'a post reaches every feed and every remote',
  short: true,
  sizes: { operations: 200, writers: 3, remotes: 3 },
  // Half of them posts.
  longSizes: { operations: 1_000 },
  perform: () => ({ paceMs: 60 }),
  script: async (round) => {
    const apps = round.victims;
    const points = round.options.isShort ? FAILPOINTS.slice(-SHORT_POINTS) : FAILPOINTS;
    for (const [index, [app, name]] of points.entries()) {
      await round.at((index + 0.5) / 10);
      await round.dieAt(app, name);
    }
    for (const [index, app] of apps.entries()) {
      await round.at(0.5 + (index * 0.5) / apps.length);
      round.fault(`kill -9 ${app}, both copies`);
      round.stage.signal(app, 'SIGKILL');
      await round.stage.split.ready(app);
    }
  },
};
