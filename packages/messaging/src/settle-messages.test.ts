import { describe, expect, test } from '@jest/globals';
import { CONSUMERS, type ConsumerSpec } from '@trunkline/contracts';
import { unavailable } from '@trunkline/kernel';
import type { DeadLetterPort } from './dead-letters.js';
import type { Delivery } from './delivery.js';
import { retryDelayMs } from './retry-delay.js';
import { MessageSettler } from './settle-messages.js';
import type { WorkMessage } from './work-message.js';

const EVENT = '0192f0c4-7d1e-4a6b-9c3d-000000000001';
const spec = CONSUMERS.find(({ name }) => name === 'outbox-plan-status-favourited-v1') as ConsumerSpec;

/** A message that writes down how it was answered. */
function message(deliveryCount: number, answers: string[]): WorkMessage {
  const body = { eventId: EVENT, favouriteId: '1', accountId: '2', statusId: '3' };
  return {
    data: new TextEncoder().encode(JSON.stringify(body)),
    headers: undefined,
    deliveryCount,
    sequence: 9,
    ack: () => answers.push('ack'),
    nak: (delayMs) => answers.push(`nak ${delayMs}`),
    term: () => answers.push('term'),
    working: () => undefined,
  };
}

/** Settles one message of that delivery, whose handler and dead letters behave as told. */
async function settleOne(
  deliveryCount: number,
  call: (deliveries: readonly Delivery[]) => Promise<unknown>,
  port: Partial<DeadLetterPort> = {},
): Promise<string[]> {
  const steps: string[] = [];
  const step = (name: string) => async (): Promise<void> => void steps.push(name);
  const deadLetters: DeadLetterPort = {
    park: step('park'),
    parkPoison: step('parkPoison'),
    markSuspect: async () => steps.push('mark') > 0,
    clearSuspect: step('clear'),
    ...port,
  };
  const settler = new MessageSettler(spec, call, { hooks: { log: () => undefined }, deadLetters, triesMax: 5, retryDelayMs: (tries) => tries * 10 });
  await settler.settle([message(deliveryCount, steps)]);
  return steps;
}

const fine = async (): Promise<void> => undefined;
const broken = async (): Promise<void> => Promise.reject(new Error('broken'));
const away = async (): Promise<void> => Promise.reject(unavailable('db_unavailable'));

describe('how a message ends', () => {
  // triesMax is 5: the fifth failure parks; beyond it only what was never answered or what a store kept waiting comes.
  test.each([
    ['done at once', 1, fine, ['ack']],
    ['done late', 5, fine, ['ack']],
    ['failed for the first time', 1, broken, ['nak 10']],
    ['failed for the last time', 5, broken, ['park', 'term']],
    ['a store away, first', 1, away, ['nak 10']],
    ['a store away, fifth', 5, away, ['nak 50']],
    ['suspect, done', 6, fine, ['mark', 'clear', 'ack']],
    ['suspect, failed', 6, broken, ['mark', 'clear', 'park', 'term']],
    ['suspect, a store away', 9, away, ['mark', 'clear', 'nak 90']],
  ])('%s', async (_, deliveryCount, call, steps) => {
    expect(await settleOne(deliveryCount, call)).toEqual(steps);
  });

  test('what cannot be parked comes again instead of being dropped', async () => {
    expect(await settleOne(5, broken, { park: broken })).toEqual(['nak 50']);
    expect(await settleOne(6, fine, { markSuspect: async () => Promise.reject(new Error('no database')) })).toEqual(['nak 60']);
  });

  test('a suspect whose note stands already is not run again', async () => {
    let ran = false;
    const steps = await settleOne(6, async () => void (ran = true), { markSuspect: async () => false });
    expect({ ran, steps }).toEqual({ ran: false, steps: ['term'] });
  });
});

test('rests double up to a minute and spread over their upper half', () => {
  expect([1, 2, 3, 7, 50].map((tries) => retryDelayMs(tries, () => 1))).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
  expect(retryDelayMs(3, () => 0)).toBe(2_000);
});
