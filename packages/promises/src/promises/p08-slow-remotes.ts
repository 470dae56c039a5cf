import { setTimeout as sleep } from 'node:timers/promises';
import { BREAKER_FAILURES } from '@trunkline/domain';
import { until, type ScriptedRemote } from '@trunkline/testing';
import { textOf } from '../load/claims.js';
import { localOf, remoteOf } from '../load/cast.js';
import { castOf, type Step } from '../load/plan.js';
import type { Attack, Round } from '../round.js';

const POSTS = 24;
/** On a busy machine the noise of one measurement; below it nobody waits for anybody. */
const NOISE_MS = 400;
const HEALTHY_LONG = 200;
const BREAKER_MS_MAX = 60_000;
const LOOK_EVERY_MS = 1_000;
/** Posts before it may be written while remotes still come to follow. */
const FIRST_MEASURED = 4;

/** One drips, one never answers, one resets: the healthy get their posts as before. */
export const slowRemotes: Attack = {
  id: 'P8',
  promise: 'a slow remote slows nobody else',
  short: true,
  sizes: { operations: POSTS, writers: 1, remotes: 12 },
  plan: (_seed, name, sizes) => postsOf(castOf(name, sizes).writers[0] ?? '', name),
  perform: () => ({ paceMs: 250 }),
  script: async (round) => {
    const { stage, people } = round;
    await round.at(0);
    const crowd = await gatherCrowd(round);
    const drips = await stage.remoteBehindProxy({ name: 'drips' });
    const bad = [drips.remote, await stage.remote({ name: 'silent' }), await stage.remote({ name: 'resets' })];
    await round.at(0.5);
    const writer = localOf(people, people.cast.writers[0] ?? '');
    for (const remote of bad) await remote.follow(writer.person.account.uri, `${stage.split.url}/inbox`);
    round.fault('one remote drips, one never answers, one resets');
    drips.proxy.set({ kind: 'drip', everyMs: 50 });
    await bad[1]?.behave({ inbox: { kind: 'never' } });
    await bad[2]?.behave({ inbox: { kind: 'reset' } });
    await round.at(1);
    compareLatencies(round, [...people.cast.remotes.map((name) => remoteOf(people, name)), ...crowd]);
    await breakerOpens(round, bad[2]);
    drips.proxy.set({ kind: 'pass' });
    for (const remote of bad) await remote.behave('honest');
    await fastForwardUntilDelivered(round);
  },
};

/** Who failed so often is left alone for a while, and not before. */
async function breakerOpens(round: Round, remote: ScriptedRemote | undefined): Promise<void> {
  if (remote === undefined) return;
  const look = async (): Promise<boolean> => {
    const [row] = await round.stage.db.query<{ failures: number; isPaused: boolean }>(
      'SELECT consecutive_failures AS failures, paused_until IS NOT NULL AS "isPaused" FROM federation.hosts WHERE host = $1',
      [remote.host],
    );
    const failures = row?.failures ?? 0;
    if (row !== undefined && failures >= BREAKER_FAILURES !== row.isPaused) round.violate(`after ${failures} failures who resets ${row.isPaused ? 'is paused' : 'is not paused'}`);
    if (row?.isPaused === true || round.violations.length > 0) return true;
    // The tries that are left come at once.
    await fastForward(round);
    await sleep(LOOK_EVERY_MS);
    return false;
  };
  await round.inTime('the breaker of who resets to open', BREAKER_MS_MAX, look);
  round.history.note(`who resets was sent ${remote.posts.length} POSTs`);
}

/** In the long run 200 are healthy; those here take posts and do nothing else. */
async function gatherCrowd(round: Round): Promise<ScriptedRemote[]> {
  const { stage, people, options, sizes } = round;
  const crowd: ScriptedRemote[] = [];
  const writer = localOf(people, people.cast.writers[0] ?? '');
  for (let index = sizes.remotes; !options.isShort && index < HEALTHY_LONG; index += 1) {
    const remote = await stage.remote({ name: `${options.name}h${index}` });
    await remote.follow(writer.person.account.uri, `${stage.split.url}/inbox`);
    crowd.push(remote);
  }
  await stage.settled();
  return crowd;
}

const postsOf = (who: string, name: string): Step[] =>
  Array.from({ length: POSTS }, (_, index) => ({ op: index + 1, who, kind: 'post', object: `${name}-${index + 1}`, version: 0, sends: 1 }));

/** From the answer to the author until the post has come, at every healthy remote. */
function compareLatencies(round: Round, healthy: readonly ScriptedRemote[]): void {
  const answered = new Map<number, number>();
  const startMs = Date.now() - round.history.nowMs();
  for (const entry of round.history.entries) if (entry.type === 'answer') answered.set(entry.op, startMs + entry.atMs);
  const half = POSTS / 2;
  const latencies = (ops: readonly number[]): number[] =>
    ops.flatMap((op) => {
      const text = textOf(`${round.options.name}-${op}`, 0);
      return healthy.map(({ posts }) => {
        const came = posts.find(({ body, type }) => type === 'Create' && body.includes(`>${text}<`));
        return came === undefined ? Infinity : Math.max(0, came.receivedAtMs - (answered.get(op) ?? 0));
      });
    });
  const numbers = Array.from({ length: POSTS }, (_, index) => index + 1);
  const [before, beside] = [p95(latencies(numbers.slice(FIRST_MEASURED, half - 1))), p95(latencies(numbers.slice(half + 1, -1)))];
  round.history.note(`p95 at healthy remotes: ${Math.round(before)} ms alone, ${Math.round(beside)} ms beside slow ones`);
  if (beside > 2 * before + NOISE_MS) round.late(`healthy remotes wait ${Math.round(beside)} ms (p95) beside slow ones, ${Math.round(before)} ms without`);
}

function p95(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.95)] ?? 0;
}

/** Lets the time until the next tries pass at once, as often as it takes. */
export async function fastForwardUntilDelivered(round: Round): Promise<void> {
  await until('everything to be delivered', async () => {
    await fastForward(round);
    await sleep(500);
    return (await round.stage.left()).every((what) => !what.includes('tried again'));
  }, 120_000);
}

/** What waits for its next try waits no longer. */
export async function fastForward(round: Round): Promise<void> {
  await round.stage.db.query("UPDATE federation.delivery_retries SET not_before = now() WHERE state = 'pending'");
  await round.stage.db.query('UPDATE federation.hosts SET paused_until = now() WHERE paused_until > now()');
}
