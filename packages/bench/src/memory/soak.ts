import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchOptions } from '../harness/options.js';
import { processMemory } from '../harness/process-memory.js';
import { Stage } from '../harness/stage.js';
import { atMost, type Study } from '../harness/verdict.js';
import { seedLoadPeople } from '../load/people.js';
import { Inspector } from './inspector.js';
import { planOf, seedReading, steadyLoad } from './study.js';
import { trend, type Point } from './trend.js';

const APPS = ['api', 'inbox', 'outbox', 'timeline', 'streaming'] as const;
/** So many here that none of them meets the limit of 300 requests in five minutes. */
const AUTHORS = { remote: 100, local: 40 };
const RATE = 60;
/** The first part fills pools, caches and compiled code, which is no growth. */
const WARM_UP_SHARE = 0.3;
const SAMPLES = 40;
/** What the line through the reachable heap may rise by in the measured time, of its mean. */
const GROWTH_PERCENT_MAX = 5;

interface Watched {
  readonly name: string;
  readonly pid: number;
  readonly inspector: Inspector;
  readonly heap: Point[];
  readonly rss: Point[];
}

/** Whether memory grows while the same load goes on and on: the heap after a full collection, and the resident memory. */
export async function studySoak(options: BenchOptions): Promise<Study> {
  const seconds = options.minutes * 60;
  const stage = await Stage.open(options);
  const watched: Watched[] = [];
  try {
    const load = stage.worker('load');
    const people = await seedLoadPeople(stage, load, AUTHORS);
    await seedReading(stage, people);
    const ports = new Map<string, number>();
    for (const name of APPS) {
      const server = await stage.server(name, { inspects: true });
      ports.set(name, server.port);
      watched.push({ name, pid: server.pid, inspector: await Inspector.attach(server.inspectPort ?? 0), heap: [], rss: [] });
    }
    const sending = steadyLoad(stage, load, planOf(stage, people, { inboxPort: ports.get('inbox') ?? 0, apiPort: ports.get('api') ?? 0, rate: RATE, seconds }));
    await Promise.all([sending, sample(watched, seconds)]);
  } finally {
    for (const { inspector } of watched) inspector.close();
    await stage.close();
  }
  return report(watched, options.minutes);
}

async function sample(watched: readonly Watched[], seconds: number): Promise<void> {
  const startedMs = performance.now();
  const elapsed = (): number => (performance.now() - startedMs) / 1_000;
  for (let taken = 0; taken < SAMPLES; taken += 1) {
    await sleep(Math.max(0, ((taken + 1) * seconds) / SAMPLES - elapsed()) * 1_000);
    for (const { pid, inspector, heap, rss } of watched) {
      heap.push([elapsed(), await inspector.liveHeapMb()]);
      rss.push([elapsed(), processMemory(pid).rssMb]);
    }
    process.stderr.write(`  ${elapsed().toFixed(0)} s: ${watched.map(({ name, heap, rss }) => `${name} ${heap.at(-1)?.[1].toFixed(1)} of ${rss.at(-1)?.[1].toFixed(0)} MB`).join(', ')}\n`);
  }
}

function report(watched: readonly Watched[], minutes: number): Study {
  const measured = (points: readonly Point[]): readonly Point[] => points.slice(Math.floor(points.length * WARM_UP_SHARE));
  const lines = watched.map(({ name, heap, rss }) => ({ name, heap: growth(measured(heap)), rss: growth(measured(rss)) }));
  return {
    name: 'soak',
    head: ['service', 'live heap, MB', 'its growth, MB', '%', 'resident, MB', 'its growth, MB', '%'],
    rows: lines.map(({ name, heap, rss }) => [name, ...[heap, rss].flatMap(({ mean, grown, percent }) => [mean.toFixed(1), grown.toFixed(2), percent.toFixed(1)])]),
    figures: Object.fromEntries(lines.flatMap(({ name, heap, rss }) => [[`${name} heap growth %`, heap.percent], [`${name} resident growth %`, rss.percent]])),
    verdicts: lines.map(({ name, heap }) => atMost(`${name}: growth of the live heap in ${(minutes * (1 - WARM_UP_SHARE)).toFixed(1)} minutes`, GROWTH_PERCENT_MAX, heap.percent, ' %', 1)),
    notes: [`${minutes} minutes of ${RATE} posts a second, with home timelines read meanwhile; growth is that of the straight line through the samples after the first ${WARM_UP_SHARE * 100} %`],
  };
}

function growth(points: readonly Point[]): { readonly mean: number; readonly grown: number; readonly percent: number } {
  const { slope, mean } = trend(points);
  const grown = slope * ((points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0));
  return { mean, grown, percent: (grown / Math.max(mean, 1)) * 100 };
}
