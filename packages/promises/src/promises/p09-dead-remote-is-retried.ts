import { setTimeout as sleep } from 'node:timers/promises';
import { DELIVERY_ATTEMPTS_MAX, retrySchedule } from '@trunkline/domain';
import { until } from '@trunkline/testing';
import { remoteOf } from '../load/cast.js';
import type { Attack, Round } from '../round.js';
import { trunkline } from '../stage/operator.js';
import { fastForward, fastForwardUntilDelivered } from './p08-slow-remotes.js';

const TWO_DAYS_MS = 2 * 86_400_000;
/** Between a failure and our looking at its row. */
const LOOK_MS = 30_000;
const GIVEN_UP_MS_MAX = 60_000;
/** A paused host gets a probe at least so often; what is due waits for it. */
const BREAKER_MS_MAX = 2 * 3_600_000;

interface Retry extends Record<string, unknown> {
  readonly id: string;
  readonly attempts: number;
  readonly waitMs: number;
}

/** A remote is gone for two days of its schedule, then back: it gets everything, each object's changes in order. */
export const deadRemoteIsRetried: Attack = {
  id: 'P9',
  promise: 'a dead remote is retried on schedule',
  short: true,
  sizes: { operations: 60, writers: 2, remotes: 2 },
  script: async (round) => {
    const dead = remoteOf(round.people, round.people.cast.remotes[0] ?? '');
    await round.at(0.3);
    // First it takes everything and says nothing, as behind a cable that was pulled; for the rest of the two days its port is closed, since a try
    // that fails at once fails like one that takes ten seconds, and there are many of them.
    round.fault('a remote is gone');
    await dead.behave({ inbox: { kind: 'never' } });
    await round.at(1);
    await until('a delivery to it to have failed', async () => (await retriesOf(round, dead.host)).some(({ attempts }) => attempts > 0), 60_000);
    await dead.behave('dead');
    await until('every delivery to it to have failed', async () => (await retriesOf(round, dead.host)).length > 0 && (await round.stage.left()).every((what) => what.includes('tried again')), 60_000);
    let gone = 0;
    while (gone < TWO_DAYS_MS) gone += await nextTry(round, dead.host);
    round.history.note(`two days of the schedule are over, ${gone} ms`);
    await givenUpIsListed(round, dead.host);
    await dead.behave('honest');
    await fastForwardUntilDelivered(round);
  },
};

/** One of its deliveries, the one that the host's probes fall to, has had all its tries: the operator sees it among what was given up, and lets it be tried again. */
async function givenUpIsListed(round: Round, host: string): Promise<void> {
  const { db, split } = round.stage;
  const [last] = await db.query<{ id: string }>(
    `UPDATE federation.delivery_retries SET attempts = $2 WHERE id = (SELECT id FROM federation.delivery_retries WHERE host = $1 AND state = 'pending' ORDER BY attempts DESC, id LIMIT 1) RETURNING id::text AS id`,
    [host, DELIVERY_ATTEMPTS_MAX - 1],
  );
  await round.inTime('a delivery to be given up', GIVEN_UP_MS_MAX, async () => {
    await fastForward(round);
    await sleep(1_000);
    const [row] = await db.query<{ state: string }>('SELECT state FROM federation.delivery_retries WHERE id = $1', [last?.id ?? '0']);
    return row?.state === 'dead';
  });
  if (!(await trunkline(split, 'queue', 'dead')).includes(host)) round.violate('what was given up is not listed for the operator');
  await trunkline(split, 'queue', 'replay', '--deliveries');
}

const retriesOf = (round: Round, host: string): Promise<Retry[]> =>
  round.stage.db.query<Retry>(
    `SELECT id::text AS id, attempts::int AS attempts, (extract(epoch FROM not_before - clock_timestamp()) * 1000)::float8 AS "waitMs"
       FROM federation.delivery_retries WHERE host = $1 AND state = 'pending' ORDER BY id LIMIT 1000`,
    [host],
  );

/** Looks at how long the longest tried one has to wait, and lets that time pass at once. @returns that time. */
async function nextTry(round: Round, host: string): Promise<number> {
  const before = await retriesOf(round, host);
  const most = Math.max(...before.map(({ attempts }) => attempts));
  for (const { attempts, waitMs } of before) {
    // Not tried at all: it waits behind the host's breaker, with everything else for that host.
    if (attempts === 0) continue;
    const [least, longest] = [retrySchedule(attempts, 0), retrySchedule(attempts, 1)];
    if (least === null || longest === null) round.violate(`given up after ${attempts} tries, before two days`);
    else if (waitMs > Math.max(longest, BREAKER_MS_MAX) || (attempts === most && waitMs < least - LOOK_MS)) {
      round.violate(`after ${attempts} tries the next comes in ${Math.round(waitMs)} ms, not ${least} to ${longest}`);
    }
  }
  if (round.violations.length > 0) return TWO_DAYS_MS;
  // The host's breaker lets one probe pass and sends the others back: time passes until it was this one's turn.
  await until('the next try', async () => {
    await fastForward(round);
    await sleep(1_000);
    return Math.max(...(await retriesOf(round, host)).map(({ attempts }) => attempts)) > most;
  }, 60_000);
  return retrySchedule(most, 0) ?? TWO_DAYS_MS;
}
