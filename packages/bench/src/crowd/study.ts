import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchOptions } from '../harness/options.js';
import { busySeconds } from '../harness/cpu-meter.js';
import { machineLine } from '../harness/machine.js';
import { openRedis } from '../harness/redis-client.js';
import { slowestSyncs } from '../harness/slowest-sync.js';
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
/** Of 100 posts the one that took longest. */
const LATE = 0.99;
const P99_FACTOR_MAX = 2;
const LAST_FOLLOWER_MS_MAX = 1_000;
/** Posts due within this time of one with very many followers are told apart from the rest of the burst. */
const BESIDE_BIG_MS = 1_000;

interface Load {
  readonly perSecond: number;
  readonly base: number;
  readonly spans: (typeof SPANS)[keyof typeof SPANS];
}

/** One crowd that came and went. */
interface Round {
  readonly startMs: number;
  readonly seen: readonly Seen[];
  readonly found: Beside;
}

/** What was looked at beside a burst. */
interface Beside {
  readonly cpu: string;
  readonly slowestSyncMs: { readonly before: number; readonly within: number };
}

/**
 * A base load, a burst of ten times as much, and one author with very many followers posting in it: as many times as there are rounds, of
 * which the median counts, since one breath that the storage holds is already the hundredth part of a burst. Open loop: who posts waits for nobody.
 */
export async function studyCrowd(options: BenchOptions): Promise<Study> {
  const size = options.quick ? 'quick' : 'full';
  const [sizes, spans] = [SIZES[size], SPANS[size]];
  const stage = await Stage.open(options);
  const redis = await openRedis(stage.redisUrl);
  try {
    const scene = await CrowdScene.open(stage, redis, sizes);
    const flood = await scene.capacity();
    const share = (flood.perSecond * options.share) / BURST_FACTOR;
    const most = (sizes.remoteAuthors * POSTS_PER_AUTHOR_MAX) / (options.rounds * (spans.before + spans.after + BURST_FACTOR * spans.burst));
    const load: Load = { perSecond: flood.perSecond, base: Math.min(share, most), spans };
    process.stderr.write(`  ${flood.perSecond.toFixed(0)} posts a second were taken from receive to visible; base load ${load.base.toFixed(1)}\n`);
    const phases = [{ rate: load.base, seconds: spans.before }, { rate: load.base * BURST_FACTOR, seconds: spans.burst }, { rate: load.base, seconds: spans.after }];
    const bigAt = Array.from({ length: Math.floor(spans.burst / BIG_EVERY_SECONDS) }, (_, index) => spans.before + 1 + index * BIG_EVERY_SECONDS);
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      rounds.push(await scene.run(phases, bigAt, () => besideBurst(scene, spans)));
      process.stderr.write(`  crowd ${round + 1} of ${options.rounds} came and went\n`);
    }
    const counted = await count(scene, [...flood.seen, ...rounds.flatMap(({ seen }) => seen)]);
    return report(rounds, load, counted, sizes);
  } finally {
    redis.destroy();
    await stage.close();
  }
}

/** Who used how much of a core in the middle of the burst, and what the whole machine did: more than the sum of them is somebody else's. How long the storage took at most, before and in the burst. */
async function besideBurst(scene: CrowdScene, spans: Load['spans']): Promise<Beside> {
  const used = (): ReadonlyMap<string, number> => new Map([...scene.cpu(), ['the whole machine', busySeconds()]]);
  const syncs = slowestSyncs([spans.before * 1_000, spans.burst * 1_000]);
  await sleep(spans.before * 1_000);
  await sleep(spans.burst * 100);
  const [from, fromMs] = [used(), performance.now()];
  await sleep(spans.burst * 800);
  const [to, took] = [used(), (performance.now() - fromMs) / 1_000];
  const cpu = [...to].map(([name, seconds]) => `${name} ${Math.round(((seconds - (from.get(name) ?? 0)) / took) * 100)} %`).join(', ');
  const [before = 0, within = 0] = await syncs;
  return { cpu, slowestSyncMs: { before, within } };
}

/** What others had to wait for, with what came of it. `others`, `big`: the posts of everybody but the one author, and his. */
interface Judged {
  readonly round: Round;
  readonly others: readonly Seen[];
  readonly big: readonly Seen[];
  readonly spans: readonly { readonly name: string; readonly took: readonly number[]; readonly seconds: number }[];
  readonly baseLateMs: number;
  readonly burstLateMs: number;
  readonly ratio: number;
  readonly drainedMs: number;
  readonly bigLastMs: number;
}

function judge(round: Round, { spans }: Load): Judged {
  const { startMs, seen } = round;
  const [others, big] = [seen.filter((post) => post.kind !== 'extra'), seen.filter((post) => post.kind === 'extra')];
  const [burstMs, afterMs] = [startMs + spans.before * 1_000, startMs + (spans.before + spans.burst) * 1_000];
  const took = [latencies(others, startMs, burstMs), latencies(others, burstMs, afterMs), latencies(others, afterMs, Infinity)] as const;
  const [baseLateMs, burstLateMs] = [quantile(took[0], LATE), quantile(took[1], LATE)];
  return {
    round,
    others,
    big,
    spans: [{ name: 'base', took: took[0], seconds: spans.before }, { name: 'burst', took: took[1], seconds: spans.burst }, { name: 'after', took: took[2], seconds: spans.after }],
    baseLateMs,
    burstLateMs,
    ratio: burstLateMs / Math.max(1, baseLateMs),
    drainedMs: Math.max(afterMs, ...others.filter(({ dueMs }) => dueMs < afterMs).map((post) => post.visibleMs ?? Infinity)) - afterMs,
    bigLastMs: Math.max(0, ...latencies(big, startMs, Infinity)),
  };
}

