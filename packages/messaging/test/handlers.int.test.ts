import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { consumerName, StatusPublishedV1 } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { BatchFailure, JetStreamContext } from '../src/index.js';
import { BrokerProcess } from './broker-process.js';
import { acked, favourites, idsOf, inBatches, NOTIFY, singly, type Favourited } from './consumers.js';
import { favourited, Scenario, Seen } from './scenario.js';

/** So long that nothing comes again by itself, however busy the machine: each test counts how often something came. */
const ACK_WAIT_SECONDS = 600;

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
  scene = new Scenario(url, ACK_WAIT_SECONDS);
});
afterEach(() => scene.end());

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
    scene = new Scenario(url, ACK_WAIT_SECONDS);
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
