import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DeliveryOutcome } from '@trunkline/federation-client';
import { snowflake, SnowflakeGenerator, type Clock } from '@trunkline/kernel';
import { Database, DeliveryPlans, DeliveryStore, HostStore, queueStatus } from '@trunkline/persistence';
import { createTestDatabase, testServices, until, type TestDatabase } from '@trunkline/testing';
import { DeliveryWorker } from '../src/deliver/delivery-worker.js';
import { HostBook } from '../src/deliver/host-book.js';
import { SendSlots } from '../src/deliver/send-slots.js';

const [OLD, NEW] = [900, 300];
/** What a worker holds when the new ones come, and what it takes up meanwhile: 200 at a time at most. */
const BETWEEN_MAX = 400;

let database: TestDatabase;
let db: Database;
let offsetMs = 0;
const clock: Clock = { nowMs: () => Date.now() + offsetMs };
beforeAll(async () => {
  database = await createTestDatabase(testServices().databaseUrl);
  db = await Database.connect({ url: database.url, poolMax: 8, applicationName: 'test' });
}, 60_000);
afterAll(async () => {
  await db.close();
  await database.drop();
});

// Counted in what is sent, not in time: what is new waits for no more retries than a worker has in hand.
test('new deliveries pass a backlog of retries, and these go on beside them', async () => {
  const ids = new SnowflakeGenerator(1);
  const deliveries = new DeliveryStore(db, ids, clock);
  const plans = new DeliveryPlans(ids, clock);
  const planTo = (name: string, count: number): Promise<unknown> => {
    const inboxes = Array.from({ length: count }, (_, n) => `https://${name}${n}.example/inbox`);
    return db.transaction(async (tx) => plans.write(tx, await plans.begin(tx, []), { deliveries: [{ activityId: name, senderAccountId: snowflake('7'), body: '{}', trace: null, inboxes }] }));
  };
  const sent: string[] = [];
  const isNew = (inbox: string): boolean => inbox.startsWith('https://new');
  let areAway = true;
  // Answers in a later turn, as a network does.
  const send = async (inbox: string): Promise<DeliveryOutcome> => {
    await new Promise((resolve) => setImmediate(resolve));
    sent.push(inbox);
    return areAway ? { kind: 'retry', reason: 'http_5xx', status: 502 } : { kind: 'delivered', reason: 'accepted', status: 202 };
  };
  const waiting = async (): Promise<number> => (await queueStatus(db)).retriesPending;

  await planTo('old', OLD);
  const first = startWorker(deliveries, send);
  await until('all to have failed', async () => (await waiting()) === OLD && (await queueStatus(db)).chunksPending === 0);
  await first.stop();
  await first.finished();

  areAway = false;
  sent.length = 0;
  offsetMs = 3_600_000;
  const worker = startWorker(deliveries, send);
  await until('retries to be under way', async () => sent.length > 0);
  await planTo('new', NEW);
  const [from, before] = [sent.length, await waiting()];
  worker.wake();
  await until('the new ones to be sent', async () => sent.filter(isNew).length === NEW);
  const last = sent.findLastIndex(isNew);
  expect(before).toBeGreaterThan(BETWEEN_MAX);
  expect(sent.slice(from, last).filter((inbox) => !isNew(inbox)).length).toBeLessThanOrEqual(BETWEEN_MAX);
  await until('retries to have gone on', async () => (await waiting()) < before);
  await worker.stop();
  await worker.finished();
}, 60_000);

function startWorker(deliveries: DeliveryStore, send: (inbox: string) => Promise<DeliveryOutcome>): DeliveryWorker {
  const hosts = new HostStore(db, clock);
  const worker = new DeliveryWorker({
    deliveries,
    clock,
    policy: { current: () => ({ version: 1, domainRules: [], allowedDomains: [], limitedFederation: false, registrations: 'open', approvalReasonRequired: false, serverRules: [] }) },
    hosts: new HostBook(hosts, clock),
    slots: new SendSlots({ total: 32, slow: 32, slowAfterMs: 500, perHost: 4, hostStuckMs: 1_000, hostWaitMs: 5_000, hostWaitersMax: 64 }),
    random: () => 0,
    counted: () => undefined,
    pausedHosts: (limit) => hosts.paused(limit),
    senderFor: async () => send,
    onError: (error) => {
      throw error;
    },
    onGivenUp: () => undefined,
  });
  worker.start();
  return worker;
}
