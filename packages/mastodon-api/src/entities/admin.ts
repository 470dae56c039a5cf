import { createHash } from 'node:crypto';
import type { Account, DomainRule, Report, ServerRule, User } from '@trunkline/domain';
import { renderAccount } from './account.js';
import { timestamp, timestampOrNull, type RenderContext } from './context.js';
import { renderRole } from './role.js';
import { renderRule } from './instance.js';
import { renderStatus, type StatusView } from './status.js';
import type { AdminAccountJson } from './shape.js';

/** An account as staff see it; `user` is null for remote ones. */
export interface AdminAccountView {
  readonly account: Account;
  readonly user: User | null;
}

export function renderAdminAccount({ account, user }: AdminAccountView, ctx: RenderContext): AdminAccountJson {
  return {
    id: account.id,
    username: account.username,
    domain: account.domain,
    created_at: timestamp(user?.createdAt ?? account.createdAt),
    email: user?.email ?? '',
    ip: null,
    ips: [],
    locale: user?.locale ?? '',
    invite_request: user?.reason ?? null,
    role: renderRole(user?.role ?? 'User'),
    confirmed: user !== null && user.confirmedAt !== null,
    approved: user === null || user.approved,
    disabled: user !== null && user.disabled,
    sensitized: false,
    silenced: account.silencedAt !== null,
    suspended: account.suspendedAt !== null,
    account: renderAccount(account, ctx, user === null ? {} : { role: user.role }),
  };
}

export interface AdminReportView {
  readonly report: Report;
  readonly account: AdminAccountView;
  readonly target: AdminAccountView;
  readonly assigned: AdminAccountView | null;
  readonly actionTakenBy: AdminAccountView | null;
  readonly statuses: readonly StatusView[];
  readonly rules: readonly ServerRule[];
}

export function renderAdminReport(view: AdminReportView, ctx: RenderContext): Record<string, unknown> {
  const { report } = view;
  const accountOrNull = (account: AdminAccountView | null): AdminAccountJson | null =>
    account === null ? null : renderAdminAccount(account, ctx);
  return {
    id: report.id,
    action_taken: report.actionTakenAt !== null,
    action_taken_at: timestampOrNull(report.actionTakenAt),
    category: report.category,
    comment: report.comment,
    forwarded: report.forwarded,
    created_at: timestamp(report.createdAt),
    updated_at: timestamp(report.updatedAt),
    account: renderAdminAccount(view.account, ctx),
    target_account: renderAdminAccount(view.target, ctx),
    assigned_account: accountOrNull(view.assigned),
    action_taken_by_account: accountOrNull(view.actionTakenBy),
    statuses: view.statuses.map((status) => renderStatus(status, ctx)),
    rules: view.rules.map(renderRule),
  };
}

const digestOf = (domain: string): string => createHash('sha256').update(domain).digest('hex');

/** A domain rule for staff. */
export function renderAdminDomainBlock(rule: DomainRule): Record<string, unknown> {
  return {
    id: rule.id,
    domain: rule.domain,
    digest: digestOf(rule.domain),
    created_at: timestamp(rule.createdAt),
    severity: rule.severity,
    reject_media: rule.rejectMedia,
    reject_reports: rule.rejectReports,
    private_comment: rule.privateComment,
    public_comment: rule.publicComment,
    obfuscate: rule.obfuscate,
  };
}

export const renderAdminDomainAllow = (allow: { readonly id: string; readonly domain: string; readonly createdAt: Date }): Record<string, unknown> => ({
  id: allow.id,
  domain: allow.domain,
  created_at: timestamp(allow.createdAt),
});

/** A domain rule for everybody: the name is starred out where the rule says so; the digest lets servers compare. */
export function renderDomainBlock(rule: DomainRule): Record<string, unknown> {
  return {
    domain: rule.obfuscate ? obfuscated(rule.domain) : rule.domain,
    digest: digestOf(rule.domain),
    severity: rule.severity,
    ...(rule.publicComment === null ? {} : { comment: rule.publicComment }),
  };
}

/** Dots and the outer quarters stay, the middle is starred. */
function obfuscated(domain: string): string {
  const visible = Math.max(1, Math.floor(domain.length / 4));
  return [...domain].map((char, at) => (at < visible || at >= domain.length - visible || char === '.' ? char : '*')).join('');
}
