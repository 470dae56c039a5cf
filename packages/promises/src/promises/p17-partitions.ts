import type { Attack } from '../round.js';
import type { StoreName } from '../stage/backing.js';
import { PARTED } from '../stage/copy-environment.js';

const STORES: readonly StoreName[] = ['postgres', 'nats', 'redis'];

/** Each service loses each store in turn: silence on open connections, as a cable pulled. */
export const partitions: Attack = {
  id: 'P17',
  promise: 'services cut off from a store split nothing',
  short: false,
  stage: { parted: true },
  sizes: { operations: 260, writers: 3, remotes: 3 },
  perform: () => ({ paceMs: 250 }),
  script: async (round) => {
    const cuts = PARTED.flatMap((app) => STORES.map((store) => ({ app, store })));
    for (const [index, { app, store }] of cuts.entries()) {
      await round.at(index / (cuts.length + 1));
      const wall = round.stage.wall(app, store);
      round.fault(`${app} is cut off from ${store}`);
      wall.set({ kind: 'blackhole' });
      await round.outage(6, 30);
      wall.set({ kind: 'pass' });
      round.healed();
    }
  },
};
