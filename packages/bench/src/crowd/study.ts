import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchOptions } from '../harness/options.js';
import { busySeconds } from '../harness/cpu-meter.js';
import { machineLine } from '../harness/machine.js';
import { openRedis } from '../harness/redis-client.js';
import { Stage } from '../harness/stage.js';
import { atMost, type Study, type Verdict } from '../harness/verdict.js';
import { timelinePicture } from '../picture/timeline-picture.js';
import { latencies, quantile, seconds } from './analyse.js';
import { count, type Counted } from './count.js';
import { CrowdScene, type CrowdSizes, type Seen } from './run-crowd.js';

const SIZES: Readonly<Record<'full' | 'quick', CrowdSizes>> = {
  full: { remoteAuthors: 200, localAuthors: 40, bigFollowers: 100_000, floodPosts: 4_000 },
  quick: { remoteAuthors: 50, localAuthors: 10, bigFollowers: 2_000, floodPosts: 400 },
};
/** Seconds before, in and after the burst. */
const SPANS = { full: { before: 60, burst: 30, after: 30 }, quick: { before: 8, burst: 6, after: 8 } } as const;
const BURST_FACTOR = 10;
/** A reader's feed keeps 800; beyond this many posts of an author nothing could be counted in it. */
const POSTS_PER_AUTHOR_MAX = 600;
const BIG_EVERY_SECONDS = 5;
const P99_FACTOR_MAX = 2;
const LAST_FOLLOWER_MS_MAX = 1_000;

interface Load {
  readonly perSecond: number;
  readonly base: number;
  readonly spans: (typeof SPANS)[keyof typeof SPANS];
}

/** A base load, a burst of ten times as much, and one author with very many followers posting in it. Open loop: who posts waits for nobody. */
export async function studyCrowd(options: BenchOptions): Promise<Study> {
  const size = options.quick ? 'quick' : 'full';
  const [sizes, spans] = [SIZES[size], SPANS[size]];
  const stage = await Stage.open(options);
  const redis = await openRedis(stage.redisUrl);
  try {
    const scene = await CrowdScene.open(stage, redis, sizes);
    const flood = await scene.capacity();
    const share = (flood.perSecond * options.share) / BURST_FACTOR;
    const most = (sizes.remoteAuthors * POSTS_PER_AUTHOR_MAX) / (spans.before + spans.after + BURST_FACTOR * spans.burst);
    const load: Load = { perSecond: flood.perSecond, base: Math.min(share, most), spans };
    process.stderr.write(`  ${flood.perSecond.toFixed(0)} posts a second were taken from receive to visible; base load ${load.base.toFixed(1)}\n`);
    const phases = [{ rate: load.base, seconds: spans.before }, { rate: load.base * BURST_FACTOR, seconds: spans.burst }, { rate: load.base, seconds: spans.after }];
    const bigAt = Array.from({ length: Math.floor(spans.burst / BIG_EVERY_SECONDS) }, (_, index) => spans.before + 1 + index * BIG_EVERY_SECONDS);
    const { startMs, seen, found: cpu } = await scene.run(phases, bigAt, () => cpuOfBurst(scene, spans));
    const counted = await count(scene, [...flood.seen, ...seen]);
    return report(seen, startMs, load, counted, sizes, cpu);
  } finally {
    redis.destroy();
    await stage.close();
  }
}

/** Who used how much of a core in the middle of the burst, and what the whole machine did: more than the sum of them is somebody else's. */
async function cpuOfBurst(scene: CrowdScene, spans: Load['spans']): Promise<string> {
  const used = (): ReadonlyMap<string, number> => new Map([...scene.cpu(), ['the whole machine', busySeconds()]]);
  await sleep((spans.before + spans.burst * 0.1) * 1_000);
  const [from, fromMs] = [used(), performance.now()];
  await sleep(spans.burst * 800);
  const [to, took] = [used(), (performance.now() - fromMs) / 1_000];
  return [...to].map(([name, seconds]) => `${name} ${Math.round(((seconds - (from.get(name) ?? 0)) / took) * 100)} %`).join(', ');
}

