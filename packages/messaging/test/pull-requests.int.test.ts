import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { AckPolicy } from '@nats-io/jetstream';
import { PullRequests } from '../src/pull-requests.js';
import { BrokerProcess } from './broker-process.js';
import { Scenario } from './scenario.js';

let server: BrokerProcess | null = null;
let url = process.env['TEST_NATS_URL'] ?? '';
let scene: Scenario;

beforeAll(async () => {
  if (url !== '') return;
  server = await BrokerProcess.start();
  url = server.url;
});
afterAll(() => server?.stop());
beforeEach(() => {
  scene = new Scenario(url);
});
afterEach(() => scene.end());

const CONSUMERS = 20;
const RUN_MS = 10_000;

// nats-server 2.9 is then silent now and then: of these some 400 requests, about eight.
test('a request whose time ends as messages come is asked anew, whatever the broker says of it', async () => {
  const broker = await scene.broker();
  const stream = `${scene.prefix}_PULLED`;
  await broker.manager.streams.add({ name: stream, subjects: [`${stream}.*`] });
  try {
    let [sent, arrived, ended] = [0, 0, 0];
    const pulls = await Promise.all(
      Array.from({ length: CONSUMERS }, async (_, index) => {
        const name = `c${index}`;
        await broker.manager.consumers.add(stream, { durable_name: name, filter_subject: `${stream}.${index}`, ack_policy: AckPolicy.Explicit });
        const target = {
          stream,
          consumer: name,
          room: () => 1_000,
          take: (message: { ack(): void }) => {
            arrived += 1;
            message.ack();
          },
          refused: () => (ended += 1),
        };
        // Silence alone would be noticed long after the test.
        return new PullRequests(broker, target, { expires: 500, heartbeat: 200, silence: 60_000 });
      }),
    );
    for (const endMs = performance.now() + RUN_MS; performance.now() < endMs; await sleep(15)) {
      for (let index = 0; index < CONSUMERS; index += 1, sent += 1) broker.nats.publish(`${stream}.${index}`, 'something');
    }
    for (let tries = 0; tries < 50 && arrived < sent; tries += 1) await sleep(100);
    await Promise.all(pulls.map((pull) => pull.stop()));
    expect(arrived).toBe(sent);
    expect(ended).toBe(0);
  } finally {
    await broker.manager.streams.delete(stream);
  }
});
