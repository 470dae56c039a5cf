import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { ActivityReceivedV1, consumerName, StatusFavouritedV1, StatusPublishedV1, type EventOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { BatchFailure, JetStreamContext, type OutgoingEvent } from '../src/index.js';
import { BrokerProcess } from './broker-process.js';
import { favourited, received, Scenario, Seen } from './scenario.js';

type Favourited = EventOf<typeof StatusFavouritedV1>;
type Received = EventOf<typeof ActivityReceivedV1>;
const NOTIFY = consumerName('timeline', 'notify', StatusFavouritedV1);
const APPLY = consumerName('inbox', 'apply', ActivityReceivedV1);

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

/** A consumer of favourites, in batches. */
function inBatches(handle: (events: Favourited[], context: JetStreamContext) => unknown): new () => object {
  class Consumer {
    @EventPattern<string>(NOTIFY, { batch: true })
    handle(@Payload() events: Favourited[], @Ctx() context: JetStreamContext): unknown {
      return handle(events, context);
    }
  }
  return Consumer;
}

/** A consumer of favourites, one by one. */
function singly(handle: (event: Favourited, context: JetStreamContext) => unknown): new () => object {
  class Consumer {
    @EventPattern<string>(NOTIFY)
    handle(@Payload() event: Favourited, @Ctx() context: JetStreamContext): unknown {
      return handle(event, context);
    }
  }
  return Consumer;
}

const acked = (count: number) => (all: readonly { outcome: string }[]) => all.filter(({ outcome }) => outcome === 'acked').length >= count;
const idsOf = (events: readonly { eventId: string }[]): string[] => events.map(({ eventId }) => eventId).sort();
const favourites = (count: number): OutgoingEvent[] => Array.from({ length: count }, (_, i) => favourited(i));

describe('handlers', () => {
  test('a single handler gets each event once, typed, with its trace', async () => {
    const seen = new Seen<{ event: Favourited; context: JetStreamContext; trace: string | undefined }>();
    let trace: string | undefined;
    await scene.process(
      singly((event, context) => seen.add({ event, context, trace })),
      {
        runInTrace: (traceparent, fn) => {
          trace = traceparent;
          return fn();
        },
      },
    );
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = favourited(7, traceparent);
    expect(await (await scene.publisher()).publish([event])).toEqual({ published: [event.eventId], failed: [] });
    await scene.outcomes.until(acked(1));
    expect(seen.all).toHaveLength(1);
    expect(seen.all[0]?.event).toEqual(event.payload);
    expect(seen.all[0]?.context.consumer).toBe(NOTIFY);
    expect(seen.all[0]?.context.deliveries).toEqual([{ eventId: event.eventId, redelivered: false, deliveryCount: 1, traceparent }]);
    expect(seen.all[0]?.trace).toBe(traceparent);
  });

  test('a batch handler gets what waits, at most the table\'s batchMax at once', async () => {
    const sizes: number[] = [];
    const seen = new Seen<Favourited>();
    await scene.process(inBatches(() => undefined)); // Makes the consumers, so that the events below have takers.
    const events = favourites(180);
    await scene.end();
    scene = new Scenario(url);
    const { strategy } = await scene.process(inBatches(() => undefined));
    await strategy.stopConsuming();
    await (await scene.publisher()).publish(events);
    await scene.process(
      inBatches((batch) => {
        sizes.push(batch.length);
        for (const event of batch) seen.add(event);
      }),
    );
    await scene.outcomes.until(acked(180));
    expect(idsOf(seen.all)).toEqual(idsOf(events));
    expect(Math.max(...sizes)).toBe(50);
    expect(sizes.length).toBeLessThan(20);
  });

  test('one bad event does not fail its batch: it alone is parked after N tries, with its reason', async () => {
    const done = new Seen<Favourited>();
    let tries = 0;
    await scene.process(
      inBatches((batch) => {
        if (batch.some(({ favouriteId }) => favouriteId === '3')) {
          if (batch.length === 1) tries += 1;
          throw new Error('cannot digest');
        }
        for (const event of batch) done.add(event);
      }),
      { triesMax: 3 },
    );
    const events = favourites(10);
    await (await scene.publisher()).publish(events);
    await Promise.all([scene.deadLetters.parked.until((all) => all.length === 1), scene.outcomes.until(acked(9))]);
    const bad = events[3]?.eventId ?? '';
    expect(idsOf(done.all)).toEqual(idsOf(events.filter(({ eventId }) => eventId !== bad)));
    expect(scene.deadLetters.parked.all[0]).toMatchObject({ eventId: bad, consumer: NOTIFY, attempts: 3, reason: 'Error: cannot digest' });
    expect(tries).toBe(3);
  });

  test.each([
    ['throws BatchFailure', (id: string) => Promise.reject(new BatchFailure(new Map([[id, new Error('locked')]])))],
    ['resolves with retry', (id: string) => Promise.resolve({ retry: [id] })],
  ])('a batch handler that %s gets only those events again', async (_, answer) => {
    const calls = new Seen<string[]>();
    const events = favourites(5);
    const late = events[2]?.eventId ?? '';
    await scene.process(
      inBatches((batch) => {
        const first = calls.all.every((ids) => !ids.includes(late)) && batch.some(({ eventId }) => eventId === late);
        calls.add(idsOf(batch));
        return first ? answer(late) : undefined;
      }),
    );
    await (await scene.publisher()).publish(events);
    await scene.outcomes.until(acked(5));
    const flat = calls.all.flat();
    expect(flat.filter((id) => id === late)).toHaveLength(2);
    expect(flat).toHaveLength(6);
    expect(scene.outcomes.all.map(({ outcome }) => outcome).filter((outcome) => outcome === 'retried')).toHaveLength(1);
  });

  test('a store that is away parks nothing, however long it lasts', async () => {
    let failures = 8; // Well over triesMax.
    await scene.process(
      singly(() => {
        if (failures-- > 0) throw new AppError(503, 'db_unavailable', 'Service temporarily unavailable');
      }),
      { triesMax: 3 },
    );
    await (await scene.publisher()).publish([favourited(1)]);
    await scene.outcomes.until(acked(1));
    expect(scene.deadLetters.parked.all).toEqual([]);
    expect(scene.deadLetters.suspects.size).toBe(0);
  });

  test('a handler that hangs is given up, told so, and tried again', async () => {
    const signals: AbortSignal[] = [];
    class Consumer {
      @EventPattern<string>(NOTIFY, { timeoutMs: 50 })
      handle(@Payload() _event: Favourited, @Ctx() context: JetStreamContext): Promise<void> | undefined {
        signals.push(context.signal);
        return signals.length === 1 ? new Promise(() => undefined) : undefined;
      }
    }
    await scene.process(Consumer);
    await (await scene.publisher()).publish([favourited(1)]);
    await scene.outcomes.until(acked(1));
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
  });

  test('what cannot be read is parked as it came, and others go on', async () => {
    const seen = new Seen<Favourited>();
    const { broker } = await scene.process(inBatches((batch) => batch.forEach((event) => seen.add(event))));
    const subject = broker.names.subject('status.favourited.v1');
    const bodies = ['{"half', '{"eventId":"x"}', new Uint8Array([0xff, 0xfe]), 'x'.repeat(9_000)];
    for (const body of bodies) await broker.jetstream.publish(subject, body);
    await (await scene.publisher()).publish([favourited(1)]);
    await Promise.all([scene.deadLetters.parked.until((all) => all.length === bodies.length), seen.until((all) => all.length === 1)]);
    expect(scene.deadLetters.parked.all.map(({ reason }) => reason.split(/[:;]/)[0])).toEqual([
      'no JSON',
      'not status.favourited.v1',
      'no JSON',
      'more than 8192 bytes',
    ]);
  });
});

describe('processes', () => {
  test('what a killed process had in hand comes to another', async () => {
    const started = new Seen<string>();
    const first = await scene.process(
      singly((event) => {
        started.add(event.eventId);
        return new Promise(() => undefined);
      }),
      { drainTimeoutMs: 10 },
    );
    const event = favourited(1);
    await (await scene.publisher()).publish([event]);
    await started.until((all) => all.length === 1);
    await first.broker.nats.close(); // As kill -9: no acknowledgement, no giving back.
    const seen = new Seen<JetStreamContext>();
    await scene.process(singly((_, context) => seen.add(context)));
    await seen.until((all) => all.length === 1);
    expect(seen.all[0]?.deliveries[0]).toMatchObject({ eventId: event.eventId, redelivered: true, deliveryCount: 2 });
  });

  test('a handler slower than the acknowledgement wait keeps its message', async () => {
    const seen = new Seen<string>();
    let finish: () => void = () => undefined;
    const { broker } = await scene.process(
      singly((event) => {
        seen.add(event.eventId);
        return new Promise<void>((resolve) => (finish = resolve));
      }),
    );
    await (await scene.publisher()).publish([favourited(1)]);
    await seen.until((all) => all.length === 1);
    // The broker's own clock: a second message of a wait of 1 s, left alone twice, says that 2 s went by.
    const other = await broker.jetstream.consumers.get(broker.names.stream('SOCIAL'), consumerName('outbox', 'plan', StatusFavouritedV1));
    for (let count = 1; count <= 3; count += 1) expect((await other.next({ expires: 5_000 }))?.info.deliveryCount).toBe(count);
    expect(seen.all).toHaveLength(1);
    finish();
    await scene.outcomes.until(acked(1));
  });

  test('a message whose handling killed process after process is parked, its neighbours are not', async () => {
    // Delivered twice without an answer, as to processes that died; triesMax 1 makes it a suspect at once.
    const killer = favourited(666);
    const neighbour = favourited(1);
    const idle = await scene.process(inBatches(() => undefined));
    await idle.strategy.stopConsuming();
    await (await scene.publisher()).publish([killer, neighbour]);
    const victims = await idle.broker.jetstream.consumers.get(idle.broker.names.stream('SOCIAL'), NOTIFY);
    for (let i = 0; i < 2; i += 1) await victims.next({ expires: 5_000 });
    await scene.deadLetters.markSuspect({ ...killer, consumer: NOTIFY, reason: 'as its last process left it', attempts: 1 });
    const seen = new Seen<string>();
    await scene.process(
      inBatches((batch) => batch.forEach(({ eventId }) => seen.add(eventId))),
      { triesMax: 1 },
    );
    await scene.outcomes.until((all) => all.length === 2);
    expect(scene.outcomes.all.map(({ outcome }) => outcome).sort()).toEqual(['acked', 'dead']);
    expect(seen.all).toEqual([neighbour.eventId]);
    expect([...scene.deadLetters.suspects.values()].map(({ eventId }) => eventId)).toEqual([killer.eventId]);
  });

  test('two copies share the work and do nothing twice', async () => {
    const by = [new Seen<string>(), new Seen<string>()];
    for (const seen of by) {
      class Consumer {
        @EventPattern<string>(APPLY)
        async handle(@Payload() event: Received): Promise<void> {
          seen.add(event.inboundIds[0] ?? '');
          await Promise.all(by.map((other) => other.until((all) => all.length > 0))); // Both have some before any goes on.
        }
      }
      await scene.process(Consumer);
    }
    const ids = Array.from({ length: 100 }, (_, i) => String(i + 1));
    await (await scene.publisher()).publish(ids.map((id) => received([id])));
    await scene.outcomes.until(acked(100));
    expect(by.every((seen) => seen.all.length > 0)).toBe(true);
    expect(by.flatMap((seen) => seen.all).sort()).toEqual([...ids].sort());
  });

  test('stopping finishes what is in flight and gives the rest to others at once', async () => {
    const started = new Seen<string>();
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const first = await scene.process(
      singly((event) => {
        started.add(event.eventId);
        return gate;
      }),
    );
    const events = favourites(30);
    await (await scene.publisher()).publish(events);
    await started.until((all) => all.length === 8); // As many as run at once; eight more are fetched ahead.
    const beganMs = performance.now();
    let stopped = false;
    const stopping = first.strategy.stopConsuming().then(() => (stopped = true));
    const rest = new Seen<string>();
    await scene.process(singly((event) => rest.add(event.eventId)));
    // Broker 2.9 may send again what was given back in the moment of its delivery: at least once is the promise.
    await rest.until((all) => new Set(all).size === 22);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    await first.broker.drain();
    await scene.outcomes.until(acked(30));
    expect([...started.all, ...new Set(rest.all)].sort()).toEqual(idsOf(events));
    // Given back, not left to their acknowledgement wait.
    expect(performance.now() - beganMs).toBeLessThan(800);
  });

  test('only consumers with a handler are pulled', async () => {
    const { broker } = await scene.process(singly(() => undefined));
    await (await scene.publisher()).publish([favourited(1)]);
    await scene.outcomes.until(acked(1));
    const plan = await broker.manager.consumers.info(broker.names.stream('SOCIAL'), consumerName('outbox', 'plan', StatusFavouritedV1));
    expect(plan).toMatchObject({ num_pending: 1, num_waiting: 0 });
  });
});

describe('wiring faults show at start', () => {
  class Unknown {
    @EventPattern<string>('timeline-guess-v1')
    handle(): void {}
  }
  class Twice {
    @EventPattern<string>(consumerName('timeline', 'notify', StatusPublishedV1))
    one(): void {}
    @EventPattern<string>(consumerName('timeline', 'notify', StatusPublishedV1))
    two(): void {}
  }
  test.each([
    [Unknown, 'is no consumer of streams.ts'],
    [Twice, 'has two handlers'],
  ])('%p', async (consumer, message) => {
    await expect(scene.process(consumer)).rejects.toThrow(message);
  });
});
