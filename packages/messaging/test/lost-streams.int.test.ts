import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ActivityReceivedV1, consumerName, StatusFavouritedV1, STREAMS, type EventOf } from '@trunkline/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventPublisher, type Broker } from '../src/index.js';
import { BrokerProcess } from './broker-process.js';
import { favourited, received, Scenario, Seen } from './scenario.js';

/** Copies of a worker that all see a stream go and all make it anew. */
const PROCESSES = 6;
const ROUNDS = 6;
/** After so many, another event is sent: that of the first may have gone with its stream. */
const SWEEP_TRIES = 50;

let server: BrokerProcess;
let scene: Scenario;
let seen: Seen<string>;
beforeEach(async () => {
  server = await BrokerProcess.start();
  scene = new Scenario(server.url);
  seen = new Seen();
});
afterEach(async () => {
  await scene.end();
  await server.stop();
});

function noting(): new () => object {
  class Consumer {
    @EventPattern<string>(consumerName('timeline', 'notify', StatusFavouritedV1), { batch: true })
    notify(@Payload() events: EventOf<typeof StatusFavouritedV1>[]): void {
      for (const event of events) seen.add(event.eventId);
    }

    @EventPattern<string>(consumerName('inbox', 'apply', ActivityReceivedV1), { batch: true })
    apply(@Payload() events: EventOf<typeof ActivityReceivedV1>[]): void {
      for (const event of events) seen.add(event.eventId);
    }
  }
  return Consumer;
}

/**
 * One event for each stream, as relay and sweeper send it: again until it is stored, and again when it was stored and
 * went with its stream. Resolves with what was said against it, once both were handled.
 */
async function publishUntilHandled(broker: Broker): Promise<string[]> {
  const publisher = new EventPublisher(broker);
  const isHandled = ({ eventId }: { eventId: string }): boolean => seen.all.includes(eventId);
  const reasons: string[] = [];
  for (const make of [() => favourited(1), () => received(['1'])]) {
    const sent = [make()];
    for (let tries = 1; !sent.some(isHandled); tries += 1) {
      reasons.push(...(await publisher.publish(sent.slice(-1))).failed.map(({ reason }) => reason));
      await sleep(20);
      if (tries % SWEEP_TRIES === 0) sent.push(make());
    }
  }
  return reasons;
}

const madeAnew = (all: readonly { message: string }[]): boolean => all.some(({ message }) => message === 'streams that lost their folder are made anew');

// A file that is open outlives its name: such a stream takes every message and delivers none.
test('a stream that cannot read what it took is noticed by the watchdog, and made anew', async () => {
  const { broker, strategy } = await scene.process(noting(), { watchdogIntervalMs: 3_600_000 });
  for (const { name } of STREAMS) await server.loseFolder(broker.names.stream(name));
  const events = [favourited(1), received(['1'])];
  expect((await new EventPublisher(broker).publish(events)).published).toHaveLength(2);
  await strategy.checkNow();
  expect(madeAnew(scene.logs.all)).toBe(true);
  expect(await publishUntilHandled(broker)).toEqual([]);
});

test('a stream that refuses for want of its folder is noticed by who publishes, and made anew', async () => {
  const { broker } = await scene.process(noting(), { watchdogIntervalMs: 3_600_000 });
  const stream = broker.names.stream('SOCIAL');
  // As the relay hears it, again and again; in words, since nobody can time a removal to come before the first message.
  const hears = setInterval(() => broker.ruined.note(stream, 'error opening msg block file: no such file or directory', performance.now()), 100);
  await scene.logs.until(madeAnew);
  clearInterval(hears);
  await publishUntilHandled(broker);
});

// The broker removes a folder after it forgot the stream's name; who makes it anew in between loses the folder (2.9.10).
test('all streams deleted under load, again and again, while every process makes them anew', async () => {
  const processes = await Promise.all(Array.from({ length: PROCESSES }, () => scene.process(noting())));
  const [first] = processes;
  if (first === undefined) throw new Error('no process');
  for (let round = 0; round < ROUNDS; round += 1) {
    const ends = new AbortController();
    const load = processes.map(async ({ broker }) => {
      const publisher = new EventPublisher(broker);
      for (; !ends.signal.aborted; await sleep(5)) await publisher.publish([favourited(round), received([String(round)])]);
    });
    await sleep(50);
    for (const name of [...STREAMS.map((stream) => stream.name), 'CANARY']) {
      await first.broker.manager.streams.delete(first.broker.names.stream(name)).catch(() => false);
    }
    await publishUntilHandled(first.broker);
    ends.abort();
    await Promise.all(load);
  }
});
