import { expect, test } from '@jest/globals';
import type { Account, Status } from '@trunkline/domain';
import { snowflake, type Snowflake } from '@trunkline/kernel';
import type { FollowTie } from '@trunkline/social';
import { planAccountBlocked, planAccountUnblocked } from './plan-account.js';
import { planFavourited, planUnfavourited } from './plan-favourite.js';
import { planFollowAccepted, planFollowRejected, planFollowRequested, planFollowUndone } from './plan-follow.js';
import type { Plan, PlanPorts, PlanReads } from './plan.js';

const [ANN, REM, NOTE] = [snowflake('1'), snowflake('2'), snowflake('3')];
const ann = { id: ANN, domain: null, uri: 'https://us.example/ap/users/1' } as Account;
const rem = { id: REM, domain: 'b.example', uri: 'https://b.example/rem' } as Account;
const note = { id: NOTE, accountId: REM, local: false, uri: 'https://b.example/note', deletedAt: null } as Status;

/** What stands now between Ann here and Rem elsewhere. */
interface Standing {
  readonly follow?: Snowflake;
  readonly followUri?: string;
  readonly request?: Snowflake;
  readonly favourite?: Snowflake;
  readonly blocks?: boolean;
}
function ports(standing: Standing): PlanPorts {
  const tie = (id: Snowflake | undefined) => (id === undefined ? null : ({ id, uri: standing.followUri ?? null } as FollowTie));
  const store: Partial<PlanReads> = {
    accountsByIds: async (ids) => [ann, rem].filter((account) => ids.includes(account.id)),
    statusesByIds: async () => [note],
    follow: async () => tie(standing.follow),
    followRequest: async () => tie(standing.request),
    askedInteractions: async () => new Map(),
  };
  return {
    store: store as PlanReads,
    settings: { baseUrl: 'https://us.example', localDomain: 'us.example', webDomain: 'us.example', federationHttpHosts: [] },
    policy: { current: () => ({ version: 1, domainRules: [], allowedDomains: [], limitedFederation: false, registrations: 'open', approvalReasonRequired: false, serverRules: [] }) },
    favouriteById: async (id) => (standing.favourite === id ? { accountId: ANN } : null),
    isFavourited: async () => standing.favourite !== undefined,
    blocksAround: async () => new Map(standing.blocks === true ? [[REM, { blocks: true }]] : []),
    knownInboxes: async () => [],
    deadHosts: async () => new Set<string>(),
    receivedActivity: async () => null,
    acquaintances: async () => [],
    publicKeys: async () => ({ publicKeyPem: 'PEM', proofKeyMultibase: 'z6Mk' }),
    relays: { byId: async () => null, enabled: async () => [] },
    reports: { byIds: async () => [] },
  };
}
const [FIRST, SECOND] = [snowflake('10'), snowflake('20')];
const eventId = '01890a5d-ac96-774b-bcce-b302099a8057';
const ours = { eventId, followId: FIRST, followerId: ANN, targetId: REM };
const theirs = { eventId, followId: FIRST, followerId: REM, targetId: ANN };
const typeOf = async (plan: Promise<Plan | readonly Plan[] | null>): Promise<unknown> => [(await plan) ?? []].flat()[0]?.activity['type'] ?? null;

// Follow, undo and follow again may be planned in any order: what is said must agree with what stands.
test.each([
  [{ request: FIRST }, 'Follow', null],
  [{ follow: FIRST }, 'Follow', null],
  [{}, null, 'Undo'],
  [{ request: SECOND }, null, null],
])('with %j a Follow becomes %s, its end %s', async (standing, follow, undo) => {
  expect(await typeOf(planFollowRequested.plan(ports(standing), ours))).toBe(follow);
  expect(await typeOf(planFollowUndone.plan(ports(standing), ours))).toBe(undo);
});

test.each([
  [{ follow: FIRST, followUri: 'https://b.example/f' }, 'Accept', null],
  [{}, null, 'Reject'],
  [{ request: SECOND }, null, null],
])('with %j their follow is answered %s, its refusal %s', async (standing, accept, reject) => {
  expect(await typeOf(planFollowAccepted.plan(ports(standing), { ...theirs, again: false }))).toBe(accept);
  expect(await typeOf(planFollowRejected.plan(ports(standing), { ...theirs, followUri: null }))).toBe(reject);
});

test.each([
  [{ favourite: FIRST }, 'Like', null],
  [{ favourite: SECOND }, null, null],
  [{}, null, 'Undo'],
])('with %j a favourite becomes %s, its end %s', async (standing, like, undo) => {
  const event = { eventId, favouriteId: FIRST, accountId: ANN, statusId: NOTE };
  expect(await typeOf(planFavourited.plan(ports(standing), event))).toBe(like);
  expect(await typeOf(planUnfavourited.plan(ports(standing), event))).toBe(undo);
});

test.each([
  [{ blocks: true }, 'Block', null],
  [{ blocks: false }, null, 'Undo'],
])('with %j a block becomes %s, its end %s', async (standing, block, undo) => {
  const event = { eventId, blockId: FIRST, accountId: ANN, targetId: REM };
  expect(await typeOf(planAccountBlocked.plan(ports(standing), event))).toBe(block);
  expect(await typeOf(planAccountUnblocked.plan(ports(standing), event))).toBe(undo);
});

test('what people elsewhere do is told by their own servers', async () => {
  const standing = ports({ follow: FIRST, favourite: FIRST, blocks: true });
  expect(await planFollowRequested.plan(standing, theirs)).toBeNull();
  expect(await planFollowAccepted.plan(standing, { ...ours, again: false })).toBeNull();
  expect(await planFavourited.plan(standing, { eventId, favouriteId: FIRST, accountId: REM, statusId: NOTE })).toBeNull();
  expect(await planAccountBlocked.plan(standing, { eventId, blockId: FIRST, accountId: REM, targetId: ANN })).toBeNull();
});
