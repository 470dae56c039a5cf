import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject, ScriptedRemote } from '@trunkline/testing';
import { localOf } from '../load/cast.js';
import { Flood } from '../load/flood.js';
import type { Attack, Round } from '../round.js';
import { ON_THE_WAY } from '../stage/copy-environment.js';

/** The load's one remote sends so often at most; the flood is more than twenty times that. */
const PACE_MS = 100;
const FLOOD_TIMES_MIN = 20;
const BACKLOG_MAX = 800;
/** What may come in between two looks at the backlog, in each of two copies. */
const BACKLOG_OVERSHOOT = 3;
const CROWD = 14;
/** Alone: more to each copy than one domain may have under way there. */
const CONNECTIONS = { alone: 100, each: 12 };
const ASK_EVERY_MS = 50;
/** Every so often something is written: an account may post 300 times in three hours. */
const WRITE_EVERY = 12;
const READ = ['/api/v1/timelines/home', '/api/v1/notifications', '/api/v1/timelines/public', '/api/v1/accounts/verify_credentials'];
const P99_MS_MAX = 2_000;
const RSS_GROWTH_MIB_MAX = 200;
const DRAIN_MS_MAX = 180_000;

/**
 * Nobody applies: the inbox hears no bells. One server sends without a pause, then a crowd of them does; people go on
 * reading and writing.
 */
export const overload: Attack = {
  id: 'P13',
  promise: 'a crowd is told to wait, and people notice nothing',
  short: true,
  stage: { parted: ON_THE_WAY, env: { INBOX_BACKLOG_MAX: String(BACKLOG_MAX) } },
  sizes: { operations: 40, writers: 2, remotes: 1 },
  perform: () => ({ paceMs: PACE_MS }),
  endsNoProcess: true,
  script: async (round) => {
    const { stage } = round;
    const writer = localOf(round.people, round.people.cast.writers[0] ?? '');
    const { uri } = await writer.api.post<{ uri: string }>('/api/v1/statuses', { status: 'liked by a crowd' });
    const crowd: ScriptedRemote[] = [];
    for (let n = 0; n < CROWD; n += 1) crowd.push(await stage.remote({ name: `${round.options.name}crowd${n}` }));
    const copies = stage.split.running.processes.filter(({ app }) => app === 'inbox');
    const rssBefore = copies.map(({ pid }) => rssMib(pid));
    round.fault('the inbox hears no bells');
    stage.part('inbox', 'nats', { kind: 'blackhole' });

    const ending = new AbortController();
    const reading = useMeanwhile(round, ending.signal);
    const urls = copies.map(({ port }) => `http://127.0.0.1:${port}/inbox`);
    const flood = new Flood(urls, stage.split.domain);
    await oneAlone(round, flood, crowd[0], uri);
    const startMs = performance.now();
    const before = flood.answered;
    await allOfThem(round, flood, crowd, uri);
    howManyTimes(round, ((flood.answered - before) * PACE_MS) / (performance.now() - startMs));
    copies.forEach(({ pid }, index) => {
      const grown = rssMib(pid) - (rssBefore[index] ?? 0);
      if (grown > RSS_GROWTH_MIB_MAX) round.violate(`a copy of the inbox grew by ${Math.round(grown)} MiB`);
    });
    const rows = await backlog(round);
    if (rows > BACKLOG_OVERSHOOT * BACKLOG_MAX) round.violate(`${rows} activities waited, of ${BACKLOG_MAX} that may`);
    ending.abort();
    await reading;
    flood.end();
    judge(round, flood, rows);
    stage.part('inbox', 'nats', { kind: 'pass' });
    round.healed();
    await allApplied(round, flood.counts.accepted, crowd);
  },
};

const like = ({ person }: ScriptedRemote, uri: string): JsonObject => person.activity('Like', uri);

async function oneAlone(round: Round, flood: Flood, remote: ScriptedRemote | undefined, uri: string): Promise<void> {
  if (remote === undefined) return;
  round.fault('one server sends without a pause');
  const ending = new AbortController();
  const running = flood.run(remote, like(remote, uri), CONNECTIONS.alone, ending.signal);
  await round.outage(4, 15);
  ending.abort();
  await running;
  // On a busy machine a flood may be none.
  if (flood.counts.throttled === 0) round.late('one server alone was never answered 429');
}

