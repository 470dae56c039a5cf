import { setTimeout as sleep } from 'node:timers/promises';
import { BREAKER_FAILURES } from '@trunkline/domain';
import { until, type ScriptedRemote } from '@trunkline/testing';
import { textOf } from '../load/claims.js';
import { localOf, remoteOf } from '../load/cast.js';
import { castOf, type Step } from '../load/plan.js';
import type { Attack, Round } from '../round.js';

const POSTS = 24;
/** Of who never answers, each with an inbox of their own: their posts are more than its slots hold, long before the first is given up. */
const SILENT_PEOPLE = 4;
/** Requests that each copy of the outbox may have open to one host: `SLOTS` in apps/outbox/src/deliver/deliver.adapter.ts. */
const PER_HOST_MAX = 8;
/** Of one measurement; below it nobody waits for anybody. */
const NOISE_MS = 150;
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
  endsNoProcess: true,
  plan: (_seed, name, sizes) => postsOf(castOf(name, sizes).writers[0] ?? '', name),
  perform: () => ({ paceMs: 250 }),
  script: async (round) => {
    const { stage, people } = round;
    await round.at(0);
    const crowd = await gatherCrowd(round);
    const drips = await stage.remoteBehindProxy({ name: 'drips' });
    const [silent, resets] = [await stage.remote({ name: 'silent' }), await stage.remote({ name: 'resets' })];
    const bad = [drips.remote, silent, resets];
    await round.at(0.5);
    const writer = localOf(people, people.cast.writers[0] ?? '');
    for (const remote of bad) await remote.follow(writer.person.account.uri, `${stage.split.url}/inbox`);
    await followedByMore(round, silent);
    round.fault('one remote drips, one never answers, one resets');
    drips.proxy.set({ kind: 'drip', everyMs: 50 });
    await silent.behave({ inbox: { kind: 'never' } });
    await resets.behave({ inbox: { kind: 'reset' } });
    await round.at(1);
    compareLatencies(round, [...people.cast.remotes.map((name) => remoteOf(people, name)), ...crowd]);
    for (const remote of round.options.isShort ? [resets] : bad) await breakerOpens(round, remote);
    capHolds(round, silent);
    drips.proxy.set({ kind: 'pass' });
    for (const remote of bad) await remote.behave('honest');
    await fastForwardUntilDelivered(round);
  },
};

async function followedByMore({ stage, people }: Round, remote: ScriptedRemote): Promise<void> {
  const { account } = localOf(people, people.cast.writers[0] ?? '').person;
  for (let n = 1; n < SILENT_PEOPLE; n += 1) {
    const as = remote.addPerson(`silent${n}`);
    remote.documents.set(as.id, as.actor({ endpoints: undefined }));
    await remote.sendActivity(`${stage.split.url}/inbox`, as.activity('Follow', account.uri), { as });
  }
}

/** Who failed so often is left alone for a while, and not before. */
async function breakerOpens(round: Round, remote: ScriptedRemote): Promise<void> {
  const { name } = remote.person;
  const look = async (): Promise<boolean> => {
    const [row] = await round.stage.db.query<{ failures: number; isPaused: boolean }>(
      'SELECT consecutive_failures AS failures, paused_until IS NOT NULL AS "isPaused" FROM federation.hosts WHERE host = $1',
      [remote.host],
    );
    const failures = row?.failures ?? 0;
    if (row !== undefined && failures >= BREAKER_FAILURES !== row.isPaused) round.violate(`after ${failures} failures ${name} ${row.isPaused ? 'is paused' : 'is not paused'}`);
    if (row?.isPaused === true || round.violations.length > 0) return true;
    // The tries that are left come at once; those of others are not used up meanwhile.
    await fastForward(round, remote.host);
    await sleep(LOOK_EVERY_MS);
    return false;
  };
  await round.inTime(`the breaker of ${name} to open`, BREAKER_MS_MAX, look);
  round.history.note(`${name} was sent ${remote.posts.length} POSTs`);
}

/** Who never answers holds as many requests as each copy may have open there, and no more. */
function capHolds(round: Round, { openMax }: ScriptedRemote): void {
  const most = PER_HOST_MAX * round.stage.copiesOf('outbox').length;
  round.history.note(`who never answers held ${openMax} requests at once, of ${most} that it may`);
  if (openMax > most) round.violate(`who never answers held ${openMax} requests at once, not ${most}`);
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

/** What waits for its next try waits no longer; all, or what is for one host. */
export async function fastForward(round: Round, host: string | null = null): Promise<void> {
  await round.stage.db.query("UPDATE federation.delivery_retries SET not_before = now() WHERE state = 'pending' AND ($1::text IS NULL OR host = $1)", [host]);
  await round.stage.db.query('UPDATE federation.hosts SET paused_until = now() WHERE paused_until > now() AND ($1::text IS NULL OR host = $1)', [host]);
}
