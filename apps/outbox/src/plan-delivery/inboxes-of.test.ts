import { expect, test } from '@jest/globals';
import type { Account, DomainRule } from '@trunkline/domain';
import { snowflake, type AccountId } from '@trunkline/kernel';
import { inboxesOf } from './inboxes-of.js';
import { toAccount, toFollowers, TO_EVERYBODY, type PlanPorts, type PlanReads, type Reach } from './plan.js';

const ANN = snowflake('1');
const person = (id: string, domain: string | null, change: Partial<Account> = {}): Account =>
  ({
    id: snowflake(id),
    domain,
    inboxUrl: `https://${domain}/u/${id}/inbox`,
    sharedInboxUrl: `https://${domain}/inbox`,
    suspendedAt: null,
    deletedAt: null,
    ...change,
  }) as Account;

/** Followers of anybody are `followers`; two to a page would be cut by SQL, here all stand on one. */
function ports(people: readonly Account[], options: { followers?: readonly string[]; blocked?: readonly AccountId[]; suspended?: readonly string[]; dead?: readonly string[] } = {}): PlanPorts {
  const pageOf = (inboxes: readonly string[], after: string, limit: number) =>
    inboxes.filter((inbox) => inbox > after).slice(0, limit).map((inbox) => ({ inbox, domain: new URL(inbox).host }));
  const store: Pick<PlanReads, 'accountsByIds' | 'followerInboxes' | 'interactedAccountIds'> = {
    accountsByIds: async (ids) => people.filter((account) => ids.includes(account.id)),
    followerInboxes: async (_, after, limit) => pageOf(options.followers ?? [], after, limit),
    interactedAccountIds: async () => people.map((account) => account.id),
  };
  const domainRules = (options.suspended ?? []).map((domain) => ({ domain, severity: 'suspend' }) as DomainRule);
  return {
    store: store as PlanReads,
    settings: { baseUrl: 'https://us.example', localDomain: 'us.example', webDomain: 'us.example', federationHttpHosts: [] },
    policy: { current: () => ({ version: 1, domainRules, allowedDomains: [], limitedFederation: false, registrations: 'open', approvalReasonRequired: false, serverRules: [] }) },
    favouriteById: async () => null,
    isFavourited: async () => false,
    blocksAround: async (_, ids) => new Map(ids.filter((id) => options.blocked?.includes(id)).map((id) => [id, { blocks: false }])),
    knownInboxes: async (after, limit) => pageOf(['https://a.example/inbox', 'https://b.example/inbox'], after, limit),
    deadHosts: async (hosts) => new Set(hosts.filter((host) => options.dead?.includes(host))),
    receivedActivity: async () => null,
    acquaintances: async () => [],
    publicKeys: async () => ({ publicKeyPem: 'PEM', proofKeyMultibase: 'z6Mk' }),
    relays: { byId: async () => null, enabled: async () => [] },
    reports: { byIds: async () => [] },
  };
}
const named = (ids: readonly AccountId[], isOpen: boolean, followersOf: readonly AccountId[] = []): Reach => ({ ...toAccount(ANN), accountIds: ids, isOpen, followersOf });
const bob = person('2', 'b.example');
const bea = person('3', 'b.example');
const cid = person('4', 'c.example', { sharedInboxUrl: null });

test('one recipient of something private gets it at home, two of a server share', async () => {
  expect(await inboxesOf(ports([bob]), toAccount(bob.id))).toEqual([bob.inboxUrl]);
  expect(await inboxesOf(ports([bob, bea, cid]), named([bob.id, bea.id, cid.id], false))).toEqual([cid.inboxUrl, bob.sharedInboxUrl]);
});

test('what is open goes to shared inboxes, each once, though its people follow as well', async () => {
  const reach = named([bob.id], true, [ANN]);
  expect(await inboxesOf(ports([bob], { followers: ['https://b.example/inbox', 'https://d.example/inbox'] }), reach)).toEqual(['https://b.example/inbox', 'https://d.example/inbox']);
  // A private post reaches Bob's server by its followers already: it finds him among the mentioned.
  expect(await inboxesOf(ports([bob], { followers: ['https://b.example/inbox'] }), { ...reach, isOpen: false })).toEqual(['https://b.example/inbox']);
});

test('who is blocked is shown nothing new, and is told what is gone', async () => {
  const blocked = ports([bob, cid], { blocked: [cid.id] });
  const gone: Reach = { ...named([bob.id, cid.id], true), interactedWith: snowflake('9') };
  expect(await inboxesOf(blocked, { ...gone, hiddenByBlocksOf: ANN })).toEqual([bob.sharedInboxUrl]);
  expect(await inboxesOf(blocked, gone)).toEqual([cid.inboxUrl, bob.sharedInboxUrl]);
});

test('people here, suspended and gone ones have no inbox to reach', async () => {
  const people = [person('5', null), person('6', 'e.example', { suspendedAt: new Date() }), person('7', 'f.example', { deletedAt: new Date() })];
  expect(await inboxesOf(ports(people), named(people.map((one) => one.id), true))).toEqual([]);
});

test('suspended servers and dead ones are left out', async () => {
  const followers = ['https://b.example/inbox', 'https://dead.example/inbox', 'https://x.bad.example/inbox'];
  expect(await inboxesOf(ports([], { followers, suspended: ['bad.example'], dead: ['dead.example'] }), toFollowers(ANN))).toEqual(['https://b.example/inbox']);
});

// A page, a page and one more, two pages: where a cursor goes wrong.
test.each([1_000, 1_001, 2_000])('%i inboxes of followers, each once', async (count) => {
  const followers = Array.from({ length: count }, (_, n) => `https://s${String(n).padStart(5, '0')}.example/inbox`);
  expect(await inboxesOf(ports([], { followers }), toFollowers(ANN))).toEqual(followers);
});

test('everybody who interacted hears of changes; every server known, of the end of an account', async () => {
  expect(await inboxesOf(ports([bob, cid]), { ...toFollowers(ANN), interactedWith: snowflake('9') })).toEqual([cid.inboxUrl, bob.sharedInboxUrl]);
  expect(await inboxesOf(ports([]), TO_EVERYBODY)).toEqual(['https://a.example/inbox', 'https://b.example/inbox']);
});
