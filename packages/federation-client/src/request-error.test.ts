import { expect, test } from '@jest/globals';
import { failureOf, orAbort, TotalTimeoutError, withinTime } from './request-error.js';

const coded = (code: string, extra: object = {}): Error => Object.assign(new Error(code), { code }, extra);

test.each([
  [coded('ECONNREFUSED'), 'network'],
  [coded('ENOTFOUND'), 'network'],
  [coded('UND_ERR_SOCKET'), 'network'],
  [coded('CERT_HAS_EXPIRED'), 'network'],
  [coded('HPE_INVALID_CONSTANT'), 'network'],
  [coded('UND_ERR_BODY_TIMEOUT'), 'timeout'],
  [new TotalTimeoutError('late'), 'timeout'],
  [coded('ECONNREFUSED', { errors: [coded('ECONNREFUSED'), coded('ETIMEDOUT')] }), 'timeout'],
  [coded('UND_ERR_SOCKET', { cause: coded('ERR_BLOCKED_ADDRESS') }), 'blocked_address'],
  [coded('UND_ERR_DESTROYED'), 'closed'],
])('%s: %s', (error, code) => {
  expect(failureOf(error).code).toBe(code);
});

test.each([new TypeError('bug'), coded('UND_ERR_INVALID_ARG'), coded('ERR_INVALID_ARG_TYPE')])('%s is a bug and thrown on', async (error) => {
  await expect(withinTime(1_000, () => Promise.reject(error))).rejects.toBe(error);
});

test('work that never ends is over when its time is', async () => {
  const forever = new Promise<never>(() => undefined);
  expect(await withinTime(5, (signal) => orAbort(forever, signal))).toMatchObject({ ok: false, error: { code: 'timeout' } });
});
