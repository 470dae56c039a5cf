import type { HostState } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { BlockPair, PlanningReads } from '@trunkline/persistence';
import type { FollowPair, FollowTable, FollowTie, SocialReads, StatusMark, ThreadGroup } from '@trunkline/social';
import { Gathering } from './gathering.js';
import { openHost } from './inboxes-of.js';
import type { PlanPorts, PlanReads } from './plan.js';

/** Where all is read, in one transaction. */
export interface PlanSources {
  readonly store: SocialReads;
  readonly reads: Pick<PlanningReads, 'ancestorsOf' | 'favouritesByIds' | 'favouritesBetween' | 'blocksBetween' | 'votesByIds' | 'receivedActivities'>;
  readonly policy: PlanPorts['policy'];
  readonly hosts: { load(names: readonly string[]): Promise<ReadonlyMap<string, HostState>> };
}

type Gathered = Pick<PlanPorts, 'favouriteById' | 'isFavourited' | 'blocksAround' | 'receivedActivity'> & {
  readonly store: PlanReads;
  /** Since when each of the hosts is away, that is. */
  unavailableSince(names: readonly string[]): Promise<ReadonlyMap<string, number>>;
};

/** What planners of many events read, put together. What few of them read stays as it is: a statement each. */
export function gatheredReads(sources: PlanSources): Gathered {
  const { store, reads, hosts } = sources;
  const gathering = new Gathering();
  const blockBetween = gathering.one(nameOfPair, async (pairs: readonly BlockPair[]) => byName(await reads.blocksBetween(pairs), (block) => [block, turned(block)]));
  const favouriteBetween = gathering.one(nameOfMark, async (marks: readonly StatusMark[]) => new Map((await reads.favouritesBetween(marks)).map((mark) => [nameOfMark(mark), mark])));
  const favourites = gathering.many((ids: readonly Snowflake[]) => reads.favouritesByIds(ids));
  const votes = gathering.many((ids: readonly Snowflake[]) => reads.votesByIds(ids));
  const received = gathering.one(String, (ids: readonly Snowflake[]) => reads.receivedActivities(ids));
  const host = gathering.one(String, (names: readonly string[]) => hosts.load(names));
  return {
    store: { ...gatheredStore(gathering, store), ...gatheredPages(gathering, sources), voteById: async (id) => (await votes([id]))[0] ?? null },
    favouriteById: async (id) => (await favourites([id]))[0] ?? null,
    isFavourited: async (accountId, statusId) => (await favouriteBetween({ accountId, statusId })) !== undefined,
    blocksAround: async (accountId, otherIds) => {
      const found = await Promise.all(otherIds.map((targetId) => blockBetween({ accountId, targetId })));
      return new Map(otherIds.flatMap((id, index) => (found[index] === undefined ? [] : [[id, { blocks: found[index].some((block) => block.accountId === accountId) }]])));
    },
    receivedActivity: async (id) => (await received(id)) ?? null,
    unavailableSince: async (names) => {
      const states = await Promise.all(names.map(host));
      return new Map(names.flatMap((name, index) => (states[index]?.unavailableSinceMs == null ? [] : [[name, states[index].unavailableSinceMs]])));
    },
  };
}

type GatheredStore = Omit<PlanReads, keyof ReturnType<typeof gatheredPages> | 'voteById'>;

