import { actorUris, hostOf, parseCollectionPage, parseFollowersSync, parseLocalUri, sameHost, type FollowersSync } from '@trunkline/activitypub';
import { FollowUndoneV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { acceptFollow, digestOfMany, unfollowAccount } from '@trunkline/social';
import type { ReadPorts, ReadingRun } from './ports.js';
import type { ReadingLimits } from './reading-budget.js';
import { walkPages } from './walk-pages.js';

/** As many pages as Mastodon reads. */
export const FOLLOWERS_LIMITS: ReadingLimits = { documentsMax: 0, pagesMax: 10, perHostMax: 10, msMax: 60_000 };
/** Above this neither side compares: as Mastodon. */
const FOLLOWERS_SYNC_MAX = 25_000;
const PAGE = 1_000;
/** Of those whom they count and we do not, in one reading: each may cost a delivery, and whoever made the list may have made it up. The rest has its turn with the next one. */
const STRANGERS_MAX = 200;

/** What a header says, and about whom. */
export interface SyncClaim {
  readonly account: Account;
  readonly sync: FollowersSync;
}

/**
 * Whether a header may be believed at all: the collection is that of the actor who signed, and the list lies on the
 * actor's own host (S028). @returns null: it is not looked at any further
 */
export async function claimOf(ports: Pick<ReadPorts, 'store'>, actorUri: string, header: string): Promise<SyncClaim | null> {
  const sync = parseFollowersSync(header);
  if (sync === null || !sameHost(sync.partUri, actorUri)) return null;
  const [account] = await ports.store.accountsByUris([actorUri]);
  if (account === undefined || account.domain === null || account.deletedAt !== null || account.suspendedAt !== null) return null;
  return account.followersUrl === sync.collectionUri ? { account, sync } : null;
}

/** Whether their count of followers here is ours. More than can be compared count as the same. */
export async function agrees(ports: ReadPorts, { account, sync }: SyncClaim): Promise<boolean> {
  const ours = await followersHere(ports, account.id);
  return ours === null || (await digestOfMany(ours.keys())) === sync.digest;
}

/** Our people who follow the account, by actor id; null: too many. */
async function followersHere({ store, settings }: ReadPorts, accountId: AccountId): Promise<Map<string, AccountId> | null> {
  const found = new Map<string, AccountId>();
  for (let afterId = '0' as AccountId; ; ) {
    const [page] = await store.followerPages([{ authorId: accountId, afterId, alsoFollowing: null }], PAGE);
    if (page === undefined) return found;
    for (const id of page.ids) found.set(actorUris(settings.baseUrl, id).id, id);
    if (found.size > FOLLOWERS_SYNC_MAX) return null;
    const last = page.ids.at(-1);
    if (page.isLast || last === undefined) return found;
    afterId = last;
  }
}

/**
 * Reads which of our people the account's server counts as followers, and makes the two agree: a follow that they do not
 * know ends here, one that waited there for nothing stands, one that we do not know is taken back. Only a list that has the
 * digest of the header counts, so that half a list ends nothing.
 * @returns how many follows changed
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/8fcf/fep-8fcf.md
 */
export async function syncFollowers(ports: ReadPorts, accountId: AccountId, detail: Readonly<Record<string, unknown>>, run: ReadingRun): Promise<number> {
  const { partUri, digest } = detail;
  const [account] = await ports.store.accountsByIds([accountId]);
  if (account === undefined || account.domain === null || typeof partUri !== 'string' || typeof digest !== 'string' || !sameHost(partUri, account.uri)) return 0;
  const listed = await listedThere(ports, partUri, account, run);
  if (listed === null || (await digestOfMany(listed)) !== digest) return 0;
  const ours = await followersHere(ports, account.id);
  if (ours === null) return 0;
  let changed = 0;
  for (const [uri, id] of ours) {
    if (!run.budget.goesOn) return changed;
    if (!listed.has(uri) && (await unfollowAccount(ports, id, account.id))) changed += 1;
  }
  for (const follower of await strangersHere(ports, [...listed].filter((uri) => !ours.has(uri)))) {
    if (!run.budget.goesOn) return changed;
    await standOrTakeBack(ports, follower, account);
    changed += 1;
  }
  return changed;
}

/** The living people of ours among them, looked up many at once. */
async function strangersHere({ store, settings }: ReadPorts, uris: readonly string[]): Promise<AccountId[]> {
  const ids = uris.flatMap((uri) => {
    const local = parseLocalUri(settings.baseUrl, uri);
    return local?.kind === 'actor' ? [local.accountId] : [];
  });
  const found: AccountId[] = [];
  for (let at = 0; at < ids.length && found.length < STRANGERS_MAX; at += PAGE) {
    const page = await store.accountsByIds(ids.slice(at, at + PAGE));
    found.push(...page.filter(({ domain, deletedAt }) => domain === null && deletedAt === null).map(({ id }) => id));
  }
  return found.slice(0, STRANGERS_MAX);
}

/** null: it could not be read whole. */
async function listedThere(ports: ReadPorts, partUri: string, account: Account, run: ReadingRun): Promise<Set<string> | null> {
  const first = run.budget.takePage(partUri) ? await ports.remote.fetchCollection(partUri) : null;
  const head = first?.ok === true ? parseCollectionPage(first.value, FOLLOWERS_SYNC_MAX) : null;
  if (head?.ok !== true) return null;
  const listed = new Set<string>();
  const { items, first: firstPage, next } = head.value;
  const start = { items, next: next ?? firstPage.uri };
  for await (const page of walkPages(ports.remote, start, { ownerUri: account.uri, budget: run.budget })) {
    for (const { uri } of page) if (uri !== null) listed.add(uri);
    if (listed.size > FOLLOWERS_SYNC_MAX) return null;
  }
  const isOurs = (uri: string): boolean => hostOf(uri) === hostOf(ports.settings.baseUrl);
  return [...listed].every(isOurs) ? listed : null;
}

/** They count somebody of ours whom we do not: a request that waits was accepted; else the follow is undone there. */
async function standOrTakeBack(ports: ReadPorts, followerId: AccountId, account: Account): Promise<void> {
  if (await acceptFollow(ports, followerId, account.id)) return;
  // Nobody here has an id for it. Servers that go by actor and object alone understand.
  await ports.store.transaction((tx) => tx.appendEvent(FollowUndoneV1, { followId: ports.ids.next(), followerId, targetId: account.id }));
}
