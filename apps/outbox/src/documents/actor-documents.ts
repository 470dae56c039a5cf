import {
  actorUris,
  followUri,
  likeUri,
  renderActor,
  renderGoneActor,
  renderFollow,
  renderLike,
  renderOrderedCollection,
  renderOrderedCollectionPage,
  voteUris,
  type LocalVote,
} from '@trunkline/activitypub';
import { factsOf, NO_TIES, pageOf, sightOf, type Account } from '@trunkline/domain';
import { newestFirst, notFound, type AccountId } from '@trunkline/kernel';
import { isDomainSuspended, isVisible, loadStatuses, type Entry, type PageQuery } from '@trunkline/social';
import { describeActor } from '../describe/describe-actor.js';
import { isHeldBack, renderPublication, surroundingsOf } from '../describe/describe-status.js';
import { anyAccount, idOf, isReachable, localAccount, type Document, type DocumentPorts, type DocumentSource } from './document.js';
import { isServerOf } from './reader.js';

const OUTBOX_PAGE = 20;
const PEOPLE_PAGE = 40;
const PINS_SHOWN = 20;

/** What came after the `?` of a collection. */
export interface CollectionQuery {
  readonly page?: unknown;
  readonly max_id?: unknown;
  readonly min_id?: unknown;
}

const asksForPage = ({ page }: CollectionQuery): boolean => page === 'true' || page === '1';

/** Of a suspended or deleted person nothing but that, and the keys with which peers check what they are told of it. */
export const actorDocument =
  (accountId: string): DocumentSource =>
  async (ports) => {
    const account = await anyAccount(ports, accountId);
    if (account.deletedAt !== null) {
      const uris = actorUris(ports.settings.baseUrl, account.id);
      const json = renderGoneActor({ uris, ...(await ports.publicKeys(account.id)), deleted: account.deletedAt });
      return { json, pageUrl: account.url, isGone: true };
    }
    return { json: renderActor(describeActor(ports.settings, account, await ports.publicKeys(account.id))), pageUrl: account.url };
  };

/** Public posts and boosts as their activities, newest first. */
export const outboxDocument =
  (accountId: string, query: CollectionQuery): DocumentSource =>
  async (ports) => {
    const account = await localAccount(ports, accountId);
    const id = actorUris(ports.settings.baseUrl, account.id).outbox;
    const first = `${id}?page=true`;
    if (!asksForPage(query)) {
      return { json: renderOrderedCollection({ id, totalItems: account.statusesCount, first, last: `${first}&min_id=0` }), pageUrl: account.url };
    }
    const page = pageOf({ maxId: query.max_id, minId: query.min_id }, OUTBOX_PAGE);
    const found = await ports.store.accountStatusIds({
      accountId: account.id,
      page,
      visibilities: ['public'],
      viewerId: null,
      excludeReplies: false,
      excludeBoosts: false,
      onlyMedia: false,
    });
    const ids = [...found].sort(newestFirst);
    const { views } = await loadStatuses(ports, null, ids);
    const shown = ids.flatMap((statusId) => views.get(statusId) ?? []).filter((view) => isVisible(ports, view, null));
    const around = await surroundingsOf(ports.settings, ports.store, shown.map((view) => view.status));
    const items = shown.flatMap(({ status }) => {
      const surroundings = around.get(status.id);
      return surroundings === undefined || isHeldBack(surroundings) ? [] : [renderPublication(ports.settings, status, surroundings)];
    });
    return {
      json: renderOrderedCollectionPage({
        id: `${first}${cursorOf(query)}`,
        partOf: id,
        items,
        ...(ids.length === page.limit ? { next: `${first}&max_id=${ids.at(-1)}` } : {}),
        ...(ids.length > 0 ? { prev: `${first}&min_id=${ids[0]}` } : {}),
      }),
      pageUrl: account.url,
    };
  };

function cursorOf(query: CollectionQuery): string {
  const { maxId, minId } = pageOf({ maxId: query.max_id, minId: query.min_id }, OUTBOX_PAGE);
  return (maxId === null ? '' : `&max_id=${maxId}`) + (minId === null ? '' : `&min_id=${minId}`);
}

type PeopleList = 'followers' | 'following';

/** Who follows, or is followed; a person may hide all but the number. */
export const peopleDocument =
  (accountId: string, list: PeopleList, query: CollectionQuery): DocumentSource =>
  async (ports) => {
    const account = await localAccount(ports, accountId);
    const id = actorUris(ports.settings.baseUrl, account.id)[list];
    const totalItems = list === 'followers' ? account.followersCount : account.followingCount;
    const first = `${id}?page=true`;
    if (!asksForPage(query)) {
      return { json: renderOrderedCollection({ id, totalItems, ...(account.hideCollections === true ? {} : { first }) }), pageUrl: account.url };
    }
    if (account.hideCollections === true) throw notFound();
    const page = pageOf({ maxId: query.max_id }, PEOPLE_PAGE);
    const entries = await peopleIn(ports, account, list, page);
    const last = entries.at(-1);
    return {
      json: renderOrderedCollectionPage({
        id: page.maxId === null ? first : `${first}&max_id=${page.maxId}`,
        partOf: id,
        totalItems,
        items: await urisOf(ports, entries.map((entry) => entry.id)),
        ...(last !== undefined && entries.length === page.limit ? { next: `${first}&max_id=${last.entryId}` } : {}),
      }),
      pageUrl: account.url,
    };
  };

