import { parseLocalUri, type RemoteNote } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { localHandles } from '@trunkline/social';
import type { ApplyPorts } from './ports.js';

/** Recipients looked at: the people of this server whom a post names. */
const RECIPIENTS_MAX = 256;

/** Whether anybody here follows the account. */
export const hasLocalFollowers = async (ports: ApplyPorts, account: Pick<Account, 'id'> | null): Promise<boolean> =>
  account !== null && (await ports.store.followedHere([account.id])).has(account.id);

/** A post and who wrote it; null: somebody who is not known here. */
export interface Arrival {
  readonly author: Account | null;
  readonly note: RemoteNote;
}

/** Whether a post concerns anybody here, see `concerning`. */
export async function concernsUs(ports: ApplyPorts, author: Account | null, note: RemoteNote): Promise<boolean> {
  const arrival = { author, note };
  return (await concerning(ports, [arrival])).has(arrival);
}

/**
 * Those of the posts, given in the order in which they came, that concern anybody here: the author is followed, they are
 * addressed to somebody, they answer somebody here or somebody followed from here. The others are what spam looks like.
 * Whoever blocks the author, or is blocked, is nobody whom it concerns: what is only for them is not kept, and counts
 * nowhere.
 */
export async function concerning<A extends Arrival>(ports: ApplyPorts, arrivals: readonly A[]): Promise<Set<A>> {
  const followed = await ports.store.followedHere(idsOf(arrivals.map(({ author }) => author)));
  const relevant = new Set(arrivals.filter(({ author }) => author !== null && followed.has(author.id)));
  const others = arrivals.filter((arrival) => !relevant.has(arrival));
  if (others.length === 0) return relevant;
  const parents = await livingParents(ports, others);
  const people = await peopleNamed(ports, others, parents);
  const ties = await ports.store.tiesOfMany(idsOf(others.map(({ author }) => author)), [...new Set([...people.values()].flat())]);
  const parted = (author: Account | null, id: AccountId): boolean => author !== null && ties.get(author.id)?.get(id)?.blockedEitherWay === true;
  const followedParents = await ports.store.followedHere([...parents.values()].filter((parent) => !parent.local).map((parent) => parent.accountId));
  /** Authors of posts of this very list, which will stand by then. */
  const arrived = new Map<string, AccountId>();
  for (const arrival of arrivals) {
    const { author, note } = arrival;
    const parentAuthorId = note.inReplyToUri === null ? undefined : (parents.get(note.inReplyToUri)?.accountId ?? arrived.get(note.inReplyToUri));
    const isFor = (people.get(arrival) ?? []).some((id) => !parted(author, id));
    const answers = parentAuthorId !== undefined && (followed.has(parentAuthorId) || followedParents.has(parentAuthorId));
    if (isFor || answers) relevant.add(arrival);
    if (author !== null && relevant.has(arrival) && !arrived.has(note.uri)) arrived.set(note.uri, author.id);
  }
  return relevant;
}

const idsOf = (accounts: readonly (Account | null)[]): AccountId[] => [...new Set(accounts.flatMap((account) => account?.id ?? []))];

const parentOf = ({ note }: Arrival, parents: ReadonlyMap<string, Status>): Status | undefined =>
  note.inReplyToUri === null ? undefined : parents.get(note.inReplyToUri);

async function livingParents(ports: ApplyPorts, arrivals: readonly Arrival[]): Promise<Map<string, Status>> {
  const uris = new Set(arrivals.flatMap(({ note }) => note.inReplyToUri ?? []));
  const found = await ports.store.statusesByUris([...uris]);
  return new Map(found.filter((status) => status.deletedAt === null).map((status) => [status.uri, status]));
}

/** For each post the people of this server whom it names or answers. */
async function peopleNamed<A extends Arrival>(ports: ApplyPorts, arrivals: readonly A[], parents: ReadonlyMap<string, Status>): Promise<Map<A, AccountId[]>> {
  const named = new Map(arrivals.map((arrival) => [arrival, localIds(ports, arrival.note)]));
  const byPage = await idsByPage(ports, arrivals);
  const accounts = await ports.store.accountsByIds([...new Set([...named.values()].flat())]);
  const living = new Set(accounts.filter((account) => account.domain === null && account.deletedAt === null).map((account) => account.id));
  return new Map(
    arrivals.map((arrival) => {
      const parent = parentOf(arrival, parents);
      const here = [...(named.get(arrival) ?? []).filter((id) => living.has(id)), ...calledBy(arrival.note).flatMap((uri) => byPage.get(uri) ?? [])];
      return [arrival, parent?.local === true ? [...here, parent.accountId] : here];
    }),
  );
}

const calledBy = (note: RemoteNote): string[] => [...new Set([...note.to, ...note.cc, ...note.mentions.map((mention) => mention.href)])];

/** People of this server whom a post names by their page or handle. */
async function idsByPage(ports: ApplyPorts, arrivals: readonly Arrival[]): Promise<Map<string, AccountId>> {
  const handles = [...localHandles(ports, arrivals.flatMap(({ note }) => calledBy(note)))].slice(0, RECIPIENTS_MAX);
  if (handles.length === 0) return new Map();
  const accounts = await ports.store.accountsByHandles(handles.map(([, handle]) => handle));
  const ids = new Map(accounts.filter((account) => account.deletedAt === null).map((account) => [account.username.toLowerCase(), account.id]));
  return new Map(handles.flatMap(([uri, { username }]) => {
    const id = ids.get(username.toLowerCase());
    return id === undefined ? [] : [[uri, id] as const];
  }));
}

function localIds({ settings }: ApplyPorts, note: RemoteNote): AccountId[] {
  const ids = new Set<AccountId>();
  for (const uri of calledBy(note)) {
    const local = parseLocalUri(settings.baseUrl, uri);
    if (local?.kind === 'actor' && ids.size < RECIPIENTS_MAX) ids.add(local.accountId);
  }
  return [...ids];
}
