import { expect, test } from '@jest/globals';
import { mendOfUnreachable } from './unreachable.js';

const failed = (code: string): Error => Object.assign(new Error('failed'), { code });

test.each([
  ['CERT_HAS_EXPIRED', /renew it/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /for this name/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /public authority/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /whole chain/],
  ['CERT_REVOKED', /refuse this certificate/],
  ['EPROTO', /https on this port/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /https on this port/],
  ['ENOTFOUND', /A or AAAA record/],
  ['ECONNREFUSED', /Nothing listens there/],
  ['ETIMEDOUT', /firewall/],
  ['SOMETHING_NEW', /DNS and certificate/],
])('%s is told in words that say what to do', (code, said) => {
  expect(mendOfUnreachable(failed(code))).toMatch(said);
});

test('of a name with several addresses the first failure counts', () => {
  expect(mendOfUnreachable(new AggregateError([failed('ECONNREFUSED'), failed('ENETUNREACH')]))).toMatch(/Nothing listens there/);
  expect(mendOfUnreachable('no error at all')).toMatch(/DNS and certificate/);
});