function gatheredStore(gathering: Gathering, store: SocialReads): GatheredStore {
  const asked = gathering.one(String, (ids: readonly Snowflake[]) => store.askedInteractions(ids));
  const byUri = gathering.one(String, async (uris: readonly string[]) => new Map((await store.accountsByUris(uris)).map((account) => [account.uri, account])));
  const groups = gathering.one(String, async (ids: readonly Snowflake[]): Promise<ReadonlyMap<string, ThreadGroup[]>> => Map.groupBy(await store.threadGroups(ids), (group) => group.conversationId));
  const [follow, followRequest] = [followsIn(gathering, store, 'follows'), followsIn(gathering, store, 'follow_requests')];
  return {
    accountsByIds: gathering.many((ids: readonly AccountId[]) => store.accountsByIds(ids)),
    accountsByUris: async (uris) => (await Promise.all(uris.map(byUri))).filter((account) => account !== undefined),
    statusesByIds: gathering.many((ids: readonly StatusId[]) => store.statusesByIds(ids)),
    askedInteractions: async (ids) => new Map((await Promise.all(ids.map(asked))).flatMap((row) => (row === undefined ? [] : [[row.interactionId, row]]))),
    threadRoots: gathering.many((ids: readonly Snowflake[]) => store.threadRoots(ids)),
    threadGroups: async (ids) => (await Promise.all(ids.map(groups))).flatMap((found) => found ?? []),
    follow: async (accountId, targetId) => (await follow({ accountId, targetId })) ?? null,
    followRequest: async (accountId, targetId) => (await followRequest({ accountId, targetId })) ?? null,
    pinId: (accountId, statusId) => store.pinId(accountId, statusId),
    quoteRequest: (statusId) => store.quoteRequest(statusId),
    descendantIds: (statusId, limit) => store.descendantIds(statusId, limit),
    boostedByIds: (statusId, page) => store.boostedByIds(statusId, page),
  };
}

/** Reads with a limit, together with those that have the same. */
function gatheredPages(gathering: Gathering, { store, reads, policy }: PlanSources): Pick<PlanReads, 'ancestorIds' | 'interactedAccountIds' | 'followerInboxes'> {
  const ancestors = byLimit((limit) => gathering.one(String, (ids: readonly StatusId[]) => reads.ancestorsOf(ids, limit)));
  const interacted = byLimit((limit) => gathering.one(String, (ids: readonly StatusId[]) => store.interactedWith(ids, limit)));
  const inboxes = byLimit((limit) =>
    gathering.one(
      ({ accountId, afterInbox }: { readonly accountId: AccountId; readonly afterInbox: string }) => `${accountId} ${afterInbox}`,
      async (asks) => {
        const pages = await store.followerInboxes(asks, limit);
        // Looked at once, however many posts of theirs there are.
        return new Map(asks.map(({ accountId, afterInbox }, index) => [`${accountId} ${afterInbox}`, (pages[index] ?? []).map((found) => ({ ...found, host: openHost(policy, found) }))]));
      },
    ),
  );
  return {
    ancestorIds: async (statusId, limit) => (await ancestors(limit)(statusId)) ?? [],
    interactedAccountIds: async (statusId, limit) => (await interacted(limit)(statusId)) ?? [],
    followerInboxes: async (accountId, afterInbox, limit) => (await inboxes(limit)({ accountId, afterInbox })) ?? [],
  };
}

/** One for each limit that is asked with. */
function byLimit<T>(make: (limit: number) => T): (limit: number) => T {
  const made = new Map<number, T>();
  return (limit) => {
    const known = made.get(limit) ?? make(limit);
    made.set(limit, known);
    return known;
  };
}

function followsIn(gathering: Gathering, store: SocialReads, table: FollowTable): (pair: FollowPair) => Promise<FollowTie | undefined> {
  const nameOf = ({ accountId, targetId }: FollowPair): string => `${accountId} ${targetId}`;
  return gathering.one(nameOf, async (pairs: readonly FollowPair[]) => new Map((await store.followsBetween(table, pairs)).map((tie) => [nameOf(tie), tie])));
}

const nameOfPair = ({ accountId, targetId }: BlockPair): string => `${accountId} ${targetId}`;
const nameOfMark = ({ accountId, statusId }: StatusMark): string => `${accountId} ${statusId}`;
const turned = ({ accountId, targetId }: BlockPair): BlockPair => ({ accountId: targetId, targetId: accountId });

/** Under the name of each way in which a pair may be asked for. */
function byName(blocks: readonly BlockPair[], waysOf: (block: BlockPair) => readonly BlockPair[]): Map<string, BlockPair[]> {
  const found = new Map<string, BlockPair[]>();
  for (const block of blocks) for (const way of waysOf(block)) found.set(nameOfPair(way), [...(found.get(nameOfPair(way)) ?? []), block]);
  return found;
}