function report(seen: readonly Seen[], startMs: number, { perSecond, base, spans }: Load, counted: Counted, sizes: CrowdSizes, cpu: string): Study {
  const others = seen.filter((post) => post.kind !== 'extra');
  const big = seen.filter((post) => post.kind === 'extra');
  const [burstMs, afterMs] = [startMs + spans.before * 1_000, startMs + (spans.before + spans.burst) * 1_000];
  const spansOf = [
    ['base', latencies(others, startMs, burstMs), spans.before],
    ['burst', latencies(others, burstMs, afterMs), spans.burst],
    ['after', latencies(others, afterMs, Infinity), spans.after],
  ] as const;
  const p99 = spansOf.map(([, took]) => quantile(took, 0.99));
  const drainedMs = Math.max(afterMs, ...others.filter(({ dueMs }) => dueMs < afterMs).map((post) => post.visibleMs ?? Infinity)) - afterMs;
  const bigLastMs = Math.max(0, ...latencies(big, startMs, Infinity));
  const figures = { 'flood posts/s': perSecond, 'base posts/s': base, 'base p99 ms': p99[0] ?? 0, 'burst p99 ms': p99[1] ?? 0, 'drained s': drainedMs / 1_000, 'last follower ms': bigLastMs };
  return {
    name: 'crowd',
    head: ['others\' posts', 'posts', 'a second', 'p50 ms', 'p99 ms'],
    rows: spansOf.map(([name, took, span]) => [name, String(took.length), (took.length / span).toFixed(1), quantile(took, 0.5).toFixed(0), quantile(took, 0.99).toFixed(0)]),
    figures: { ...figures, ...counted },
    verdicts: [
      { goal: `p99 from due to visible in the burst ≤ ${P99_FACTOR_MAX} × before it`, found: `${((p99[1] ?? 0) / Math.max(1, p99[0] ?? 0)).toFixed(2)} ×`, isReached: (p99[1] ?? 0) <= P99_FACTOR_MAX * (p99[0] ?? 0) },
      atMost('backlog of the burst drained after it in', spans.burst, drainedMs / 1_000, ' s', 1),
      atMost(`last of ${sizes.bigFollowers} followers of one author`, LAST_FOLLOWER_MS_MAX, bigLastMs, ' ms'),
      ...countVerdicts(counted),
    ],
    notes: [
      `a flood of posts was taken at ${perSecond.toFixed(0)} a second, from receive to visible; the burst asks ${Math.round(((base * BURST_FACTOR) / perSecond) * 100)} % of it`,
      `${sizes.remoteAuthors} remote and ${sizes.localAuthors} local authors; ${big.length} posts of one with ${sizes.bigFollowers} followers; ${seen.reduce((sum, post) => sum + post.refusals, 0)} times a post was told to come back`,
      `CPU in the burst, of one core: ${cpu}`,
      `${counted.accepted} accepted: ${counted.rowless} without a row, ${counted.invisible} not in the feed, ${counted.feedsShort} followers' feeds short, ${counted.noticesMissing} notices missing; ${counted.doubled} doubled`,
    ],
    picture: timelinePicture(seconds(others, startMs), { burst: [spans.before, spans.before + spans.burst], marks: big.map((post) => (post.dueMs - startMs) / 1_000), machine: machineLine() }),
  };
}

function countVerdicts({ rowless, invisible, feedsShort, noticesMissing, doubled }: Counted): Verdict[] {
  const lost = rowless + invisible + feedsShort + noticesMissing;
  return [
    { goal: 'lost 0', found: String(lost), isReached: lost === 0, isFirm: true },
    { goal: 'duplicated 0', found: String(doubled), isReached: doubled === 0, isFirm: true },
  ];
}
