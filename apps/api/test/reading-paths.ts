import type { Visibility } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { ApiClient } from '@trunkline/testing';

export const VIEWERS = ['author', 'follower', 'mentioned', 'stranger', 'blocked', 'blocker', 'nobody'] as const;
export type ViewerName = (typeof VIEWERS)[number];

/** Statuses of one visibility, and all that could lead to them. */
export interface Planted {
  readonly visibility: Visibility;
  readonly authorId: AccountId;
  readonly tag: string;
  /** Answers nobody. */
  readonly topId: StatusId;
  readonly topUri: string;
  /** Answers `rootId`, a public status of somebody whom all may read, who answered it with `childId`. */
  readonly replyId: StatusId;
  readonly rootId: StatusId;
  readonly childId: StatusId;
  /** A boost of `topId` that claims to be public, by `boosterId`. */
  readonly boostId: StatusId;
  readonly boosterId: AccountId;
  /** Each viewer's notification about `topId`, as if it had once been visible. Bookmarks and favourites stand likewise. */
  readonly notificationIds: ReadonlyMap<ViewerName, Snowflake>;
}

export interface ReadingPath {
  readonly name: string;
  readonly signedInOnly?: true;
  /** Whether the answer holds the status, or says by its code that it exists. */
  readonly shows: (api: ApiClient, planted: Planted, viewer: ViewerName) => Promise<boolean>;
  /** Whether the path has to hold a status that the viewer may see; without: always. */
  readonly mustShow?: (viewer: ViewerName, visibility: Visibility) => boolean;
}

type AddressOf = (planted: Planted, viewer: ViewerName) => string;

/** A page or list: is the status anywhere in it? An answer that names it as its parent does not show it. */
const within =
  (address: AddressOf, idOf: (planted: Planted) => StatusId): ReadingPath['shows'] =>
  async (api, planted, viewer) => {
    const { body } = await api.ask('GET', address(planted, viewer));
    return JSON.stringify(body).includes(`"id":"${idOf(planted)}"`);
  };

/** One thing of the status: 404 says that there is none. */
const answered =
  (method: 'GET' | 'POST', address: AddressOf, bodyOf?: (planted: Planted) => Record<string, unknown>): ReadingPath['shows'] =>
  async (api, planted, viewer) => {
    const { status } = await api.ask(method, address(planted, viewer), bodyOf?.(planted));
    // 403 is an answer about something one may see: not everybody may boost it.
    if (status !== 200 && status !== 403 && status !== 404) throw new Error(`${address(planted, viewer)} answered ${status}`);
    return status !== 404;
  };

const top = (planted: Planted): StatusId => planted.topId;
const reply = (planted: Planted): StatusId => planted.replyId;
const ofTop =
  (path: string): AddressOf =>
  ({ topId }) =>
    `/api/v1/statuses/${topId}${path}`;
const whenPublic = (_viewer: ViewerName, visibility: Visibility): boolean => visibility === 'public';
const notificationOf = ({ notificationIds }: Planted, viewer: ViewerName): string => String(notificationIds.get(viewer));

/** Every way in which this app shows statuses, or tells that one exists. */
export const READING_PATHS: readonly ReadingPath[] = [
  { name: 'itself', shows: answered('GET', ofTop('')) },
  { name: 'many by id', shows: within(({ topId }) => `/api/v1/statuses?id[]=${topId}`, top) },
  { name: 'source', signedInOnly: true, shows: answered('GET', ofTop('/source')) },
  { name: 'history', shows: answered('GET', ofTop('/history')) },
  { name: 'its thread', shows: answered('GET', ofTop('/context')) },
  { name: 'boosted by', shows: answered('GET', ofTop('/reblogged_by')) },
  { name: 'favourited by', shows: answered('GET', ofTop('/favourited_by')) },
  { name: 'below its parent', shows: within(({ rootId }) => `/api/v1/statuses/${rootId}/context`, reply) },
  { name: 'above its child', shows: within(({ childId }) => `/api/v1/statuses/${childId}/context`, reply) },
  { name: 'a boost of it', shows: answered('GET', ({ boostId }) => `/api/v1/statuses/${boostId}`) },
  { name: "the booster's page", shows: within(({ boosterId }) => `/api/v1/accounts/${boosterId}/statuses?limit=40`, top) },
  { name: "the author's page", shows: within(({ authorId }) => `/api/v1/accounts/${authorId}/statuses?limit=40`, top) },
  { name: 'home', signedInOnly: true, shows: within(() => '/api/v1/timelines/home?limit=40', top), mustShow: (viewer) => viewer === 'author' || viewer === 'follower' },
  { name: 'public', shows: within(() => '/api/v1/timelines/public?limit=40', top), mustShow: whenPublic },
  { name: 'local', shows: within(() => '/api/v1/timelines/public?local=true&limit=40', top), mustShow: whenPublic },
  { name: 'tag', shows: within(({ tag }) => `/api/v1/timelines/tag/${tag}?limit=40`, top), mustShow: whenPublic },
  { name: 'bookmarks', signedInOnly: true, shows: within(() => '/api/v1/bookmarks?limit=40', top) },
  { name: 'favourites', signedInOnly: true, shows: within(() => '/api/v1/favourites?limit=40', top) },
  { name: 'notifications', signedInOnly: true, shows: within(() => '/api/v1/notifications?limit=80', top) },
  { name: 'grouped notifications', signedInOnly: true, shows: within(() => '/api/v2/notifications?limit=80', top) },
  { name: 'one notification', signedInOnly: true, shows: answered('GET', (planted, viewer) => `/api/v1/notifications/${notificationOf(planted, viewer)}`) },
  { name: 'search by address', signedInOnly: true, shows: within(({ topUri }) => `/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(topUri)}`, top) },
];

/** Doing something with a status needs seeing it. */
export const ACTING_PATHS: readonly ReadingPath[] = [
  { name: 'favourite', signedInOnly: true, shows: answered('POST', ofTop('/favourite')) },
  { name: 'bookmark', signedInOnly: true, shows: answered('POST', ofTop('/bookmark')) },
  { name: 'boost', signedInOnly: true, shows: answered('POST', ofTop('/reblog')) },
  { name: 'answer', signedInOnly: true, shows: answered('POST', () => '/api/v1/statuses', ({ topId }) => ({ status: 'answer', visibility: 'direct', in_reply_to_id: topId })) },
];
