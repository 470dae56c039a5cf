import { expect, test } from '@jest/globals';
import { findAccount } from './find-account.js';

const settings = { localDomain: 'here.example', webDomain: 'web.here.example' };
const found = (handle: string): Promise<unknown> => findAccount({ settings, store: { accountsByHandles: async (handles: unknown[]) => handles } } as never, handle);

test.each([
  ['ann', { username: 'ann', domain: null }],
  ['A_n.n-1', { username: 'A_n.n-1', domain: null }],
  ['_', { username: '_', domain: null }],
  ['ann@here.example', { username: 'ann', domain: null }],
  ['ann@Far.Example', { username: 'ann', domain: 'far.example' }],
])('%s', async (handle, account) => {
  expect(await found(handle)).toEqual(account);
});

// S088: the last takes longer than a test may, when the time grows faster than the name.
test.each(['', '.ann', 'ann.', 'a b', 'ann@', 'ann@a/b', '@ann', `${'a'.repeat(50_000)}!`, `${'a.'.repeat(50_000)}!`])('names nobody: %#', async (handle) => {
  await expect(found(handle)).rejects.toMatchObject({ status: 404 });
});
