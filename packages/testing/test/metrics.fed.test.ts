import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ApiClient, startTestServer, until, type TestServer } from '../src/index.js';

jest.setTimeout(60_000);

/** The names that operators build dashboards and alerts on. A renamed metric breaks them in silence. */
const NAMES = [
  'http_server_request_duration_seconds',
  'inbox_requests_total',
  'inbox_accept_seconds',
  'activity_apply_seconds',
  'activity_oldest_unapplied_seconds',
  'activities_dead',
  'outbox_unpublished_rows',
  'outbox_oldest_unpublished_seconds',
  'delivery_attempts_total',
  'delivery_oldest_pending_seconds',
  'delivery_breaker_open',
  'signature_verify_failures_total',
  'key_fetch_total',
  'fanout_recipients',
  'fanout_seconds',
  'timeline_rebuilds_total',
  'streaming_connected_clients',
  'streaming_messages_sent_total',
  'jetstream_consumer_num_pending',
  'jetstream_consumer_num_ack_pending',
  'jetstream_consumer_num_redelivered',
  'pg_pool_total',
  'pg_pool_idle',
  'pg_pool_waiting',
  'redis_up',
  'nodejs_eventloop_lag_p99_seconds',
  'moderation_actions_total',
  'build_info',
];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { METRICS_PORT: '0' } });
});
afterAll(() => server.stop());

const operations = (): ApiClient => new ApiClient(new URL('/', server.service.metricsUrl ?? '').href, null);

test('every metric of the promises is there, with figures that follow what happens', async () => {
  const alice = await server.person('alice');
  await alice.api.get('/api/v1/timelines/home');
  await alice.api.post('/api/v1/statuses', { status: 'Count me' });
  await fetch(`${server.url}/inbox`, { method: 'POST', headers: { 'content-type': 'application/activity+json' }, body: '{"type":"Like"}' });
  await server.settled();
  const text = await until('the fan-out in the figures', async () => {
    const metrics = await operations().get<string>('/metrics');
    return /^fanout_recipients_sum(\{[^}]*\})? 1$/m.test(metrics) && metrics;
  });
  expect(NAMES.filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
  expect(text).toMatch(/^timeline_rebuilds_total(\{[^}]*\})? 1$/m);
  expect(text).toMatch(/^redis_up(\{[^}]*\})? 1$/m);
  expect(text).toMatch(/^outbox_unpublished_rows(\{[^}]*\})? 0$/m);
  expect(text).toMatch(/jetstream_consumer_num_pending\{[^}]*consumer="timeline-fan-out-status-published-v1"[^}]*\} 0/);
  // Low cardinality: no name, host or id of anybody in a label.
  expect(text).not.toContain('alice');
  expect(text).not.toContain(alice.account.id);
});

test.each(['/livez', '/readyz', '/startupz'])('%s answers 200 on both ports', async (probe) => {
  for (const client of [operations(), new ApiClient(server.url, null)]) expect((await client.ask('GET', probe)).status).toBe(200);
});