function report(rounds: readonly Round[], load: Load, counted: Counted, sizes: CrowdSizes): Study {
  const { perSecond, base, spans } = load;
  const judged = rounds.map((round) => judge(round, load));
  const median = [...judged].sort((one, other) => one.ratio - other.ratio)[Math.floor((judged.length - 1) / 2)];
  if (median === undefined) throw new Error('no crowd came');
  const drainedMs = Math.max(...judged.map((one) => one.drainedMs));
  const bigLastMs = Math.max(...judged.map((one) => one.bigLastMs));
  const figures = { 'flood posts/s': perSecond, 'base posts/s': base, 'base p99 ms': median.baseLateMs, 'burst p99 ms': median.burstLateMs, 'drained s': drainedMs / 1_000, 'last follower ms': bigLastMs };
  const { startMs } = median.round;
  return {
    name: 'crowd',
    head: ['others\' posts', 'posts', 'a second', 'p50 ms', 'p99 ms', 'p99 ×'],
    rows: judged.flatMap((one, index) => one.spans.map(({ name, took, seconds: span }) => [
      `${name} ${index + 1}`, String(took.length), (took.length / span).toFixed(1), quantile(took, 0.5).toFixed(0), quantile(took, LATE).toFixed(0), name === 'burst' ? one.ratio.toFixed(2) : '',
    ])),
    figures: { ...figures, ...counted },
    verdicts: [
      { goal: `p99 from due to visible in the burst ≤ ${P99_FACTOR_MAX} × before it, the median of ${judged.length}`, found: `${median.ratio.toFixed(2)} ×`, isReached: median.ratio <= P99_FACTOR_MAX },
      atMost('backlog of each burst drained after it in', spans.burst, drainedMs / 1_000, ' s', 1),
      atMost(`last of ${sizes.bigFollowers} followers of one author`, LAST_FOLLOWER_MS_MAX, bigLastMs, ' ms'),
      ...countVerdicts(counted),
    ],
    notes: [
      `a flood of posts was taken at ${perSecond.toFixed(0)} a second, from receive to visible; the burst asks ${Math.round(((base * BURST_FACTOR) / perSecond) * 100)} % of it`,
      `${sizes.remoteAuthors} remote and ${sizes.localAuthors} local authors; ${judged.reduce((sum, { big }) => sum + big.length, 0)} posts of one with ${sizes.bigFollowers} followers; ${rounds.flatMap(({ seen }) => seen).reduce((sum, post) => sum + post.refusals, 0)} times a post was told to come back`,
      ...judged.map((one, index) => `burst ${index + 1}: ${apart(one, spans)}; ${slowest(one, spans)}; the slowest small write to the storage took ${one.round.found.slowestSyncMs.before.toFixed(0)} ms before it and ${one.round.found.slowestSyncMs.within.toFixed(0)} in it; CPU, of one core: ${one.round.found.cpu}`),
      `${counted.accepted} accepted: ${counted.rowless} without a row, ${counted.invisible} not in the feed, ${counted.feedsShort} followers' feeds short, ${counted.noticesMissing} notices missing; ${counted.doubled} doubled`,
    ],
    picture: timelinePicture(seconds(median.others, startMs), {
      burst: [spans.before, spans.before + spans.burst], marks: median.big.map((post) => (post.dueMs - startMs) / 1_000), machine: machineLine(),
    }),
  };
}

const inBurstOf = ({ round: { startMs }, others }: Judged, spans: Load['spans']): Seen[] => {
  const burstMs = startMs + spans.before * 1_000;
  return others.filter(({ dueMs }) => dueMs >= burstMs && dueMs < burstMs + spans.burst * 1_000);
};

/** Where those waited that took longest, by the way they came: until they were answered, or after that. */
function slowest(judged: Judged, spans: Load['spans']): string {
  const ways = (['remote', 'local'] as const).flatMap((kind) => {
    const posts = inBurstOf(judged, spans).filter((post) => post.kind === kind);
    const last = [...posts].sort((one, other) => (other.visibleMs ?? Infinity) - other.dueMs - ((one.visibleMs ?? Infinity) - one.dueMs))[0];
    if (last === undefined) return [];
    const at = (ms: number): string => (ms - last.dueMs).toFixed(0);
    return [`${kind} answered after ${at(last.answeredMs)} and visible after ${at(last.visibleMs ?? Infinity)} ms, due in second ${((last.dueMs - judged.round.startMs) / 1_000).toFixed(0)} (p99 of its kind ${quantile(latencies(posts, 0, Infinity), LATE).toFixed(0)})`];
  });
  return `the slowest: ${ways.join('; ')}`;
}

/** Posts that came beside one with very many followers, and the rest of the burst. */
function apart(judged: Judged, spans: Load['spans']): string {
  const inBurst = inBurstOf(judged, spans);
  const isBeside = (post: Seen): boolean => judged.big.some(({ dueMs }) => Math.abs(post.dueMs - dueMs) < BESIDE_BIG_MS);
  const late = (posts: readonly Seen[]): string => quantile(latencies(posts, 0, Infinity), LATE).toFixed(0);
  return `p99 within ${BESIDE_BIG_MS / 1_000} s of a post to very many ${late(inBurst.filter(isBeside))} ms, of the rest ${late(inBurst.filter((post) => !isBeside(post)))} ms`;
}

function countVerdicts({ rowless, invisible, feedsShort, noticesMissing, doubled }: Counted): Verdict[] {
  const lost = rowless + invisible + feedsShort + noticesMissing;
  return [
    { goal: 'lost 0', found: String(lost), isReached: lost === 0, isFirm: true },
    { goal: 'duplicated 0', found: String(doubled), isReached: doubled === 0, isFirm: true },
  ];
}
