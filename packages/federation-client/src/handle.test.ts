import { expect, test } from '@jest/globals';
import { handleText, isSameHandle, parseHandle } from './handle.js';

test.each([
  ['alice@example.org', 'alice@example.org'],
  ['@Alice@Example.ORG', 'Alice@example.org'],
  ['acct:alice@example.org', 'alice@example.org'],
  ['@alice@localhost:3001', 'alice@localhost:3001'],
  ['alice@example.org:443', 'alice@example.org'],
  ['bob@bücher.example', 'bob@xn--bcher-kva.example'],
  ['björn@example.org', 'björn@example.org'],
  ['alice', null],
  ['@alice', null],
  ['alice@', null],
  ['alice@example.org/path', null],
  ['alice@example.org?x', null],
  ['alice@b@example.org', null],
  ['alice@exa mple.org', null],
  ['alice@example.org:99999', null],
  ['al ice@example.org', null],
  ['alice@evil.test%23.example.org', null],
  [`${'a'.repeat(700)}@example.org`, null],
])('%.60s is read as %p', (text, expected) => {
  const handle = parseHandle(text);
  expect(handle === null ? null : handleText(handle)).toBe(expected);
});

test('user names are compared without case', () => {
  expect(isSameHandle({ user: 'Alice', host: 'a.test' }, { user: 'alice', host: 'a.test' })).toBe(true);
  expect(isSameHandle({ user: 'alice', host: 'a.test' }, { user: 'alice', host: 'b.test' })).toBe(false);
});
