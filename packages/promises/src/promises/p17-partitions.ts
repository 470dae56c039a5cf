import type { Attack } from '../round.js';
import type { StoreName } from '../stage/backing.js';
import { PARTED } from '../stage/copy-environment.js';

const STORES: readonly StoreName[] = ['postgres', 'nats', 'redis'];
/** One of them, while the other sees what it does not, or both. */
const COPIES = [[0], [1], [0, 1], [0, 1]] as const;

/** Each service, or one copy of it, loses each store in turn: silence on open connections, as a cable pulled. */
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
      const copies = round.random.pick(COPIES);
      round.fault(`${app} is cut off from ${store}, copies ${copies.join(' and ')}`);
      round.stage.part(app, store, { kind: 'blackhole' }, copies);
      await round.outage(6, 30);
      round.stage.part(app, store, { kind: 'pass' }, copies);
      round.healed();
    }
  },
};
