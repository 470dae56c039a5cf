import { expect, test } from '@jest/globals';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { WebSocket } from 'ws';
import type { StreamEvent } from '../live-feed/listeners.js';
import { BUFFERED_BYTES_MAX, SocketClient } from './socket-client.js';

const who = { accountId: '1' as AccountId, tokenId: '2' as Snowflake, scopes: ['read'] };
const event: StreamEvent = { stream: ['user'], event: 'delete', payload: '3' };

function socketWith(bufferedAmount: number, readyState = 1): { socket: WebSocket; sent: string[]; ends: unknown[] } {
  const [sent, ends]: [string[], unknown[]] = [[], []];
  const socket = {
    OPEN: 1,
    readyState,
    bufferedAmount,
    send: (text: string) => sent.push(text),
    close: (code: number) => ends.push(code),
    terminate: () => ends.push('terminate'),
  } as unknown as WebSocket;
  return { socket, sent, ends };
}

test('writes what Mastodon writes', () => {
  const { socket, sent } = socketWith(0);
  new SocketClient(who, socket, () => undefined).send(event);
  expect(sent).toEqual(['{"stream":["user"],"event":"delete","payload":"3"}']);
});

test('who does not read is reported instead of buffered for', () => {
  const { socket, sent } = socketWith(BUFFERED_BYTES_MAX + 1);
  let slow = 0;
  new SocketClient(who, socket, () => (slow += 1)).send(event);
  expect([sent, slow]).toEqual([[], 1]);
});

test('nothing is written to a socket that is closing', () => {
  const { socket, sent } = socketWith(0, 2);
  new SocketClient(who, socket, () => undefined).send(event);
  expect(sent).toEqual([]);
});

test('the reasons of closing', () => {
  const { socket, ends } = socketWith(0);
  const client = new SocketClient(who, socket, () => undefined);
  client.close('revoked');
  client.close('restart');
  client.close('slow');
  expect(ends).toEqual([1008, 1012, 'terminate']);
});
