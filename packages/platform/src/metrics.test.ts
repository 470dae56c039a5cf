import { afterEach, describe, expect, test } from '@jest/globals';
import { Metrics } from './metrics.js';

const open: Metrics[] = [];
const createMetrics = (service: string): Metrics => {
  const metrics = new Metrics({ service, version: '0.1.0' });
  open.push(metrics);
  return metrics;
};
afterEach(() => open.splice(0).forEach((metrics) => metrics.close()));

// Dashboards and alerts hang on these names: docs of the promises list them.
const NAMES = [
  'http_server_request_duration_seconds', 'inbox_requests_total', 'inbox_accept_seconds', 'activity_apply_seconds',
  'activity_oldest_unapplied_seconds', 'activity_backlog_rows', 'background_work', 'activities_dead', 'invariants_broken', 'outbox_unpublished_rows', 'outbox_oldest_unpublished_seconds', 'events_oldest_unsettled_seconds',
  'delivery_attempts_total', 'delivery_oldest_pending_seconds', 'delivery_breaker_open', 'signature_verify_failures_total',
  'key_fetch_total', 'fanout_recipients', 'fanout_seconds', 'timeline_rebuilds_total', 'streaming_connected_clients',
  'streaming_messages_sent_total', 'jetstream_consumer_num_pending', 'jetstream_consumer_num_ack_pending',
  'jetstream_consumer_num_redelivered', 'pg_pool_total', 'pg_pool_idle', 'pg_pool_waiting', 'redis_up',
  'nodejs_eventloop_lag_p99_seconds', 'moderation_actions_total', 'build_info',
];

describe('Metrics', () => {
  test.each(NAMES)('%s is told', async (name) => {
    expect(await createMetrics('api').text()).toContain(`# TYPE ${name} `);
  });

  test('no label names a host, a user or an id', async () => {
    const text = await createMetrics('api').text();
    expect(text).not.toMatch(/[{,](host|domain|user|account|id|path|url)=/);
  });

  test('a gauge that nobody measures here tells nothing', async () => {
    const metrics = createMetrics('api');
    expect(await metrics.text()).not.toMatch(/^redis_up /m);
    metrics.redisUp.set(1);
    expect(await metrics.text()).toMatch(/^redis_up 1$/m);
  });

  test('two services of one process count apart', async () => {
    const [a, b] = [createMetrics('a'), createMetrics('b')];
    a.inboxRequests.inc({ result: 'accepted' }, 3);
    expect(await a.text()).toContain('inbox_requests_total{result="accepted"} 3');
    expect(await b.text()).not.toContain('result="accepted"');
    expect(await b.text()).toContain(`build_info{service="b",version="0.1.0",node="${process.version}"} 1`);
  });

  test('pools are asked at each reading; one that fails spoils nothing', async () => {
    const metrics = createMetrics('api');
    let total = 3;
    metrics.watchPool('primary', () => ({ total, idle: 1, waiting: 0 }));
    metrics.watchPool('replica', () => {
      throw new Error('gone');
    });
    metrics.onCollect(() => Promise.reject(new Error('gone')));
    expect(await metrics.text()).toContain('pg_pool_total{pool="primary"} 3');
    total = 4;
    expect(await metrics.text()).toContain('pg_pool_total{pool="primary"} 4');
  });
});
