import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { until } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import { deliver, post, type Answer, type PeerActor } from './scripted-peer.js';

const ROWS_MAX = 160;
const SHARE = ROWS_MAX / 8;

let bench: InboxBench;
let amy: PeerActor;
let eve: PeerActor;
beforeAll(async () => {
  bench = await InboxBench.start({ INBOX_BACKLOG_MAX: String(ROWS_MAX) });
  [amy, eve] = [bench.peer.actor('amy'), bench.other.actor('eve')];
}, 60_000);
afterAll(async () => bench?.stop());
beforeEach(() => bench.server.backbone.db.query("DELETE FROM federation.inbound WHERE reason IS NULL AND activity_type = 'Bite'"));

const like = (actor: PeerActor, of = bench.peer): Promise<Answer> => bench.send(actor, of.activity('Like', actor, 'https://nowhere.example/1'));
/** Due, and no bell has rung for them: the sweeper looks at what is ten seconds late. */
const waiting = (host: string, rows: number) =>
  bench.server.backbone.db.query(
    `INSERT INTO federation.inbound (id, activity_type, actor_uri, signer_host, body, next_attempt_at)
     SELECT unnest($1::bigint[]), 'Bite', 'https://x.example/1', $2, '{}', now()`,
    [Array.from({ length: rows }, () => bench.server.backbone.ids.next()), host],
  );
const untilAnswered = (status: number, ask: () => Promise<Answer>): Promise<Answer> =>
  until(`an answer ${status}`, async () => {
    const answer = await ask();
    return answer.status === status ? answer : null;
  });

test('as much as may wait does: 503 with Retry-After to everybody, on the headers alone, until it is worked off', async () => {
  await waiting('many.example', ROWS_MAX);
  const refused = await untilAnswered(503, () => like(amy));
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(60);
  expect(JSON.parse(refused.body)).toEqual({ error: 'Too much waits to be worked on' });
  // Were it read, this would be 400.
  const unread = await post(bench.address.port, '/inbox', { Host: bench.address.domain, 'Content-Type': 'application/activity+json', 'Content-Length': '5' }, Buffer.from('{nope'));
  expect([unread.status, Number(unread.headers['retry-after']) > 0]).toEqual([503, true]);
  await bench.server.backbone.db.query("DELETE FROM federation.inbound WHERE activity_type = 'Bite'");
  await untilAnswered(202, () => like(amy));
});

test('a domain that has its share waiting: 429 with Retry-After to it alone', async () => {
  await waiting(bench.peer.host, SHARE);
  const refused = await untilAnswered(429, () => like(amy));
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect((await like(eve, bench.other)).status).toBe(202);
});

test('what was put off to a later time is no backlog', async () => {
  await waiting('many.example', ROWS_MAX);
  await untilAnswered(503, () => like(eve, bench.other));
  await bench.server.backbone.db.query("UPDATE federation.inbound SET next_attempt_at = now() + interval '1 hour' WHERE activity_type = 'Bite'");
  const answer = await untilAnswered(202, () => deliver(bench.address, eve, bench.other.activity('Like', eve, 'https://nowhere.example/2')));
  expect(answer.body).toBe('');
});
