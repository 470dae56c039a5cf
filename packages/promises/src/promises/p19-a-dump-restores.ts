import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@trunkline/testing';
import { observe } from '../check/observe.js';
import { localOf, remoteOf } from '../load/cast.js';
import type { Attack, Round } from '../round.js';
import { dumpDatabase, dumpFault, restoreDatabase } from '../stage/dump.js';

const STORES = ['nats', 'redis', 'postgres'] as const;
const BACK_MS_MAX = 120_000;
/** Longer than the sweepers leave what is late. */
const STORM_MS = { short: 15_000, long: 90_000 };

/** All three stores are destroyed and every process is killed; a dump comes back, and what the operator keeps apart from it: settings and secrets. */
export const aDumpRestores: Attack = {
  id: 'P19',
  promise: 'a dump and the secrets restore the server',
  short: false,
  cannotRun: () => dumpFault(),
  // What comes back is younger than the stage's own memory of it: nobody else plays on it.
  stage: {},
  sizes: { operations: 100, writers: 3, remotes: 3 },
  script: async (round) => {
    await round.at(1);
    await round.stage.settled();
    const folder = await mkdtemp(join(tmpdir(), 'trunkline-dump-'));
    try {
      await destroyAndRestore(round, join(folder, 'dump'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await untilServed(round);
    await goesOn(round);
    round.healed();
  },
};

/** What is written from now on goes where everything went before. */
async function goesOn(round: Round): Promise<void> {
  const { people, options } = round;
  const [writer = '', reader = ''] = people.cast.writers;
  const text = `${options.name}-after the restore`;
  await localOf(people, writer).api.post('/api/v1/statuses', { status: text });
  await round.inTime('a post to come to a feed', BACK_MS_MAX, async () => (await localOf(people, reader).api.get<{ content: string }[]>('/api/v1/timelines/home')).some(({ content }) => content.includes(text)));
  for (const name of people.cast.remotes) {
    await round.inTime(`a post to come to ${name}`, BACK_MS_MAX, () => remoteOf(people, name).posts.some(({ type, body, signature }) => type === 'Create' && signature === 'valid' && body.includes(text)));
  }
}

async function destroyAndRestore(round: Round, file: string): Promise<void> {
  const { stage } = round;
  const { backing, split } = stage;
  const { url } = split.operator.database;
  const before = await worldOf(round);
  dumpDatabase(url, file);
  round.fault('all stores are destroyed, every process is killed');
  for (const name of STORES) await backing.stop(name, 'SIGKILL');
  for (const app of split.apps) stage.signal(app, 'SIGKILL');
  for (const name of STORES) await backing.destroy(name);
  for (const name of STORES) await backing.start(name);
  restoreDatabase(url, backing.url('postgres'), file);
  await split.makeRoles();
  round.history.note('the dump is restored');
  await untilServed(round);
  await sleep(round.options.isShort ? STORM_MS.short : STORM_MS.long);
  compare(round, before, await worldOf(round));
}

interface World {
  /** What is read as home by each writer, and what rows there are. */
  readonly facts: ReadonlySet<string>;
  /** How often each activity came to each remote. */
  readonly received: ReadonlyMap<string, number>;
}

async function worldOf(round: Round): Promise<World> {
  const found = await observe(round.stage, round.people, round.options.name);
  const received = new Map<string, number>();
  for (const name of round.people.cast.remotes) {
    for (const { id, count } of remoteOf(round.people, name).received.values()) received.set(`${name} ${id}`, count);
  }
  return { facts: new Set([...found].map(([key, { count, state }]) => `${key} = ${state} × ${count}`)), received };
}

function compare(round: Round, before: World, after: World): void {
  const changed = [...[...before.facts].filter((fact) => !after.facts.has(fact)), ...[...after.facts].filter((fact) => !before.facts.has(fact))].filter((fact) => !fact.startsWith('copy:'));
  if (changed.length > 0) round.violate(`${changed.length} facts are not what they were: ${changed.slice(0, 5).join(', ')}`);
  let again = 0;
  for (const [key, count] of after.received) again += count - (before.received.get(key) ?? 0);
  round.history.note(`${again} deliveries came after the restore, ${before.facts.size} facts were compared`);
  if (again > 0) round.violate(`${again} deliveries were made again`);
}

/** People read their homes again. */
async function untilServed(round: Round): Promise<void> {
  await round.stage.allReady();
  for (const name of round.people.cast.writers) {
    await until(`${name} to read their home`, async () => (await localOf(round.people, name).api.ask('GET', '/api/v1/timelines/home')).status === 200, BACK_MS_MAX);
  }
}
