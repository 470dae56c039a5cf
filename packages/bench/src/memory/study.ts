import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchOptions } from '../harness/options.js';
import { processMemory } from '../harness/process-memory.js';
import type { ServerProcess } from '../harness/server-process.js';
import { seedFollows } from '../harness/seed-people.js';
import { Stage } from '../harness/stage.js';
import { atMost, type Study } from '../harness/verdict.js';
import type { LoadPlan } from '../load/generator.js';
import { seedLoadPeople, type LoadPeople } from '../load/people.js';
import type { WorkerProcess } from '../harness/worker-process.js';

const APPS = ['api', 'inbox', 'outbox', 'timeline', 'moderation', 'streaming', 'media', 'web'] as const;
const IDLE_SECONDS = { full: 45, quick: 8 };
const LOAD_SECONDS = { full: 60, quick: 6 };
const RATE = { full: 150, quick: 40 };
const AUTHORS = { remote: 100, local: 10 };
const STANDALONE_IDLE_MB_MAX = 300;
const PAGES_A_SECOND = 10;

interface Row {
  readonly name: string;
  readonly restMb: number;
  readonly loadMb: number;
  readonly peakMb: number;
}

/** Resident memory of every service apart and of all of them in one process, at rest and under a steady load of posts. */
export async function studyMemory(options: BenchOptions): Promise<Study> {
  const rows = [...(await measure(options, APPS, { inbox: 'inbox', api: 'api' })), ...(await measure(options, ['standalone'], { inbox: 'standalone', api: 'standalone' }))];
  const standalone = rows.at(-1);
  const size = options.quick ? 'quick' : 'full';
  return {
    name: 'memory',
    head: ['service', 'at rest, MB', 'under load, MB', 'highest, MB'],
    rows: rows.map(({ name, restMb, loadMb, peakMb }) => [name, ...[restMb, loadMb, peakMb].map((mb) => mb.toFixed(0))]),
    figures: Object.fromEntries(rows.flatMap(({ name, restMb, loadMb, peakMb }) => [[`${name} rest MB`, restMb], [`${name} load MB`, loadMb], [`${name} peak MB`, peakMb]])),
    verdicts: [atMost('standalone at rest, resident', STANDALONE_IDLE_MB_MAX, standalone?.restMb ?? Infinity, ' MB')],
    notes: [`at rest: ${IDLE_SECONDS[size]} s after the start; load: ${RATE[size]} posts a second for ${LOAD_SECONDS[size]} s, a tenth of them local, and ${PAGES_A_SECOND} home timelines a second`],
  };
}

async function measure(options: BenchOptions, apps: readonly string[], at: { readonly inbox: string; readonly api: string }): Promise<Row[]> {
  const size = options.quick ? 'quick' : 'full';
  const stage = await Stage.open(options);
  try {
    const load = stage.worker('load');
    const people = await seedLoadPeople(stage, load, AUTHORS);
    await seedReading(stage, people);
    const servers = new Map<string, ServerProcess>();
    for (const app of apps) servers.set(app, await stage.server(app));
    const portOf = (app: string): number => servers.get(app)?.port ?? 0;
    await sleep(IDLE_SECONDS[size] * 1_000);
    const rest = [...servers.values()].map((server) => processMemory(server.pid).rssMb);
    const sending = steadyLoad(stage, load, planOf(stage, people, { inboxPort: portOf(at.inbox), apiPort: portOf(at.api), rate: RATE[size], seconds: LOAD_SECONDS[size] }));
    await sleep(LOAD_SECONDS[size] * 800);
    const loaded = [...servers.values()].map((server) => processMemory(server.pid));
    await sending;
    return [...servers.keys()].map((name, index) => ({ name, restMb: rest[index] ?? 0, loadMb: loaded[index]?.rssMb ?? 0, peakMb: loaded[index]?.peakMb ?? 0 }));
  } finally {
    await stage.close();
  }
}

/** A plan of one phase, signed as it goes. */
export const planOf = (
  stage: Stage,
  { mentionedUris, localTokens }: LoadPeople,
  how: { readonly inboxPort: number; readonly apiPort: number; readonly rate: number; readonly seconds: number },
): LoadPlan => ({
  inboxPorts: [how.inboxPort],
  apiPort: how.apiPort,
  domain: stage.domain,
  mentionedUris,
  localTokens,
  phases: [{ rate: how.rate, seconds: how.seconds }],
  localShare: 0.1,
  signsBefore: false,
});

/** Sends it from now on, while those who post here read their home timelines. @returns once everything is answered */
export async function steadyLoad(stage: Stage, load: WorkerProcess, plan: LoadPlan): Promise<void> {
  await load.ask('prepare', plan);
  const seconds = plan.phases.reduce((sum, phase) => sum + phase.seconds, 0);
  const reading = stage.worker('page-reader').ask('read', { port: plan.apiPort, tokens: plan.localTokens, rate: PAGES_A_SECOND, seconds });
  await Promise.all([load.ask('run', { startMs: performance.timeOrigin + performance.now() }), reading]);
}

/** Those who post here follow everybody there. */
export async function seedReading(stage: Stage, { localIds, remoteIds }: LoadPeople): Promise<void> {
  for (const remoteId of remoteIds) await seedFollows(stage, localIds, remoteId);
}
