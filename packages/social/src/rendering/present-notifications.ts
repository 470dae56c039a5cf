import type { Account, Notification, Report, Viewer } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import { renderGroupedNotifications, renderNotification, type NotificationJson, type NotificationView } from '@trunkline/mastodon-api';
import type { SocialReads } from '../ports/social-store.js';
import { loadStatuses, type StatusView } from '../reading/load-statuses.js';
import { isVisible } from '../reading/view-statuses.js';
import { isDomainSuspended, viewerOf } from '../statuses/viewer.js';
import { loadAccountExtras, type AccountPresenting } from './present-accounts.js';
import { authorsOf, renderedView } from './present-statuses.js';
import { renderContextOf } from './render-context.js';

/** What rendering notifications asks for, in batches. */
export interface NotificationPresenting extends AccountPresenting {
  /** null: a process that may not read reports; its notifications of reports come without them. */
  readonly reports: { byIds(ids: readonly Snowflake[]): Promise<Report[]> } | null;
}

/** A notification that the recipient may still see, with what was loaded around it. */
export interface ShownNotification {
  readonly notification: Notification;
  readonly from: Account;
  readonly status: StatusView | null;
  readonly report: { readonly report: Report; readonly target: Account } | null;
}

/**
 * Those that may be shown, in the order given: the sender is neither gone, suspended, blocked nor muted with their
 * notifications since, and the status can be seen. Moderators hear of reports and sign-ups whoever they come from.
 */
export async function viewNotifications(
  ports: Pick<NotificationPresenting, 'store' | 'policy' | 'reports'>,
  viewerId: AccountId,
  notifications: readonly Notification[],
): Promise<ShownNotification[]> {
  if (notifications.length === 0) return [];
  const fromIds = [...new Set(notifications.map((notification) => notification.fromAccountId))];
  const statusIds = [...new Set(notifications.flatMap((notification) => notification.statusId ?? []))];
  const [senders, ties, statuses, reports] = await Promise.all([
    ports.store.accountsByIds(fromIds),
    ports.store.viewerTies(viewerId, fromIds),
    loadStatuses(ports, viewerId, statusIds),
    loadReports(ports, notifications),
  ]);
  const senderById = new Map(senders.map((account) => [account.id, account]));
  const viewer = viewerOf(viewerId, ties);
  const silenced = await silencedBy(ports, viewer, fromIds);
  return notifications.flatMap((notification) => {
    const from = senderById.get(notification.fromAccountId);
    if (from === undefined || !isWelcome(ports, notification, from, viewer)) return [];
    if (silenced.has(from.id) && !notification.type.startsWith('admin.')) return [];
    const status = notification.statusId === null ? null : (statuses.views.get(notification.statusId) ?? null);
    if (notification.statusId !== null && (status === null || !isVisible(ports, status, statuses.viewer))) return [];
    const report = notification.reportId === null ? null : (reports.get(notification.reportId) ?? null);
    return [{ notification, from, status, report }];
  });
}

/** Those muted so that their notifications are hidden too; most viewers mute nobody on a page, and then nothing is asked. */
async function silencedBy({ store }: Pick<NotificationPresenting, 'store'>, viewer: Viewer, fromIds: readonly AccountId[]): Promise<ReadonlySet<AccountId>> {
  const muted = fromIds.filter((id) => viewer.tiesTo(id).mutes);
  const related = muted.length === 0 ? [] : await store.relationships(viewer.id, muted);
  return new Set(related.filter((relationship) => relationship.mutingNotifications).map((relationship) => relationship.accountId));
}

function isWelcome(ports: Pick<NotificationPresenting, 'policy'>, { type }: Notification, from: Account, viewer: Viewer): boolean {
  if (type.startsWith('admin.')) return true;
  if (from.deletedAt !== null || from.suspendedAt !== null || isDomainSuspended(ports.policy.current(), from)) return false;
  const ties = viewer.tiesTo(from.id);
  return !ties.blockedEitherWay && !ties.blocksDomain;
}

async function loadReports(
  { store, reports }: { readonly store: SocialReads; readonly reports: NotificationPresenting['reports'] },
  notifications: readonly Notification[],
): Promise<ReadonlyMap<Snowflake, { report: Report; target: Account }>> {
  const ids = [...new Set(notifications.flatMap((notification) => notification.reportId ?? []))];
  if (reports === null || ids.length === 0) return new Map();
  const found = await reports.byIds(ids);
  const targets = await store.accountsByIds([...new Set(found.map((report) => report.targetAccountId))]);
  const targetById = new Map(targets.map((account) => [account.id, account]));
  return new Map(
    found.flatMap((report) => {
      const target = targetById.get(report.targetAccountId);
      return target === undefined ? [] : [[report.id, { report, target }] as const];
    }),
  );
}

/** As version 1 of the API wants them. */
export async function presentNotifications(
  ports: AccountPresenting,
  viewerId: AccountId,
  shown: readonly ShownNotification[],
): Promise<NotificationJson[]> {
  const ctx = renderContextOf(ports.settings);
  return (await renderedNotifications(ports, viewerId, shown)).map((view) => renderNotification(view, ctx));
}

/** As version 2 wants them: each a group of its own. */
export async function presentGroupedNotifications(
  ports: AccountPresenting,
  viewerId: AccountId,
  shown: readonly ShownNotification[],
): Promise<Record<string, unknown>> {
  return renderGroupedNotifications(await renderedNotifications(ports, viewerId, shown), renderContextOf(ports.settings));
}

async function renderedNotifications(
  ports: AccountPresenting,
  viewerId: AccountId,
  shown: readonly ShownNotification[],
): Promise<NotificationView[]> {
  const statuses = shown.flatMap((each) => each.status ?? []);
  const people = new Map([...shown.map((each) => each.from), ...authorsOf(statuses)].map((account) => [account.id, account]));
  const extrasOf = await loadAccountExtras(ports, [...people.values()]);
  return shown.map(({ notification, from, status, report }) => ({
    notification,
    account: from,
    accountExtras: extrasOf(from),
    status: status === null ? null : renderedView(status, viewerId, extrasOf),
    report,
  }));
}
