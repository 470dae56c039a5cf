import type { Attack, Round } from '../round.js';
import type { StoreName } from '../stage/backing.js';
import { ON_THE_WAY, PARTED } from '../stage/copy-environment.js';

const STORES: readonly StoreName[] = ['postgres', 'nats', 'redis'];
/** One of them, while the other sees what it does not, or both. */
const COPIES = [[0], [1], [0, 1], [0, 1]] as const;
/** Of the load: what meets a cut before its seconds begin. */
const SHARE_AT_CUT = 0.005;
const READY_MS_MAX = 60_000;

/** Each service, or one copy of it, loses each store in turn: silence on open connections, as a cable pulled. In the short run those that posts pass through. */
export const partitions: Attack = {
  id: 'P17',
  promise: 'services cut off from a store split nothing',
  short: false,
  stage: { parted: PARTED },
  sizes: { operations: 260, writers: 3, remotes: 3 },
  longSizes: { operations: 800 },
  perform: () => ({ paceMs: 250 }),
  // Connections come back by themselves.
  endsNoProcess: true,
  script: async (round) => {
    const apps = round.options.isShort ? ON_THE_WAY : PARTED;
    const cuts = apps.flatMap((app) => STORES.map((store) => ({ app, store })));
    for (const [index, { app, store }] of cuts.entries()) {
      await round.at(index / (cuts.length + 1), SHARE_AT_CUT);
      const copies = round.random.pick(COPIES);
      round.fault(`${app} is cut off from ${store}, copies ${copies.join(' and ')}`);
      round.stage.part(app, store, { kind: 'blackhole' }, copies);
      await round.outage(6, 30);
      round.stage.part(app, store, { kind: 'pass' }, copies);
      round.healed();
      await backAgain(round, app);
    }
  },
};

async function backAgain(round: Round, app: string): Promise<void> {
  const isBack = (): boolean => round.stage.split.running.processes.every((copy) => copy.app !== app || copy.isReady);
  await round.inTime(`${app} to be ready again`, READY_MS_MAX, isBack);
}
