import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { EventLane } from '@trunkline/contracts';
import { BrokerProcess } from './broker-process.js';
import { acked, inBatches, singly } from './consumers.js';
import { favourited, Scenario, Seen } from './scenario.js';

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

const LANES: readonly [EventLane, EventLane][] = [
  ['remote', 'local'],
  ['local', 'remote'],
];
const idIn = (lane: EventLane, serial: number): string => `${lane === 'remote' ? 9 : 1}${serial}`;
const inLane = (lane: EventLane, count: number) =>
  Array.from({ length: count }, (_, serial) => {
    const event = favourited(serial);
    return { ...event, lane, payload: { ...event.payload, favouriteId: idIn(lane, serial) } };
  });
const laneOf = (favouriteId: string): EventLane => (favouriteId.startsWith('9') ? 'remote' : 'local');

// More than a process fetches ahead, so that messages of a shared lane would wait unfetched.
test.each(LANES)('while every handler of the %s lane hangs, the %s lane is worked through', async (stuck, free) => {
  const hanging = new Seen<() => void>();
  const handle = (events: readonly { favouriteId: string }[]): Promise<void> | undefined =>
    events.some(({ favouriteId }) => laneOf(favouriteId) === stuck) ? new Promise((resolve) => hanging.add(resolve)) : undefined;
  await scene.process(inBatches(handle));
  const publisher = await scene.publisher();
  expect((await publisher.publish(inLane(stuck, 500))).failed).toEqual([]);
  await hanging.until((all) => all.length >= 2);
  await publisher.publish(inLane(free, 120));
  await scene.outcomes.until(acked(120));
  expect(scene.outcomes.all.every(({ consumer }) => consumer.endsWith('-remote') === (free === 'remote'))).toBe(true);
  // Let go, or the test would wait for them.
  const letGo = setInterval(() => hanging.all.forEach((resolve) => resolve()), 20);
  await scene.outcomes.until(acked(620));
  clearInterval(letGo);
});

test('a lane whose stream is full refuses its own events only', async () => {
  const hanging = new Seen<() => void>();
  await scene.process(singly(() => new Promise<void>((resolve) => hanging.add(resolve))));
  const broker = await scene.broker();
  await broker.manager.streams.update(broker.names.stream('REMOTE'), { max_msgs: 3 });
  const publisher = await scene.publisher();
  const { published, failed } = await publisher.publish(inLane('remote', 20));
  expect(published.length).toBeLessThanOrEqual(3);
  expect(failed.map(({ reason }) => reason)).toContain('maximum messages exceeded');
  expect((await publisher.publish(inLane('local', 20))).failed).toEqual([]);
  // Let go, or the test would wait for them.
  const letGo = setInterval(() => hanging.all.forEach((resolve) => resolve()), 20);
  await scene.outcomes.until(acked(20 + published.length));
  clearInterval(letGo);
});
