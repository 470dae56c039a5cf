import type { Account, Notification, Report } from '@trunkline/domain';
import { renderAccount, type AccountExtras } from './account.js';
import { timestamp, timestampOrNull, type RenderContext } from './context.js';
import { renderStatus, type StatusView } from './status.js';
import type { NotificationJson, ReportJson } from './shape.js';

export interface NotificationView {
  readonly notification: Notification;
  readonly account: Account;
  readonly accountExtras?: AccountExtras;
  readonly status: StatusView | null;
  readonly report: { readonly report: Report; readonly target: Account } | null;
}

/** `status` and `report` stand in it only for the types that have one. */
export function renderNotification(view: NotificationView, ctx: RenderContext): NotificationJson {
  const { notification } = view;
  return {
    id: notification.id,
    type: notification.type,
    group_key: `ungrouped-${notification.id}`,
    created_at: timestamp(notification.createdAt),
    account: renderAccount(view.account, ctx, view.accountExtras),
    ...(view.status === null ? {} : { status: renderStatus(view.status, ctx) }),
    ...(view.report === null ? {} : { report: renderReport(view.report.report, view.report.target, ctx) }),
  };
}

/**
 * The same as version 2 of the API wants them: accounts and statuses once, and groups of their ids. Each notification
 * is a group of its own, as Mastodon answers when asked for no grouped types.
 */
export function renderGroupedNotifications(views: readonly NotificationView[], ctx: RenderContext): Record<string, unknown> {
  const accounts = new Map(views.map((view) => [view.account.id, renderAccount(view.account, ctx, view.accountExtras)]));
  const statuses = new Map(views.flatMap(({ status }) => (status === null ? [] : [[status.status.id, renderStatus(status, ctx)] as const])));
  return {
    accounts: [...accounts.values()],
    statuses: [...statuses.values()],
    notification_groups: views.map((view) => groupOfOne(view, ctx)),
  };
}

function groupOfOne(view: NotificationView, ctx: RenderContext): Record<string, unknown> {
  const { notification } = view;
  return {
    group_key: `ungrouped-${notification.id}`,
    notifications_count: 1,
    type: notification.type,
    most_recent_notification_id: notification.id,
    page_min_id: notification.id,
    page_max_id: notification.id,
    latest_page_notification_at: timestamp(notification.createdAt),
    sample_account_ids: [view.account.id],
    ...(view.status === null ? {} : { status_id: view.status.status.id }),
    ...(view.report === null ? {} : { report: renderReport(view.report.report, view.report.target, ctx) }),
  };
}

/** A report as its author, or a notified moderator, sees it. */
export function renderReport(report: Report, target: Account, ctx: RenderContext): ReportJson {
  return {
    id: report.id,
    action_taken: report.actionTakenAt !== null,
    action_taken_at: timestampOrNull(report.actionTakenAt),
    category: report.category,
    comment: report.comment,
    forwarded: report.forwarded,
    created_at: timestamp(report.createdAt),
    status_ids: [...report.statusIds],
    collection_ids: [],
    rule_ids: [...report.ruleIds],
    target_account: renderAccount(target, ctx),
  };
}
