import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EventPattern, Payload } from '@nestjs/microservices';
import { CONSUMERS, consumerName, groupsOf, LIVE, LiveUserMessage, RETIRED_CONSUMERS, StatusFavouritedV1, STREAMS, type EventOf } from '@trunkline/contracts';
import { connectBroker, consumerLag, ensureTopology, EventPublisher, LiveBus } from '../src/index.js';
import { closedAtFirst, wantedStreams } from '../src/topology-config.js';
import { BrokerProcess } from './broker-process.js';
import { favourited, Scenario, Seen } from './scenario.js';

const NOTIFY = consumerName('timeline', 'notify', StatusFavouritedV1);

// These tests kill the broker and wipe its store, so each has one of its own.
let server: BrokerProcess;
let scene: Scenario;
beforeEach(async () => {
  server = await BrokerProcess.start();
  scene = new Scenario(server.url);
});
afterEach(async () => {
  await scene.end();
  await server.stop();
});

function noting(seen: Seen<string>): new () => object {
  class Consumer {
    @EventPattern<string>(NOTIFY, { batch: true })
    handle(@Payload() events: EventOf<typeof StatusFavouritedV1>[]): void {
      for (const event of events) seen.add(event.eventId);
    }
  }
  return Consumer;
}

const logged =
  (message: string, times = 1) =>
  (all: readonly { message: string }[]): boolean =>
    all.filter((line) => line.message === message).length >= times;

