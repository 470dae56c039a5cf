import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import { channelOf, type Channel } from '../channels/channel.js';
import { Listeners, type StreamClient } from './listeners.js';

const channel = (stream: string, tag?: string): Channel => {
  const found = channelOf({ stream, tag });
  if (!found.ok) throw new Error(found.error.code);
  return found.value;
};
const client = (accountId: string, tokenId = accountId): StreamClient => ({
  who: { accountId: accountId as AccountId, tokenId: tokenId as Snowflake, scopes: ['read'] },
  send: () => undefined,
  close: () => undefined,
});

let opened: string[];
let listeners: Listeners;
beforeEach(() => {
  opened = [];
  const open = (what: string) => (): (() => void) => {
    opened.push(`+${what}`);
    return () => opened.push(`-${what}`);
  };
  listeners = new Listeners({ openUser: (id) => open(id)(), openHomes: open('homes'), openFollowers: open('followers'), openPublic: open('public') });
});
const connected = (...args: Parameters<typeof client>): StreamClient => {
  const one = client(...args);
  expect(listeners.connect(one)).toBe(true);
  return one;
};

describe('Listeners', () => {
  test('an account’s messages are asked for once, until its last listener leaves', () => {
    const [phone, laptop] = [connected('1', '10'), connected('1', '11')];
    listeners.subscribe(phone, channel('user'));
    listeners.subscribe(phone, channel('user:notification'));
    listeners.subscribe(laptop, channel('user'));
    expect(opened).toEqual(['+homes', '+followers', '+1']);
    expect(listeners.ofUser('1' as AccountId)).toHaveLength(3);
    listeners.disconnect(phone);
    expect(opened).toEqual(['+homes', '+followers', '+1']);
    listeners.unsubscribe(laptop, channel('user'));
    expect(opened).toEqual(['+homes', '+followers', '+1', '-1', '-homes', '-followers']);
    expect(listeners.ofUser('1' as AccountId)).toEqual([]);
  });

  test('public and tags share one source', () => {
    const [one, two] = [connected('1'), connected('2')];
    listeners.subscribe(one, channel('public'));
    listeners.subscribe(two, channel('hashtag', 'cats'));
    listeners.disconnect(one);
    expect(opened).toEqual(['+public']);
    listeners.disconnect(two);
    listeners.disconnect(two);
    expect(opened).toEqual(['+public', '-public']);
  });

  test('lists and direct open nothing', () => {
    listeners.subscribe(connected('1'), channel('direct'));
    expect(opened).toEqual([]);
  });

  test('the same channel twice is one subscription', () => {
    const one = connected('1');
    listeners.subscribe(one, channel('public'));
    listeners.subscribe(one, channel('public'));
    expect(listeners.ofPublic()).toHaveLength(1);
  });

  test('channels per client and connections per token have an end', () => {
    const one = connected('1', '7');
    for (let at = 0; at < 64; at += 1) expect(listeners.subscribe(one, channel('hashtag', `tag${at}`))).toBe(true);
    expect(listeners.subscribe(one, channel('public'))).toBe(false);
    for (let at = 0; at < 15; at += 1) connected('1', '7');
    expect(listeners.connect(client('1', '7'))).toBe(false);
    listeners.disconnect(one);
    expect(listeners.connect(client('1', '7'))).toBe(true);
  });

  test('who is gone subscribes to nothing', () => {
    const one = connected('1');
    listeners.disconnect(one);
    expect(listeners.subscribe(one, channel('public'))).toBe(false);
    expect(opened).toEqual([]);
  });
});
