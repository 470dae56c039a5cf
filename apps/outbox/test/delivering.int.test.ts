import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { FederationHttp } from '@trunkline/federation-client';
import { snowflake, SnowflakeGenerator, type Clock } from '@trunkline/kernel';
import { Database, DeliveryStore, HostStore, queueStatus } from '@trunkline/persistence';
import { createTestDatabase, testServices, until, type TestDatabase } from '@trunkline/testing';
import { DeliveryWorker } from '../src/deliver/delivery-worker.js';
import { HostBook } from '../src/deliver/host-book.js';
import { SendSlots } from '../src/deliver/send-slots.js';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SENDER = snowflake('7');
type Answer = (request: IncomingMessage, response: ServerResponse, activity: string) => void;

/** An inbox on loopback that writes down the activities it was sent. */
class Peer {
  readonly got: string[] = [];
  answer: Answer = (_, response) => void response.writeHead(202).end();
  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      let text = '';
      request.on('data', (piece) => (text += piece));
      request.on('end', () => {
        const { id } = JSON.parse(text) as { id: string };
        if (typeof request.headers['signature'] === 'string') this.got.push(id);
        this.answer(request, response, id);
      });
    });
  }
  static async start(): Promise<Peer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Peer(server);
  }
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  get inbox(): string {
    return `http://${this.host}/inbox`;
  }
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** The real time, and what a test adds to it. */
class MovableClock implements Clock {
  offsetMs = 0;
  nowMs(): number {
    return Date.now() + this.offsetMs;
  }
}

let database: TestDatabase;
let db: Database;
let clock: MovableClock;
let deliveries: DeliveryStore;
let peers: Peer[];
let http: FederationHttp;
const workers: DeliveryWorker[] = [];
beforeAll(async () => {
  database = await createTestDatabase(testServices().databaseUrl);
  db = await Database.connect({ url: database.url, poolMax: 8, applicationName: 'test' });
}, 60_000);
afterAll(async () => {
  await db.close();
  await database.drop();
});
beforeEach(async () => {
  await db.query('TRUNCATE federation.delivery_bodies, federation.delivery_chunks, federation.delivery_retries, federation.hosts');
  clock = new MovableClock();
  deliveries = new DeliveryStore(db, new SnowflakeGenerator(1), clock);
  peers = await Promise.all([Peer.start(), Peer.start(), Peer.start()]);
  http = new FederationHttp({
    httpHosts: peers.map((peer) => peer.host),
    allowedPrivateAddresses: [],
    userAgent: 'test',
    isHostBlocked: () => false,
    // Long enough that an honest peer on a busy machine is not taken for one that does not answer.
    limits: { deliverTotalTimeoutMs: 3_000, closeTimeoutMs: 50 },
  });
});
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    await worker.stop();
    await worker.finished();
  }
  await http.close();
  await Promise.all(peers.map((peer) => peer.stop()));
});

function startWorker(): DeliveryWorker {
  const hosts = new HostStore(db, clock);
  const worker = new DeliveryWorker({
    deliveries,
    clock,
    policy: { current: () => ({ version: 1, domainRules: [], allowedDomains: [], limitedFederation: false, registrations: 'open', approvalReasonRequired: false, serverRules: [] }) },
    hosts: new HostBook(hosts, clock),
    slots: new SendSlots({ total: 32, perHost: 4, hostStuckMs: 1_000, hostWaitMs: 5_000, hostWaitersMax: 64 }),
    random: () => 0,
    counted: () => undefined,
    pausedHosts: (limit) => hosts.paused(limit),
    senderFor: async () => (inbox, body) => http.deliver({ keyId: 'http://us.test/ap/users/7#main-key', privateKey, inbox, body }),
    onError: (error) => {
      throw error;
    },
    onGivenUp: () => undefined,
  });
  workers.push(worker);
  worker.start();
  return worker;
}

