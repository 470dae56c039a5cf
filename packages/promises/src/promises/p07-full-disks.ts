import { buffer } from 'node:stream/consumers';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backbone } from '@trunkline/platform';
import { DiskFileStore } from '@trunkline/storage';
import { until } from '@trunkline/testing';
import type { Attack, Round } from '../round.js';
import { SmallDisk } from '../stage/small-disk.js';

/** Above what each holds after a start: 40 MiB of cluster and a log of 16 MiB segments; streams of a few KiB. */
const DISKS_MIB = { postgres: 320, nats: 48 };
const UPLOADS_MIB = 8;
const UPLOAD_BYTES = 300_000;
const CANARY_MS_MAX = 15_000;
const CANARIES_MAX = 300;
/** Share of the load that meets the full database at most. */
const FELT_BY = 0.95;
const FELT_MS_MAX = 30_000;

/**
 * Broker, database and uploads run out of space, each on a disk of its own, under load; then somebody makes room. A
 * broker that stores nothing after that is restarted, as an operator would whom the canary tells.
 */
export const fullDisks: Attack = {
  id: 'P7',
  promise: 'a full disk loses nothing that was acknowledged',
  short: false,
  cannotRun: () => SmallDisk.fault(),
  stage: { smallDisks: DISKS_MIB },
  sizes: { operations: 200, writers: 3, remotes: 3 },
  perform: () => ({ paceMs: 60 }),
  script: async (round) => {
    await round.at(0.15);
    await fillBroker(round);
    await round.at(0.5);
    await fillDatabase(round);
    await fillUploads(round);
  },
};

async function fillBroker(round: Round): Promise<void> {
  const { backing, split } = round.stage;
  const disk = backing.disk('nats');
  round.fault('the broker’s disk is full');
  disk.fill();
  const { broker } = split.operator.backbone;
  await round.outage(5, 30);
  const full = await untilRefused(broker, disk);
  round.history.note(`the canary says: ${full.ok ? 'stored' : full.reason}`);
  if (full.ok) round.late('the broker stored something on a full disk: the attack did not happen');
  disk.free();
  round.healed();
  const stores = async (): Promise<boolean> => (await broker.canary()).ok;
  if (await until('the broker to store again', stores, CANARY_MS_MAX).catch(() => false)) return;
  round.fault('the broker stores nothing since its disk was full: restarted');
  // It may be past heeding a polite signal.
  await round.stage.restartStore('nats', 'SIGKILL');
  await until('the restarted broker to store', stores, CANARY_MS_MAX * 2);
}

/** What it stores of a little lies in the pages that it had begun: it is asked until these are full too. */
async function untilRefused(broker: Backbone['broker'], disk: SmallDisk): ReturnType<Backbone['broker']['canary']> {
  let found = await broker.canary();
  for (let tries = 1; found.ok && tries < CANARIES_MAX; tries += 1) {
    // It may have made room by itself, of what everybody took.
    disk.fill();
    found = await broker.canary();
  }
  return found;
}

async function fillDatabase(round: Round): Promise<void> {
  const { backing } = round.stage;
  const disk = backing.disk('postgres');
  round.fault('the database’s disk is full');
  const before = round.history.entries.length;
  disk.fill();
  await round.outage(5, 30);
  const refusals = () => round.history.entries.slice(before).filter((entry) => entry.type === 'try' && entry.status === 503);
  // A little fits into pages and a log that were begun before: more comes, until somebody is refused.
  void round.at(FELT_BY).catch(() => undefined);
  await until('somebody to be refused', () => refusals().length > 0 || !backing.isRunning('postgres') || round.progress >= FELT_BY, FELT_MS_MAX).catch(() => false);
  const refused = refusals();
  round.history.note(`${refused.length} requests were answered 503 while the database had no room, Postgres ${backing.isRunning('postgres') ? 'runs' : 'ended'}`);
  if (refused.length === 0 && backing.isRunning('postgres')) round.late('nobody felt that the database’s disk was full: the attack did not happen');
  disk.free();
  if (!backing.isRunning('postgres')) {
    round.fault('Postgres ended for want of space: started again');
    await backing.start('postgres');
  }
  round.healed();
}

/** What the uploads' service writes by. Whatever was stored is whole afterwards, and nothing else is there. */
async function fillUploads(round: Round): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'trunkline-uploads-'));
  const disk = SmallDisk.mount(path, UPLOADS_MIB);
  try {
    const store = new DiskFileStore({ root: path, publicUrl: 'http://localhost/media' });
    const stored = new Map<string, Buffer>();
    const put = async (name: string): Promise<boolean> => {
      const content = Buffer.alloc(UPLOAD_BYTES, name);
      const isStored = await store.put(name, content).then(() => true, () => false);
      if (isStored) stored.set(name, content);
      return isStored;
    };
    round.fault('the uploads’ disk is full');
    for (let n = 0; await put(`file-${n}`); n += 1);
    disk.fill();
    if (await put('when-full')) round.violate('an upload was stored on a full disk');
    disk.free();
    await store.remove('file-0');
    stored.delete('file-0');
    if (!(await put('with-room-again'))) round.violate('uploads do not resume');
    for (const [name, content] of stored) {
      const file = await store.get(name);
      if (file === null || !content.equals(await buffer(file.content))) round.violate(`the stored upload ${name} is gone or not whole`);
    }
    for (const name of ['file-0', 'when-full']) if ((await store.get(name)) !== null) round.violate(`${name} is there and was never stored`);
  } finally {
    disk.unmount();
    await rm(path, { recursive: true, force: true });
  }
}
