import { expect, test } from '@jest/globals';
import type { Account } from '@trunkline/domain';
import type { ReadPorts } from './ports.js';
import { SyncWatch } from './sync-watch.js';

/** Everybody is known, and nobody here follows them. */
const read = {
  settings: { baseUrl: 'https://here.example' },
  store: {
    accountsByUris: async ([uri = '']: readonly string[]) => [{ id: '1', uri, domain: new URL(uri).host, deletedAt: null, suspendedAt: null, followersUrl: `${uri}/followers` } as Account],
    followerPages: async () => [{ ids: [], isLast: true }],
  },
} as unknown as ReadPorts;

test('S028 S081 hosts below one registrable domain have only so many lists read, and others theirs', async () => {
  const asked: string[] = [];
  const watch = new SyncWatch({ read, ask: async ({ detail }) => (asked.push(String(detail?.['partUri'])), true), onError: (error) => { throw error; } }, () => 0);
  const digest = 'ab'.repeat(32);
  const saw = (host: string): void => watch.saw(`https://${host}/u`, `collectionId="https://${host}/u/followers", url="https://${host}/part", digest="${digest}"`);
  for (let at = 0; at < 100; at += 1) saw(`u${at}.evil.example`);
  saw('honest.example');
  while (!asked.includes('https://honest.example/part')) await new Promise((resolve) => setImmediate(resolve));
  expect(asked.filter((uri) => uri.includes('evil'))).toHaveLength(20);
  await watch.stop();
});
