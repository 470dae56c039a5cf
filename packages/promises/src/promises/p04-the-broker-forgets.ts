import { cp, rm } from 'node:fs/promises';
import type { Attack, Round } from '../round.js';
import { streamNames } from '../stage/nats-request.js';

const RECREATED_MS_MAX = 60_000;

/** The broker is killed, set back to an older state, and emptied; in the long run each time only once the time before is over and done with. */
export const theBrokerForgets: Attack = {
  id: 'P4',
  promise: 'the broker may die or forget everything',
  short: true,
  sizes: { operations: 200, writers: 3, remotes: 3 },
  perform: () => ({ paceMs: 60 }),
  recoverMsMax: 60_000,
  endsNoProcess: true,
  script: async (round) => {
    const url = round.stage.backing.url('nats');
    const streams = (await streamNames(url)).sort().join(', ');
    const store = round.stage.backing.dataPath('nats');
    const older = `${store}-older`;
    await round.at(0.15);
    await restart(round, 'kill -9 broker', 'SIGKILL');
    await round.at(0.3);
    await restart(round, 'broker stopped, its store copied', 'SIGTERM', () => cp(store, older, { recursive: true }));
    await round.at(0.55);
    await restart(round, 'kill -9 broker, older store restored', 'SIGKILL', async () => {
      await rm(store, { recursive: true, force: true });
      await cp(older, store, { recursive: true });
    });
    await round.at(0.8);
    await restart(round, 'kill -9 broker, store deleted', 'SIGKILL', () => rm(store, { recursive: true, force: true }));
    await round.inTime(`the streams ${streams} to be there again`, RECREATED_MS_MAX, async () => (await streamNames(url)).sort().join(', ') === streams);
    await rm(older, { recursive: true, force: true });
  },
};

async function restart(round: Round, what: string, signal: NodeJS.Signals, whileDown?: () => Promise<void>): Promise<void> {
  round.fault(what);
  await round.stage.restartStore('nats', signal, whileDown);
  if (!round.options.isShort) await round.caughtUp();
}