async function allOfThem(round: Round, flood: Flood, crowd: readonly ScriptedRemote[], uri: string): Promise<void> {
  round.fault('a crowd sends without a pause');
  const ending = new AbortController();
  const running = crowd.map((remote) => flood.run(remote, like(remote, uri), CONNECTIONS.each, ending.signal));
  await round.outage(15, 60);
  ending.abort();
  await Promise.all(running);
}

/** What came in beside what the load's own remote would send in the same time. */
function howManyTimes(round: Round, times: number): void {
  round.history.note(`the crowd sent ${Math.round(times)} times what the load's remote does`);
  if (times < FLOOD_TIMES_MIN) round.late(`the crowd sent ${Math.round(times)} times what is usual, not ${FLOOD_TIMES_MIN} times: the attack did not happen`);
}

function judge(round: Round, { counts }: Flood, rows: number): void {
  round.history.note(`the flood was answered ${JSON.stringify(counts)}; ${rows} rows waited`);
  if (counts.unavailable === 0) round.late('the crowd was never answered 503');
  if (counts.withoutRetryAfter > 0) round.violate(`${counts.withoutRetryAfter} refusals did not say when to come back`);
  if (counts.other > 0) round.violate(`${counts.other} answers were neither 202, 429 nor 503`);
}

/** Somebody reads and posts all the time, as apps do; what counts is the slowest of a hundred. */
async function useMeanwhile(round: Round, signal: AbortSignal): Promise<void> {
  const { api } = localOf(round.people, round.people.cast.writers[1] ?? '');
  const tookMs: number[] = [];
  const bad = new Map<string, number>();
  for (let turn = 1; !signal.aborted; turn += 1) {
    const startedMs = performance.now();
    const path = turn % WRITE_EVERY === 0 ? '/api/v1/statuses' : (READ[turn % READ.length] ?? '');
    const asked = turn % WRITE_EVERY === 0 ? api.ask('POST', path, { status: `said in the crowd ${turn}` }) : api.ask('GET', path);
    const status = await asked.then((answer) => answer.status, () => 0);
    if (status !== 429) tookMs.push(performance.now() - startedMs);
    // Whoever asks so often is told so at some time; that is another limit than the crowd's.
    if (![200, 206, 429].includes(status)) bad.set(`${path} was answered ${status}`, (bad.get(`${path} was answered ${status}`) ?? 0) + 1);
    await sleep(ASK_EVERY_MS);
  }
  const sorted = tookMs.sort((a, b) => a - b);
  const p99 = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
  round.history.note(`asked ${sorted.length} times, p50 ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms, p99 ${Math.round(p99)} ms`);
  if (p99 > P99_MS_MAX) round.late(`people were answered with a p99 of ${Math.round(p99)} ms`);
  // 503 says that it takes too long, and 0 that nobody waited for the answer; anything else is wrong however long it takes.
  for (const [what, count] of bad) {
    const text = `${what}, ${count} times`;
    if (what.endsWith(' 503') || what.endsWith(' 0')) round.late(text);
    else round.violate(text);
  }
}

async function backlog({ stage }: Round): Promise<number> {
  const [row] = await stage.db.query<{ rows: number }>("SELECT count(*)::int AS rows FROM federation.inbound WHERE state = 'stored'");
  return row?.rows ?? 0;
}

/** Every 202 is a row, and every row comes to its end. */
async function allApplied(round: Round, accepted: number, crowd: readonly ScriptedRemote[]): Promise<void> {
  const uris = crowd.map(({ person }) => person.id);
  const count = async (): Promise<{ all: number; over: number }> => {
    const [row] = await round.stage.db.query<{ all: number; over: number }>(
      `SELECT count(*)::int AS all, (count(*) FILTER (WHERE state IN ('applied', 'ignored')))::int AS over FROM federation.inbound WHERE actor_uri = ANY($1)`,
      [uris],
    );
    return row ?? { all: 0, over: 0 };
  };
  await round.inTime('the backlog to be worked off', DRAIN_MS_MAX, async () => {
    const { all, over } = await count();
    if (over < all) throw new Error(`${over} of ${all}`);
    return true;
  });
  const { all } = await count();
  // A 202 that did not reach the sender is a row too many, never one too few.
  if (all < accepted) round.violate(`${accepted} were answered 202, ${all} are there`);
}

/** Resident memory. */
function rssMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? 0) / 1_024;
}
