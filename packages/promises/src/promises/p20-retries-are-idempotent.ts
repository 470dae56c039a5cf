import { setTimeout as sleep } from 'node:timers/promises';
import type { Failpoint } from '@trunkline/platform';
import type { Claim } from '../check/history.js';
import { factKey, textOf } from '../load/claims.js';
import { localOf } from '../load/cast.js';
import type { Attack, Round } from '../round.js';

const POSTS = 60;
const AT_ONCE = 3;
const TRIES_MAX = 400;
const KILL_EVERY = 12;
/** From which post on the api dies between the commit and what follows it, and before the commit. */
const DEATHS = new Map<number, Failpoint>([[18, 'after_commit_before_publish'], [30, 'before_commit'], [42, 'after_publish_before_mark']]);

/** Each post is sent three times at once and again after its answer, under one key, while the api is killed. */
export const retriesAreIdempotent: Attack = {
  id: 'P20',
  promise: 'retries under one Idempotency-Key make one status',
  short: true,
  sizes: { operations: 12, writers: 2, remotes: 1 },
  script: async (round) => {
    const deaths: Promise<void>[] = [];
    for (let number = 1; number <= POSTS; number += 1) {
      const killed = number % KILL_EVERY === 0 ? killSoon(round) : Promise.resolve();
      const failpoint = DEATHS.get(number);
      if (failpoint !== undefined) deaths.push(round.dieAt('api', failpoint));
      await Promise.all([postOften(round, 1_000 + number), killed]);
    }
    await Promise.all(deaths);
  },
};

async function killSoon(round: Round): Promise<void> {
  await sleep(round.random.below(60));
  round.fault('kill -9 api, both copies');
  round.stage.signal('api', 'SIGKILL');
  await sleep(500);
  await round.stage.split.ready('api');
}

async function postOften(round: Round, op: number): Promise<void> {
  const { history, people, options } = round;
  const who = people.cast.writers[0] ?? '';
  const token = `${options.name}-${op}`;
  const claims: Claim[] = [{ key: factKey.status(token), wanted: textOf(token, 0), order: op }];
  history.add({ type: 'ask', op, atMs: history.nowMs(), who, action: `post ${token} again and again`, claims, effects: [] });
  const ids = await Promise.all(Array.from({ length: AT_ONCE }, () => untilPosted(round, who, token, op)));
  history.add({ type: 'answer', op, atMs: history.nowMs(), outcome: 'acknowledged', status: 200 });
  ids.push(await untilPosted(round, who, token, op));
  if (new Set(ids).size > 1) round.violate(`${token} was answered as different statuses: ${ids.join(', ')}`);
}

/** As an app does: the same request until it is answered. */
async function untilPosted(round: Round, who: string, token: string, op: number): Promise<string> {
  const { history } = round;
  const { api } = localOf(round.people, who);
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const answer = await api.ask<{ id: string }>('POST', '/api/v1/statuses', { status: textOf(token, 0) }, { 'idempotency-key': token }).catch(() => null);
    if (answer?.status === 200) return answer.body.id;
    history.add({ type: 'try', op, atMs: history.nowMs(), status: answer?.status ?? null, retryAfter: answer?.headers.get('retry-after') ?? null });
    await sleep(100);
  }
  throw new Error(`no answer for ${token}`);
}