const peopleIn = (ports: DocumentPorts, { id }: Account, list: PeopleList, page: PageQuery): Promise<Entry<AccountId>[]> =>
  list === 'followers' ? ports.store.followerIds(id, page) : ports.store.followingIds(id, page);

async function urisOf(ports: DocumentPorts, ids: readonly AccountId[]): Promise<string[]> {
  const people = new Map((await ports.store.accountsByIds(ids)).map((account) => [account.id, account]));
  return ids.flatMap((id) => people.get(id) ?? []).filter((account) => isReachable(ports, account)).map((account) => account.uri);
}

/** Pinned posts that anybody may read, by their ids. */
export const featuredDocument =
  (accountId: string): DocumentSource =>
  async (ports) => {
    const account = await localAccount(ports, accountId);
    const id = actorUris(ports.settings.baseUrl, account.id).featured;
    const ids = await ports.store.pinnedIds(account.id, PINS_SHOWN);
    const { views } = await loadStatuses(ports, null, ids);
    const items = ids.flatMap((statusId) => views.get(statusId) ?? []).filter((view) => isVisible(ports, view, null)).map((view) => view.status.uri);
    return { json: renderOrderedCollection({ id, totalItems: items.length, items }), pageUrl: account.url };
  };

/** A Follow of ours while it stands or waits. What no list shows is between the two: the server of whoever is followed may read it. */
export const followDocument =
  (accountId: string, followId: string): DocumentSource =>
  async (ports, reader) => {
    const account = await localAccount(ports, accountId);
    const follow = await ports.reads.followById(idOf(followId));
    const [target] = follow?.accountId === account.id ? await ports.store.accountsByIds([follow.targetId]) : [];
    if (follow === null || target === undefined) throw notFound();
    const isPrivate = !follow.stands || account.hideCollections === true;
    if (isPrivate && !(await isServerOf(reader, target.uri))) throw notFound();
    const id = followUri(ports.settings.baseUrl, account.id, idOf(followId));
    return { ...tieDocument(account, renderFollow({ id, actorUri: account.uri, objectUri: target.uri })), isPrivate };
  };

/** A Like of ours while it stands. Whom it likes in confidence is the business of that server alone. */
export const likeDocument =
  (accountId: string, likeId: string): DocumentSource =>
  async (ports, reader) => {
    const account = await localAccount(ports, accountId);
    const like = await ports.reads.favouriteById(idOf(likeId));
    const [status] = like?.accountId === account.id ? await ports.store.statusesByIds([like.statusId]) : [];
    const [author] = status === undefined ? [] : await ports.store.accountsByIds([status.accountId]);
    if (status === undefined || author === undefined) throw notFound();
    const isOpen = sightOf(factsOf(status, author, isDomainSuspended(ports.policy.current(), author)), null, NO_TIES) === 'visible';
    if (!isOpen && !(await isServerOf(reader, author.uri))) throw notFound();
    const id = likeUri(ports.settings.baseUrl, account.id, idOf(likeId));
    return { ...tieDocument(account, renderLike({ id, actorUri: account.uri, to: [author.uri], cc: [] }, status.uri)), isPrivate: !isOpen };
  };

const tieDocument = (account: Account, json: Document['json']): Document => ({ json, pageUrl: account.url });

/** A vote, or its Create: between voter and author, so that nobody but the author's server reads it. */
export const voteDocument =
  (accountId: string, voteId: string, render: (vote: LocalVote) => Document['json']): DocumentSource =>
  async (ports, reader) => {
    const account = await localAccount(ports, accountId);
    const id = idOf(voteId);
    const vote = await ports.store.voteById(id);
    const [status] = vote?.accountId === account.id ? await ports.store.statusesByIds([vote.statusId]) : [];
    const [author] = status === undefined ? [] : await ports.store.accountsByIds([status.accountId]);
    const option = vote === null ? undefined : status?.poll?.options[vote.choice];
    if (status === undefined || author === undefined || option === undefined || author.domain === null || !(await isServerOf(reader, author.uri))) throw notFound();
    const uris = voteUris(ports.settings.baseUrl, account.id, id);
    const json = render({ id: uris.id, activityId: uris.activity, actorUri: account.uri, option: option.title, questionUri: status.uri, authorUri: author.uri });
    return { ...tieDocument(account, json), isPrivate: true };
  };
