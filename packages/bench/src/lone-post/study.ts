import { setTimeout as sleep } from 'node:timers/promises';
import { latencies, quantile } from '../crowd/analyse.js';
import { CrowdScene } from '../crowd/run-crowd.js';
import type { BenchOptions } from '../harness/options.js';
import { openRedis } from '../harness/redis-client.js';
import { Stage } from '../harness/stage.js';
import type { Study } from '../harness/verdict.js';
import { readStatements, since, type Spent, type StatementTotals } from './statements.js';

const SIZES = { remoteAuthors: 40, localAuthors: 4, bigFollowers: 10, floodPosts: 400 } as const;
/** Posts a second: each is through before the next one comes; and some that share a little of their way. */
const RATES = [8, 120] as const;
const SECONDS = { full: 30, quick: 5 } as const;
/** What the server does of itself is measured without posts for so long, and taken off. */
const REST_SHARE = 0.5;
const SETTLE_MS = 3_000;
const STATEMENTS_SHOWN = 40;
const TEXT_LENGTH_MAX = 120;
/** Statements that come less often belong to what the server does of itself. */
const CALLS_MIN = 0.02;
/** Postgres tells what it was asked, and how long it planned and executed. */
const POSTGRES = { 'shared_preload_libraries': 'pg_stat_statements', 'pg_stat_statements.track_planning': 'on' } as const;

/** What some time cost: CPU seconds by process, and statements. */
interface Span {
  readonly ms: number;
  readonly cpu: ReadonlyMap<string, number>;
  readonly spent: ReadonlyMap<string, Spent>;
}

/** What a post costs that comes alone, when nothing comes with it to share its batches: CPU by process, and what Postgres is asked. */
export async function studyLonePost(options: BenchOptions): Promise<Study> {
  const seconds = SECONDS[options.quick ? 'quick' : 'full'];
  const stage = await Stage.open(options, [], POSTGRES);
  const redis = await openRedis(stage.redisUrl);
  try {
    await stage.backbone.db.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    const scene = await CrowdScene.open(stage, redis, SIZES);
    // Warm: statements are prepared, caches filled, code compiled.
    await scene.capacity();
    await sleep(SETTLE_MS);
    const [, rest] = await during(stage, scene, () => sleep(seconds * REST_SHARE * 1_000));
    const costs: Cost[] = [];
    for (const rate of RATES) {
      const [{ seen, startMs }, busy] = await during(stage, scene, () => scene.run([{ rate, seconds }], [], async () => undefined));
      costs.push(costOf(rate, latencies(seen, startMs, Infinity), rest, busy));
    }
    await scene.doubles();
    return report(costs);
  } finally {
    redis.destroy();
    await stage.close();
  }
}

async function during<T>(stage: Stage, scene: CrowdScene, what: () => Promise<T>): Promise<readonly [T, Span]> {
  const { db } = stage.backbone;
  const statements: StatementTotals = await readStatements(db);
  const [cpu, fromMs] = [scene.cpu(), performance.now()];
  const result = await what();
  const [cpuNow, ms] = [scene.cpu(), performance.now() - fromMs];
  const used = new Map([...cpuNow].map(([name, at]) => [name, at - (cpu.get(name) ?? 0)]));
  return [result, { ms, cpu: used, spent: since(statements, await readStatements(db)) }];
}

/** Of one post, at one rate. */
interface Cost {
  readonly rate: number;
  readonly posts: number;
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds by process. */
  readonly cpu: readonly (readonly [string, number])[];
  readonly serverMs: number;
  readonly asked: ReadonlyMap<string, Spent>;
  readonly askedInAll: Spent;
}

function costOf(rate: number, took: readonly number[], rest: Span, busy: Span): Cost {
  const posts = took.length;
  const perPost = (of: number, resting = 0): number => (of - (resting / rest.ms) * busy.ms) / posts;
  const asked = [...busy.spent]
    .map(([text, { calls, planMs, runMs }]): readonly [string, Spent] => {
      const idle = rest.spent.get(text);
      return [text, { calls: perPost(calls, idle?.calls), planMs: perPost(planMs, idle?.planMs), runMs: perPost(runMs, idle?.runMs) }];
    })
    .filter(([, { calls }]) => calls > CALLS_MIN);
  const sum = (of: keyof Spent): number => asked.reduce((all, [, spent]) => all + spent[of], 0);
  const cpu = [...busy.cpu].map(([name, used]) => [name, perPost(used, rest.cpu.get(name)) * 1_000] as const);
  return {
    rate, posts, cpu,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    serverMs: cpu.reduce((all, [name, ms]) => all + (name === 'sender' || name === 'watch' ? 0 : ms), 0),
    asked: new Map(asked),
    askedInAll: { calls: sum('calls'), planMs: sum('planMs'), runMs: sum('runMs') },
  };
}

function report(costs: readonly Cost[]): Study {
  const texts = new Set(costs.flatMap(({ asked }) => [...asked.keys()]));
  const most = (text: string): number => Math.max(...costs.map(({ asked }) => (asked.get(text)?.planMs ?? 0) + (asked.get(text)?.runMs ?? 0)));
  const cells = ({ asked }: Cost, text: string): string[] => {
    const { calls, planMs, runMs } = asked.get(text) ?? { calls: 0, planMs: 0, runMs: 0 };
    return [calls.toFixed(2), planMs.toFixed(3), runMs.toFixed(3)];
  };
  return {
    name: 'lone-post',
    head: ['statement', ...costs.flatMap(({ rate }) => [`calls at ${rate}/s`, 'plan ms', 'run ms'])],
    rows: [...texts].sort((a, b) => most(b) - most(a)).slice(0, STATEMENTS_SHOWN).map((text) => [text.slice(0, TEXT_LENGTH_MAX), ...costs.flatMap((cost) => cells(cost, text))]),
    figures: Object.fromEntries(costs.flatMap(({ rate, serverMs, askedInAll, p50, p99 }) => [[`cpu ms at ${rate}/s`, serverMs], [`statements at ${rate}/s`, askedInAll.calls], [`p50 ms at ${rate}/s`, p50], [`p99 ms at ${rate}/s`, p99]])),
    verdicts: [],
    notes: costs.flatMap(({ rate, posts, p50, p99, serverMs, cpu, askedInAll: { calls, planMs, runMs } }) => [
      `${posts} posts, ${rate} a second: from due to visible p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms; ${calls.toFixed(1)} statements a post, planned in ${planMs.toFixed(2)} ms and run in ${runMs.toFixed(2)} ms`,
      `CPU a post at ${rate} a second, ${serverMs.toFixed(2)} ms: ${cpu.map(([name, ms]) => `${name} ${ms.toFixed(2)}`).join(', ')}`,
    ]),
  };
}