const plan = (activityId: string, to: readonly Peer[], orderKey = 'status:1'): Promise<number> =>
  db.transaction(async (tx) => {
    await deliveries.lockOrder(tx, orderKey);
    const body = JSON.stringify({ id: activityId });
    return deliveries.plan(tx, { activityId, senderAccountId: SENDER, body, trace: null, orderKey, inboxes: to.map((peer) => peer.inbox) });
  });

const idle = (): Promise<unknown> => until('all chunks to be closed', async () => (await queueStatus(db)).chunksPending === 0);
const [good, other, ill] = [0, 1, 2].map((index) => () => peers[index] as Peer) as [() => Peer, () => Peer, () => Peer];

test('two workers share the work; every inbox gets each activity once', async () => {
  startWorker();
  startWorker();
  const names = Array.from({ length: 20 }, (_, n) => `activity-${n}`);
  await Promise.all(names.map((id) => plan(id, [good(), other()], id)));
  await idle();
  expect([...good().got].sort()).toEqual([...names].sort());
  expect([...other().got].sort()).toEqual([...names].sort());
  expect(await queueStatus(db)).toMatchObject({ retriesPending: 0, deliveriesDead: 0 });
});

test('an inbox that was away gets Create, Update and Delete in order once it is back; the others never waited', async () => {
  ill().answer = (_, response) => void response.writeHead(500).end();
  const worker = startWorker();
  for (const id of ['create', 'update', 'delete']) {
    await plan(id, [good(), ill()]);
    worker.wake();
    await until(id, () => good().got.includes(id));
  }
  await idle();
  expect(good().got).toEqual(['create', 'update', 'delete']);
  expect(ill().got).toEqual(['create']);
  expect(await queueStatus(db)).toMatchObject({ retriesPending: 3 });

  const accepted: string[] = [];
  ill().answer = (_, response, id) => {
    accepted.push(id);
    response.writeHead(202).end();
  };
  clock.offsetMs = 17_000;
  await until('three deliveries', () => accepted.length === 3);
  expect(accepted).toEqual(['create', 'update', 'delete']);
  await until('no retries', async () => (await queueStatus(db)).retriesPending === 0);
}, 30_000);

test('refused and gone are listed at once, with what was answered', async () => {
  other().answer = (_, response) => void response.writeHead(403).end();
  ill().answer = (_, response) => void response.writeHead(410).end();
  startWorker();
  await plan('like', [good(), other(), ill()]);
  await idle();
  const dead = await deliveries.deadPage({ limit: 10 });
  expect(dead.map(({ lastStatus, lastReason, attempts }) => [lastStatus, lastReason, attempts]).sort()).toEqual([
    [403, 'http_4xx', 1],
    [410, 'gone', 1],
  ]);
  expect(good().got).toEqual(['like']);
});

test('a host that never answers opens its breaker for all copies; the healthy one stays fast', async () => {
  ill().answer = () => undefined;
  startWorker();
  startWorker();
  const names = Array.from({ length: 30 }, (_, n) => `post-${n}`);
  for (const id of names) await plan(id, [good(), ill()], id);
  await until('the healthy host', () => good().got.length === names.length);
  // It did not have to wait until the ill one's requests were over.
  expect(ill().got.length).toBeLessThan(names.length);
  await idle();
  expect(good().got.length).toBe(names.length);
  const hosts = new HostStore(db, clock);
  await until('the breaker', async () => {
    clock.offsetMs += 3_000;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return (await hosts.shut(10)).includes(ill().host);
  });
}, 60_000);

test('a worker that stops finishes what it holds', async () => {
  let release = (): void => undefined;
  good().answer = (_, response) => {
    release = () => void response.writeHead(202).end();
  };
  const worker = startWorker();
  await plan('slow', [good()]);
  worker.wake();
  await until('the POST', () => good().got.length === 1);
  await worker.stop();
  const finished = worker.finished();
  release();
  await finished;
  expect(await queueStatus(db)).toMatchObject({ chunksPending: 0, retriesPending: 0 });
});
