import { expect, test } from '@jest/globals';
import type { Account, PolicySnapshot } from '@trunkline/domain';
import { snowflake } from '@trunkline/kernel';
import { applyActivity, type StoredActivity } from './apply-activity.js';
import type { ApplyPorts } from './ports.js';

const amy = 'https://away.example/users/amy';

/** Ports that know one account and no more: an activity that got past the rules fails with a TypeError. */
const portsWith = (account: Partial<Account> | null, suspendedDomain: string | null = null) =>
  ({
    settings: { baseUrl: 'https://home.example' },
    relayBook: { actors: async () => new Set(), isHost: async () => false },
    policy: { current: () => ({ domainRules: suspendedDomain === null ? [] : [{ domain: suspendedDomain, severity: 'suspend' }], allowedDomains: [] }) as unknown as PolicySnapshot },
    store: { accountsByUris: async () => (account === null ? [] : [{ domain: 'away.example', deletedAt: null, suspendedAt: null, ...account }]) },
  }) as unknown as ApplyPorts;

const row = (more: Partial<StoredActivity> = {}, activity: object = {}): StoredActivity => ({
  id: snowflake('1'),
  actorUri: amy,
  signerHost: 'away.example',
  body: JSON.stringify({ id: `${amy}/1`, type: 'Like', actor: amy, object: 'https://home.example/ap/users/7/statuses/8', ...activity }),
  ...more,
});

test.each<[string, ApplyPorts, StoredActivity, string]>([
  // A decision that fell after the 202.
  ['a server that was suspended meanwhile', portsWith(null, 'away.example'), row(), 'blocked_domain'],
  ['the server of a handle that was suspended meanwhile', portsWith({ domain: 'handles.example' }, 'handles.example'), row(), 'blocked_domain'],
  ['an actor who is gone', portsWith({ deletedAt: new Date() }), row(), 'actor_gone'],
  ['a suspended actor', portsWith({ suspendedAt: new Date() }), row(), 'actor_suspended'],
  ['an account of ours under another address', portsWith({ domain: null }), row(), 'local_actor'],
  ['an actor at our own address', portsWith(null), row({ actorUri: 'https://home.example/ap/users/7' }, { actor: 'https://home.example/ap/users/7' }), 'local_actor'],
  ['a row that names another actor than its body', portsWith(null), row({ actorUri: 'https://away.example/users/bob' }), 'actor_mismatch'],
  ['a type without a handler', portsWith(null), row({}, { type: 'Bite' }), 'type'],
  ['a forwarded type about which no server can be asked', portsWith({}), row({ signerHost: 'relay.example' }), 'foreign_object'],
])('%s: ignored', async (_, ports, stored, reason) => {
  expect(await applyActivity(ports, stored)).toEqual({ kind: 'ignored', reason });
});
