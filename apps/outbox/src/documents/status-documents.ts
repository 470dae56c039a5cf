import {
  actorUris,
  hostOf,
  renderContextCollection,
  renderNote,
  renderOrderedCollectionPage,
  renderRepliesCollection,
  renderRepliesPage,
  renderTombstone,
  statusUris,
} from '@trunkline/activitypub';
import { factsOf, NO_TIES, sightOf, type Account, type Status, type StatusFacts } from '@trunkline/domain';
import { compareIds, isSnowflake, notFound, type AccountId, type Snowflake, type StatusId } from '@trunkline/kernel';
import { isDomainSuspended, isVisible, loadStatuses } from '@trunkline/social';
import { describeNote, renderPublication, surroundingsOf, type StatusSurroundings } from '../describe/describe-status.js';
import { gone, idOf, localAccount, type DocumentPorts, type DocumentSource } from './document.js';
import type { Reader } from './reader.js';

const REPLIES_PAGE = 60;
const CONTEXT_PAGE = 100;
/** Posts of one thread that are told of, those nearest to its beginning. */
const CONTEXT_MAX = 1_000;

interface Found {
  readonly status: Status;
  readonly isOpen: boolean;
}

/** The Note of a status. A deleted one that anybody could read leaves a Tombstone; a boost is only an activity. */
export const noteDocument =
  (accountId: string, statusId: string): DocumentSource =>
  async (ports, reader) => {
    const { status, isOpen } = await readableStatus(ports, reader, accountId, statusId);
    const { baseUrl } = ports.settings;
    if (status.boostOfId !== null) throw notFound();
    if (status.deletedAt !== null) {
      const { id } = statusUris(baseUrl, status.accountId, status.id);
      return { json: renderTombstone({ id, formerType: 'Note', deleted: status.deletedAt }), pageUrl: status.url, isGone: true };
    }
    const note = describeNote(ports.settings, status, await around(ports, status));
    return { json: renderNote(note), pageUrl: status.url, isPrivate: !isOpen };
  };

/** The Create of a status, or the Announce of a boost. */
export const activityDocument =
  (accountId: string, statusId: string): DocumentSource =>
  async (ports, reader) => {
    const { status, isOpen } = await readableStatus(ports, reader, accountId, statusId);
    if (status.deletedAt !== null) throw gone();
    const surroundings = await around(ports, status);
    // A boost is seen only by those who may see what it boosts.
    const boosted = surroundings.boosted === null ? 'everybody' : await opennessOf(ports, reader, surroundings.boosted);
    if (boosted === 'nobody') throw notFound();
    return { json: renderPublication(ports.settings, status, surroundings), pageUrl: status.url, isPrivate: !isOpen || boosted === 'reader' };
  };

/** Answers that anybody may read, by uri, oldest first. */
export const repliesDocument =
  (accountId: string, statusId: string, query: { readonly page?: unknown; readonly min_id?: unknown }): DocumentSource =>
  async (ports, reader) => {
    const { status, isOpen } = await readableStatus(ports, reader, accountId, statusId);
    if (status.deletedAt !== null) throw gone();
    if (status.boostOfId !== null) throw notFound();
    const id = statusUris(ports.settings.baseUrl, status.accountId, status.id).replies;
    const isPage = query.page === 'true';
    const afterId: Snowflake | undefined = isPage && isSnowflake(query.min_id) ? query.min_id : undefined;
    const replies = await ports.store.publicReplyUris(status.id, { afterId, limit: REPLIES_PAGE });
    const last = replies.at(-1);
    const { views } = await loadStatuses(ports, null, replies.map((reply) => reply.id));
    const items = replies.flatMap((reply) => views.get(reply.id) ?? []).filter((view) => isVisible(ports, view, null)).map((view) => view.status.uri);
    const next = last !== undefined && replies.length === REPLIES_PAGE ? { next: `${id}?page=true&min_id=${last.id}` } : {};
    const pageId = `${id}?page=true${afterId === undefined ? '' : `&min_id=${afterId}`}`;
    const json = isPage ? renderRepliesPage({ id: pageId, partOf: id, items, ...next }) : renderRepliesCollection({ id, items, ...next });
    return { json, pageUrl: status.url, isPrivate: !isOpen };
  };

/**
 * The thread that a status of ours began (FEP-7888, FEP-f228): itself and all answers below it that anybody may read, by
 * uri, oldest first. What merely claims to belong to it does not stand here.
 */
