import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ActivityReceivedV1, consumerName, StatusFavouritedV1, type EventOf } from '@trunkline/contracts';
import { JetStreamContext } from '../src/index.js';
import { BrokerProcess } from './broker-process.js';
import { acked, favourites, idsOf, inBatches, NOTIFY, singly } from './consumers.js';
import { favourited, received, Scenario, Seen } from './scenario.js';

type Received = EventOf<typeof ActivityReceivedV1>;
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
    // So long that nothing comes again by itself, however busy the machine.
    scene = new Scenario(url, 600);
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
    // So long that nothing of this test can come back by itself.
    scene = new Scenario(url, 600);
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
  });

  test('only consumers with a handler are pulled', async () => {
    const { broker } = await scene.process(singly(() => undefined));
    await (await scene.publisher()).publish([favourited(1)]);
    await scene.outcomes.until(acked(1));
    const plan = await broker.manager.consumers.info(broker.names.stream('SOCIAL'), consumerName('outbox', 'plan', StatusFavouritedV1));
    expect(plan).toMatchObject({ num_pending: 1, num_waiting: 0 });
  });
});
