import { expect, test } from '@jest/globals';
import type { AppError } from '@trunkline/kernel';
import { BodyBudget } from './body-budget.js';

const budget = (): BodyBudget => new BodyBudget({ bytesMax: 100, perAddressBytesMax: 40, bodyBytesMax: 30 });

/** The refusal of one more body. */
function refusal(take: () => unknown): Pick<AppError, 'status' | 'extra'> | null {
  try {
    take();
    return null;
  } catch (error) {
    const { status, extra } = error as AppError;
    return { status, extra };
  }
}

test('one address has its share of the bytes, and gets it back', () => {
  const bodies = budget();
  const back = bodies.take('a', 30);
  expect(refusal(() => bodies.take('a', 20))).toEqual({ status: 429, extra: { retryAfterSeconds: 5 } });
  bodies.take('b', 20);
  back();
  back();
  bodies.take('a', 40);
});

test('all together have theirs', () => {
  const bodies = budget();
  const backs = ['a', 'b'].map((address) => bodies.take(address, 40));
  expect(refusal(() => bodies.take('c', 30))).toEqual({ status: 503, extra: { retryAfterSeconds: 5 } });
  backs.forEach((back) => back());
  bodies.take('c', 30);
});

test('who does not say how much comes counts for the most, who says too much for nothing: it is refused unread', () => {
  const bodies = budget();
  const bytes = (headers: Record<string, string>): number => bodies.bytesOf({ headers });
  expect([bytes({}), bytes({ 'content-length': '12' }), bytes({ 'content-length': '31' }), bytes({ 'transfer-encoding': 'chunked' })]).toEqual([0, 12, 0, 30]);
});
