import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PolicySnapshot } from '@trunkline/domain';
import { FederationHttp } from '@trunkline/federation-client';
import { snowflake, SnowflakeGenerator, type Clock } from '@trunkline/kernel';
import { Database, DeliveryPlans, DeliveryStore, HostStore, queueStatus } from '@trunkline/persistence';
import { createTestDatabase, testServices, until, type TestDatabase } from '@trunkline/testing';
import { DeliveryWorker, type WorkerPorts } from '../src/deliver/delivery-worker.js';
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

const OPEN: PolicySnapshot = {
  version: 1, domainRules: [], allowedDomains: [], limitedFederation: false, registrations: 'open', approvalReasonRequired: false, serverRules: [],
};

let policy: PolicySnapshot;
let database: TestDatabase;
let db: Database;
let clock: MovableClock;
let deliveries: DeliveryStore;
let plans: DeliveryPlans;
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
  policy = OPEN;
  const ids = new SnowflakeGenerator(1);
  deliveries = new DeliveryStore(db, ids, clock);
  plans = new DeliveryPlans(ids, clock);
  peers = await Promise.all([Peer.start(), Peer.start(), Peer.start(), Peer.start()]);
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

function startWorker(ports: Partial<WorkerPorts> = {}): DeliveryWorker {
  const hosts = new HostStore(db, clock);
  const worker = new DeliveryWorker({
    deliveries,
    clock,
    policy: { current: () => policy },
    hosts: new HostBook(hosts, clock),
    slots: new SendSlots({ total: 32, slow: 32, slowAfterMs: 500, perHost: 4, hostStuckMs: 1_000, hostWaitMs: 5_000, hostWaitersMax: 64 }),
    random: () => 0,
    counted: () => undefined,
    pausedHosts: (limit) => hosts.paused(limit),
    senderFor: async ({ body }) => http.sender({ keyId: 'http://us.test/ap/users/7#main-key', privateKey, body }),
    onError: (error) => {
      throw error;
    },
    onGivenUp: () => undefined,
    ...ports,
  });
  workers.push(worker);
  worker.start();
  return worker;
}

const planTo = (inboxes: readonly string[], activityId: string, orderKey: string): Promise<number> =>
  db.transaction(async (tx) => {
    const delivery = { activityId, senderAccountId: SENDER, body: JSON.stringify({ id: activityId }), trace: null, orderKey, inboxes };
    return plans.write(tx, await plans.begin(tx, [orderKey]), { deliveries: [delivery] });
  });
const plan = (activityId: string, to: readonly Peer[], orderKey = 'status:1'): Promise<number> => planTo(to.map((peer) => peer.inbox), activityId, orderKey);

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

test('a host that is back gets what waited for it at once and in order, whatever the schedules say', async () => {
  ill().answer = (_, response) => void response.writeHead(500).end();
  const slots = new SendSlots({ total: 32, slow: 32, slowAfterMs: 500, perHost: 1, hostStuckMs: 1_000, hostWaitMs: 5_000, hostWaitersMax: 64 });
  const worker = startWorker({ slots });
  const names = Array.from({ length: 12 }, (_, n) => `post-${n}`);
  for (const id of names) await plan(id, [ill()], id);
  await idle();
  // As after a day: hours until the next attempt, the last one first.
  await db.query(`UPDATE federation.delivery_retries r SET not_before = now() + interval '5 hours' - t.place * interval '1 minute'
                    FROM (SELECT id, row_number() OVER (ORDER BY body_id) AS place FROM federation.delivery_retries LIMIT 99) t WHERE t.id = r.id`);
  const accepted: string[] = [];
  ill().answer = (_, response, id) => {
    accepted.push(id);
    response.writeHead(202).end();
  };
  clock.offsetMs = 600_000;
  await plan('news', [ill()], 'news');
  worker.wake();
  await until('all of them', () => accepted.length === 13);
  expect(accepted).toEqual(['news', ...names]);
}, 30_000);

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

// Two of a group answer, the third does not; then the process is gone. Its lease runs out, and another one takes over.
test('after a crash in the middle of a group only what was unfinished is sent again', async () => {
  ill().answer = () => undefined;
  let crashed = false;
  const lost = startWorker({
    deliveries: {
      claimChunks: (...args) => deliveries.claimChunks(...args),
      claimRetries: (...args) => deliveries.claimRetries(...args),
      settleRetries: (outcomes) => deliveries.settleRetries(outcomes),
      catchUp: (...args) => deliveries.catchUp(...args),
      settleChunks: (...args) => (crashed ? Promise.resolve([]) : deliveries.settleChunks(...args)),
    },
  });
  await plan('post', [good(), ill(), other()]);
  lost.wake();
  const waiting = async (): Promise<string[]> =>
    (await db.query<{ inboxes: string[] }>(`SELECT inboxes FROM federation.delivery_chunks WHERE state = 'pending' LIMIT 9`)).flatMap((row) => row.inboxes);
  await until('the progress', async () => (await waiting()).length === 1);
  expect(await waiting()).toEqual([ill().inbox]);
  crashed = true;
  await lost.stop();
  await lost.finished();

  ill().answer = (_, response) => void response.writeHead(202).end();
  clock.offsetMs = 31_000;
  startWorker();
  await idle();
  expect([good().got, other().got, ill().got]).toEqual([['post'], ['post'], ['post', 'post']]);
  expect(await queueStatus(db)).toMatchObject({ retriesPending: 0, deliveriesDead: 0 });
}, 30_000);

test('in one group: reached, gone, failing and blocked meanwhile; each has its own end', async () => {
  const blocked = peers[3] ?? good();
  other().answer = (_, response) => void response.writeHead(410).end();
  ill().answer = (_, response) => void response.writeHead(502).end();
  await plan('post', [good(), other(), ill(), blocked]);
  const rule = { id: SENDER, domain: blocked.host, severity: 'suspend', rejectMedia: false, rejectReports: false } as const;
  policy = { ...OPEN, domainRules: [{ ...rule, privateComment: null, publicComment: null, obfuscate: false, createdAt: new Date() }] };
  startWorker();
  await idle();
  expect([good().got, other().got, ill().got, blocked.got]).toEqual([['post'], ['post'], ['post'], []]);
  const rows = await db.query('SELECT host, state, attempts, last_status AS status FROM federation.delivery_retries ORDER BY state LIMIT 9');
  expect(rows).toEqual([
    { host: other().host, state: 'dead', attempts: 1, status: 410 },
    { host: ill().host, state: 'pending', attempts: 1, status: 502 },
  ]);
});

test('one post to ten thousand inboxes writes at most two hundred rows', async () => {
  const inboxes = Array.from({ length: 10_000 }, (_, n) => `https://r${n}.example/inbox`);
  const reached = new Set<string>();
  startWorker({ senderFor: async () => async (inbox) => (reached.add(inbox), { kind: 'delivered', reason: 'accepted', status: 202 }) });
  await planTo(inboxes, 'post', 'status:1');
  await idle();
  expect(reached.size).toBe(inboxes.length);
  const [rows] = await db.query<{ count: number }>(
    `SELECT ((SELECT count(*) FROM federation.delivery_bodies) + (SELECT count(*) FROM federation.delivery_chunks)
           + (SELECT count(*) FROM federation.delivery_retries) + (SELECT count(*) FROM federation.hosts))::int AS count`,
  );
  expect(rows?.count).toBeLessThanOrEqual(200);
}, 30_000);