export const contextDocument =
  (accountId: string, statusId: string, query: { readonly page?: unknown; readonly min_id?: unknown }): DocumentSource =>
  async (ports, reader) => {
    const { status, isOpen } = await readableStatus(ports, reader, accountId, statusId);
    if (status.deletedAt !== null) throw gone();
    if (status.boostOfId !== null || status.conversationId !== status.id) throw notFound();
    const { context: id } = statusUris(ports.settings.baseUrl, status.accountId, status.id);
    const first = `${id}?page=true`;
    const owner = actorUris(ports.settings.baseUrl, status.accountId).id;
    if (query.page !== 'true') {
      const totalItems = (await threadUris(ports, status, { afterId: null, limit: CONTEXT_MAX + 1 })).length;
      return { json: renderContextCollection({ id, ownerUri: owner, totalItems, first }), pageUrl: status.url, isPrivate: !isOpen };
    }
    const afterId = isSnowflake(query.min_id) ? query.min_id : null;
    const left = await threadUris(ports, status, { afterId, limit: CONTEXT_PAGE + 1 });
    const page = left.slice(0, CONTEXT_PAGE);
    const last = page.at(-1);
    const json = renderOrderedCollectionPage({
      id: afterId === null ? first : `${first}&min_id=${afterId}`,
      partOf: id,
      items: page.map(({ uri }) => uri),
      ...(last !== undefined && left.length > page.length ? { next: `${first}&min_id=${last.id}` } : {}),
    });
    return { json, pageUrl: status.url, isPrivate: !isOpen };
  };

/** Of those whom a stranger may read, oldest first. A page at a time: a thousand rows at once hold up everybody else. */
async function threadUris(ports: DocumentPorts, root: Status, query: { readonly afterId: StatusId | null; readonly limit: number }): Promise<{ id: StatusId; uri: string }[]> {
  const { afterId, limit } = query;
  const all = [root.id, ...(await ports.store.descendantIds(root.id, CONTEXT_MAX))].sort(compareIds);
  const ids = afterId === null ? all : all.filter((id) => compareIds(id, afterId) > 0);
  const found: { id: StatusId; uri: string }[] = [];
  for (let at = 0; at < ids.length && found.length < limit; at += CONTEXT_PAGE) {
    const chunk = ids.slice(at, at + CONTEXT_PAGE);
    const { views } = await loadStatuses(ports, null, chunk);
    found.push(...chunk.flatMap((id) => views.get(id) ?? []).flatMap((view) => (isVisible(ports, view, null) ? [{ id: view.status.id, uri: view.status.uri }] : [])));
  }
  return found.slice(0, limit);
}

/** @throws AppError 404 when what it boosts is gone */
export async function around(ports: DocumentPorts, status: Status): Promise<StatusSurroundings> {
  const surroundings = (await surroundingsOf(ports.settings, ports.store, [status])).get(status.id);
  if (surroundings === undefined) throw notFound();
  return surroundings;
}

/** @throws AppError 404 for everything that the reader may not see, so that nobody learns what exists */
export async function readableStatus(ports: DocumentPorts, reader: Reader, accountId: string, statusId: string): Promise<Found> {
  const author = await localAccount(ports, accountId);
  const [status] = await ports.store.statusesByIds([idOf(statusId)]);
  if (status === undefined || status.accountId !== author.id || !status.local) throw notFound();
  const openness = await opennessOf(ports, reader, { status, author });
  if (openness === 'nobody') throw notFound();
  return { status, isOpen: openness === 'everybody' };
}

/** Whether everybody may read it, or else this reader. Whether a deleted one may be told of is judged as if it still stood. */
async function opennessOf(ports: DocumentPorts, reader: Reader, { status, author }: { status: Status; author: Account }): Promise<'everybody' | 'reader' | 'nobody'> {
  const facts = factsOf({ ...status, deletedAt: null }, author, isDomainSuspended(ports.policy.current(), author));
  if (sightOf(facts, null, NO_TIES) === 'visible') return 'everybody';
  return (await mayReadFor(ports, reader, { status, author, facts })) ? 'reader' : 'nobody';
}

/** A server may read what one of its people may see: its instance actor signs for all of them. */
async function mayReadFor(ports: DocumentPorts, reader: Reader, found: { status: Status; author: Account; facts: StatusFacts }): Promise<boolean> {
  const host = reader.isSigned ? await reader.host() : null;
  if (host === null) return false;
  const { status, author, facts } = found;
  const people: AccountId[] = status.mentions.filter((mention) => hostOf(mention.uri) === host).map((mention) => mention.accountId);
  const follower = status.visibility === 'private' ? await ports.reads.followerAtHost(author.id, host) : null;
  if (follower !== null) people.push(follower);
  if (people.length === 0) return false;
  const ties = await ports.store.tiesOfMany(people, [author.id]);
  return people.some((id) => sightOf(facts, id, ties.get(id)?.get(author.id) ?? NO_TIES) === 'visible');
}