describe('topology', () => {
  test('comes up from nothing, and a second pass finds nothing to do', async () => {
    const broker = await scene.broker();
    const first = await ensureTopology(broker, scene.topology);
    const names = [...STREAMS.map(({ name }) => broker.names.stream(name)), broker.names.stream('CANARY'), ...CONSUMERS.map(({ name }) => name)];
    expect([...first.created].sort()).toEqual([...names].sort());
    const second = await ensureTopology(broker, scene.topology);
    expect(second).toMatchObject({ created: [], updated: [], conflicts: [] });
    expect(second.lag.map(({ consumer }) => consumer).sort()).toEqual(CONSUMERS.map(({ name }) => name).sort());
  });

  test('a stream takes nothing before its consumers stand: what it took would be thrown away', async () => {
    const broker = await scene.broker();
    await ensureTopology(broker, scene.topology);
    const stream = broker.names.stream('SOCIAL');
    const [want] = wantedStreams(broker.names, scene.topology).filter(({ name }) => name === stream);
    if (want === undefined) throw new Error('no SOCIAL');
    await broker.manager.streams.delete(stream);
    await broker.manager.streams.add(closedAtFirst(want)); // As by a process that died just then.
    const event = favourited(1);
    const publisher = new EventPublisher(broker);
    const reason = 'message size exceeds maximum allowed';
    expect(await publisher.publish([event])).toEqual({ published: [], failed: [{ eventId: event.eventId, reason }] });
    expect((await ensureTopology(broker, scene.topology)).updated).toEqual([stream]);
    expect((await publisher.publish([event])).failed).toEqual([]);
    expect((await consumerLag(broker)).filter(({ pending }) => pending === 1).map(({ consumer }) => consumer)).toEqual(
      groupsOf('status.favourited.v1').sort(),
    );
  });

  test('several processes may bring it up at once', async () => {
    const brokers = await Promise.all([scene.broker(), scene.broker(), scene.broker()]);
    await Promise.all(brokers.map((broker) => ensureTopology(broker, scene.topology)));
    expect(await consumerLag(brokers[0] ?? (await scene.broker()))).toHaveLength(CONSUMERS.length);
  });

  test('what exists grows and never shrinks', async () => {
    const broker = await scene.broker();
    await ensureTopology(broker, { ...scene.topology, sizeFactor: 1 / 128, ackWaitSeconds: 2 });
    const grown = await ensureTopology(broker, { ...scene.topology, sizeFactor: 1 / 64, ackWaitSeconds: 3 });
    expect(grown.updated).toHaveLength(STREAMS.length + CONSUMERS.length);
    expect(await ensureTopology(broker, { ...scene.topology, sizeFactor: 1 / 128, ackWaitSeconds: 2 })).toMatchObject({ updated: [] });
  });

  test('a consumer of an earlier version goes once nobody fetches from it, and what it held goes with it', async () => {
    const broker = await scene.broker();
    await ensureTopology(broker, scene.topology);
    const stream = broker.names.stream('REMOTE');
    const [retired] = RETIRED_CONSUMERS;
    const spec = CONSUMERS.find(({ name }) => name === 'timeline-notify-status-favourited-v1-remote');
    if (retired === undefined || spec === undefined) throw new Error('there is none');
    await broker.manager.consumers.add(stream, { durable_name: retired.name, ack_policy: 'explicit', filter_subject: broker.names.subject(spec.subject) });
    const held = await broker.jetstream.consumers.get(stream, retired.name);
    const fetching = held.next({ expires: 3_000 });
    while ((await held.info()).num_waiting === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await ensureTopology(broker, scene.topology);
    const names = async (): Promise<string[]> => (await consumerLag(broker)).map(({ consumer }) => consumer);
    expect(await names()).toContain(retired.name);
    expect(await fetching).toBeNull();
    for (let tries = 0; tries < 50 && (await names()).includes(retired.name); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await ensureTopology(broker, scene.topology);
    }
    expect(await names()).not.toContain(retired.name);
    expect(await names()).toHaveLength(CONSUMERS.length);
  });

  test('a stream that holds something else is reported and left alone', async () => {
    const broker = await scene.broker();
    await broker.manager.streams.add({ name: broker.names.stream('SOCIAL'), subjects: [broker.names.subject('status.*.v1')] });
    const { conflicts } = await ensureTopology(broker, scene.topology);
    expect(conflicts).toContain(`stream ${broker.names.stream('SOCIAL')} has retention limits, not interest`);
    expect(await consumerLag(broker)).toContainEqual(expect.objectContaining({ stream: 'INBOUND' }));
  });
});

describe('the broker forgets', () => {
  test('a deleted stream fails publishers with a reason, and is recreated with its consumers', async () => {
    const seen = new Seen<string>();
    const { broker, strategy } = await scene.process(noting(seen), { watchdogIntervalMs: 3_600_000 });
    await broker.manager.streams.delete(broker.names.stream('SOCIAL'));
    const event = favourited(1);
    const publisher = await scene.publisher();
    // By itself the pull notices and has all recreated, perhaps before this publish; then it goes through at once.
    const { failed } = await publisher.publish([event]);
    for (const { reason } of failed) expect(['no stream takes this subject', 'message size exceeds maximum allowed']).toContain(reason);
    await strategy.checkNow();
    expect(await publisher.publish([event])).toEqual({ published: [event.eventId], failed: [] });
    await seen.until((all) => all.includes(event.eventId));
  });

  test('a broker killed and brought back without its store works on, with the connections it had', async () => {
    const seen = new Seen<string>();
    const { broker } = await scene.process(noting(seen), { watchdogIntervalMs: 3_600_000 });
    await server.kill();
    await scene.logs.until(logged('broker disconnected'));
    expect(await broker.ready()).toMatchObject({ ok: false });
    const lost = favourited(1);
    const publisher = new EventPublisher(broker);
    expect(await publisher.publish([lost])).toEqual({ published: [], failed: [{ eventId: lost.eventId, reason: 'disconnected' }] });
    await server.forget();
    const again = scene.logs.until(logged('streams and consumers brought up', 2));
    await server.up();
    await again;
    expect(await publisher.publish([lost])).toEqual({ published: [lost.eventId], failed: [] });
    await seen.until((all) => all.includes(lost.eventId));
  });

  test('a pull that stands still is started anew', async () => {
    const seen = new Seen<string>();
    const { broker, strategy } = await scene.process(noting(seen), { stalledAfterMs: 0, watchdogIntervalMs: 3_600_000 });
    // As a pull that wedged in silence: the broker forgot the request, the process believes in it.
    const paused = await broker.manager.consumers.info(broker.names.stream('SOCIAL'), NOTIFY);
    await broker.manager.consumers.delete(broker.names.stream('SOCIAL'), NOTIFY);
    await broker.manager.consumers.add(broker.names.stream('SOCIAL'), paused.config);
    const event = favourited(1);
    await (await scene.publisher()).publish([event]);
    await strategy.checkNow();
    await seen.until((all) => all.includes(event.eventId));
  });
});

describe('health', () => {
  test('ready is a round trip, the canary a publish that is stored', async () => {
    const broker = await scene.broker();
    expect(await broker.ready()).toMatchObject({ ok: true });
    expect(await broker.canary()).toMatchObject({ ok: false });
    await ensureTopology(broker, scene.topology);
    expect(await broker.canary()).toMatchObject({ ok: true });
    expect(await broker.canary()).toMatchObject({ ok: true });
    expect((await broker.manager.streams.info(broker.names.stream('CANARY'))).state.messages).toBe(1);
    await broker.drain();
    await broker.drain();
    expect(await broker.ready()).toMatchObject({ ok: false });
  });

  test('a broker that is not there fails the first connection in time', async () => {
    const hooks = { log: () => undefined };
    const nobody = connectBroker({ url: 'nats://127.0.0.1:1', prefix: 'x', name: 'test', hooks, firstConnectTimeoutMs: 1 });
    await expect(nobody).rejects.toMatchObject({ status: 503, code: 'broker_unreachable' });
  });
});

describe('publishing', () => {
  test('thousands of events go through a small window, and a repeat within the window is stored once', async () => {
    const broker = await scene.broker();
    await ensureTopology(broker, scene.topology);
    const publisher = new EventPublisher(broker, { inFlightMax: 32 });
    const events = Array.from({ length: 3_000 }, (_, i) => favourited(i));
    expect((await publisher.publish(events)).published).toHaveLength(3_000);
    expect((await publisher.publish(events.slice(0, 100))).published).toHaveLength(100);
    const stream = await broker.manager.streams.info(broker.names.stream('SOCIAL'));
    expect(stream.state.messages).toBe(3_000);
  });

  test('a full stream refuses: the rows stay with their reason', async () => {
    const broker = await scene.broker();
    await ensureTopology(broker, { ...scene.topology, sizeFactor: 0 }); // One MiB, the least.
    const events = Array.from({ length: 8_000 }, (_, i) => favourited(i));
    const report = await new EventPublisher(broker).publish(events);
    expect(report.published.length + report.failed.length).toBe(8_000);
    expect(new Set(report.failed.map(({ reason }) => reason))).toEqual(new Set(['maximum bytes exceeded']));
  });

  test('what breaks its contract is never sent', async () => {
    const publisher = await scene.publisher();
    const good = favourited(1);
    const { failed } = await publisher.publish([
      { ...good, subject: 'status.guessed.v1' },
      { ...good, payload: { ...good.payload, accountId: 'me' } },
      { ...good, eventId: 'another' },
    ]);
    expect(failed.map(({ reason }) => reason)).toEqual([
      'invalid: no contract status.guessed.v1',
      'invalid: accountId a decimal 64-bit id',
      'invalid: the payload carries another eventId',
    ]);
  });
});

describe('live traffic', () => {
  test('reaches every subscriber of this installation, checked, and nobody else', async () => {
    const abroad = new Scenario(server.url);
    const [bus, other, stranger] = [
      new LiveBus(await scene.broker()),
      new LiveBus(await scene.broker()),
      new LiveBus(await abroad.broker()),
    ];
    const got = new Seen<{ subject: string; message: unknown }>();
    const rules = new Seen<unknown>();
    const strangers = new Seen<unknown>();
    other.subscribe('live.user.*', (message, subject) => got.add({ subject, message }), LiveUserMessage);
    other.subscribe(LIVE.rules, (message) => rules.add(message));
    stranger.subscribe('live.>', (message) => strangers.add(message));
    await Promise.all([...scene.flushes(), ...abroad.flushes()]);
    bus.publish(LIVE.user('42'), { type: 'wrong' });
    bus.publish(LIVE.user('42'), { type: 'update', statusId: '7' });
    bus.publish(LIVE.rules);
    await Promise.all([got.until((all) => all.length === 1), rules.until((all) => all.length === 1)]);
    expect(got.all).toEqual([{ subject: 'live.user.42', message: { type: 'update', statusId: '7' } }]);
    expect(rules.all).toEqual([undefined]);
    await Promise.all(abroad.flushes());
    expect(strangers.all).toEqual([]);
    await abroad.end();
    await scene.logs.until(logged('live message dropped'));
  });

  test('no id can widen a subject', async () => {
    const bus = new LiveBus(await scene.broker());
    for (const id of ['*', '>', '1.2', '', 'a b', 'x'.repeat(65)]) expect(() => bus.publish(LIVE.user(id), {})).toThrow(TypeError);
    expect(() => bus.subscribe('live.>.x', () => undefined)).toThrow(TypeError);
  });
});
