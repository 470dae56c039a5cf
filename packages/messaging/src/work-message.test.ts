import { expect, test } from '@jest/globals';
import type { Msg } from '@nats-io/transport-node';
import { workMessage } from './work-message.js';

/** A message of the client, of which only this is read. */
function delivered(reply: string, answers: string[] = []): Msg {
  return { reply, data: new Uint8Array(), headers: undefined, respond: (verdict: string) => answers.push(verdict) > 0 } as unknown as Msg;
}

// Both forms of the reply subject: up to broker 2.14 the first is the default, from 2.15 on the second.
test.each([
  '$JS.ACK.S.c.3.41.7.1700000000000000000.0',
  '$JS.ACK._.hash.S.c.3.41.7.1700000000000000000.0',
  '$JS.ACK.domain.hash.S.c.3.41.7.1700000000000000000.0.random',
])('%p says which delivery it is', (reply) => {
  expect(workMessage(delivered(reply))).toMatchObject({ deliveryCount: 3, sequence: 41 });
});

test.each(['', '_INBOX.x', '$JS.ACK.S.c', '$JS.ACK.S.c.x.41.7.1.0'])('%p is no delivery', (reply) => {
  expect(workMessage(delivered(reply))).toBeNull();
});

test('the first answer counts, and being at it is no answer', () => {
  const answers: string[] = [];
  const message = workMessage(delivered('$JS.ACK.S.c.1.1.1.1.0', answers));
  message?.working();
  message?.nak(1_500);
  message?.ack();
  message?.working();
  expect(answers).toEqual(['+WPI', '-NAK {"delay":1500000000}']);
});
