import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { BrokerProcess } from './broker-process.js';
import { acked, favourites, singly } from './consumers.js';
import { Scenario, Seen } from './scenario.js';

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

// As after a full disk: the consumer has seen number 40, the stream begins again with number 1.
test('a consumer beyond the end of its stream is made anew, and what comes next is handled', async () => {
  const seen = new Seen<string>();
  await scene.process(singly((event) => seen.add(event.eventId)));
  const publisher = await scene.publisher();
  await publisher.publish(favourites(40));
  await scene.outcomes.until(acked(40));
  const broker = await scene.broker();
  const stream = broker.names.stream('SOCIAL');
  await server.kill();
  await server.loseMessages(stream);
  await server.up();
  await scene.logs.until((all) => all.some(({ message }) => message === 'consumers stood beyond the end of their stream'));
  const next = favourites(3);
  for (const event of next) {
    // While it reconnects: the relay would come again as well.
    while ((await publisher.publish([event])).failed.length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await seen.until((all) => next.every(({ eventId }) => all.includes(eventId)));
  expect(seen.all).toHaveLength(43);
});
