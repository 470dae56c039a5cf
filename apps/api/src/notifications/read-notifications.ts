import type { Notification, NotificationType, Page } from '@trunkline/domain';
import { compareIds, type AccountId } from '@trunkline/kernel';
import { viewNotifications, type NotificationPresenting, type NotificationStore, type ShownNotification } from '@trunkline/social';

/** Every type that is told here. Clients ask for more; those find nothing. */
const TYPES: readonly NotificationType[] = [
  'mention',
  'follow',
  'follow_request',
  'favourite',
  'reblog',
  'status',
  'update',
  'poll',
  'quote',
  'quoted_update',
  'admin.sign_up',
  'admin.report',
];
/** Times a page may be refilled when rules hide most of what the store gives. */
const ROUNDS_MAX = 3;
/** The most that is loaded at once for one page. */
const ROUND_MAX = 200;

export interface NotificationQuery {
  readonly page: Page;
  /** Empty: all. */
  readonly types: readonly string[];
  readonly excludeTypes: readonly string[];
  readonly accountId: AccountId | null;
}

type Ports = Pick<NotificationPresenting, 'store' | 'policy' | 'reports'> & { readonly notifications: Pick<NotificationStore, 'page'> };

/** One page, newest first: ids → one batched load → rules, again until the page is full or the store is empty. */
export async function readNotifications(ports: Ports, viewerId: AccountId, query: NotificationQuery): Promise<ShownNotification[]> {
  const types = knownTypes(query.types);
  if (query.types.length > 0 && types.length === 0) return [];
  const filter = {
    accountId: viewerId,
    types: query.types.length === 0 ? null : types,
    excludeTypes: knownTypes(query.excludeTypes),
    ...(query.accountId === null ? {} : { fromAccountId: query.accountId }),
  };
  const shown: ShownNotification[] = [];
  let page = query.page;
  for (let round = 0; round < ROUNDS_MAX && shown.length < query.page.limit; round += 1) {
    const rows = await ports.notifications.page({ ...filter, page });
    shown.push(...(await viewNotifications(ports, viewerId, rows)));
    if (rows.length < page.limit) break;
    // Ever more at once: who is hidden for a whole page mostly goes on.
    page = { ...beyond(page, rows), limit: Math.max(page.limit, Math.min(page.limit * 4, ROUND_MAX)) };
  }
  shown.sort((a, b) => compareIds(b.notification.id, a.notification.id));
  // Read upwards, the ones nearest to the bound stay.
  return query.page.minId === null ? shown.slice(0, query.page.limit) : shown.slice(-query.page.limit);
}

const knownTypes = (names: readonly string[]): NotificationType[] => TYPES.filter((type) => names.includes(type));

/** The same page further on, in the direction it is read. Rows come newest first. */
function beyond(page: Page, rows: readonly Notification[]): Page {
  const edge = page.minId === null ? rows.at(-1) : rows[0];
  if (edge === undefined) return page;
  return page.minId === null ? { ...page, maxId: edge.id } : { ...page, minId: edge.id };
}
