import type { Report, ServerRule } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { renderAdminReport, type StatusView as RenderedStatus } from '@trunkline/mastodon-api';
import { loadAccountExtras, loadStatuses, renderContextOf, type AccountPresenting, type StatusView } from '@trunkline/social';
import type { Target } from '../decide-accounts/decide-account.js';

export interface ReportPresenting extends AccountPresenting {
  /** Accounts with the people behind them, unknown ones left out. */
  readonly targets: (ids: readonly AccountId[]) => Promise<Target[]>;
}

/** Reports as moderators see them, in the order given, in one batched load. Those whose accounts are unknown are left out. */
export async function presentReports(ports: ReportPresenting, reports: readonly Report[]): Promise<Record<string, unknown>[]> {
  const accountIds = reports.flatMap((r) => [r.accountId, r.targetAccountId, r.assignedAccountId ?? [], r.actionTakenByAccountId ?? []].flat());
  const statusIds = [...new Set(reports.flatMap((report) => report.statusIds))];
  const [targets, { views }] = await Promise.all([ports.targets([...new Set(accountIds)]), loadStatuses(ports, null, statusIds)]);
  const people = new Map(targets.map((target) => [target.account.id, target]));
  const shown = [...views.values()];
  const extrasOf = await loadAccountExtras(ports, [...new Map(shown.map((view) => [view.author.id, view.author])).values()]);
  const rules = new Map(ports.policy.current().serverRules.map((rule): [string, ServerRule] => [rule.id, rule]));
  const rendered = (view: StatusView): RenderedStatus => ({
    status: view.status,
    account: view.author,
    accountExtras: extrasOf(view.author),
    boost: view.boosted === null ? null : rendered(view.boosted),
    quote: view.quote,
    quoted: view.quoted === null ? null : rendered(view.quoted),
    permission: view.permission,
    flags: null,
  });
  const ctx = renderContextOf(ports.settings);
  return reports.flatMap((report) => {
    const [account, target] = [people.get(report.accountId), people.get(report.targetAccountId)];
    if (account === undefined || target === undefined) return [];
    const statuses = report.statusIds.flatMap((id) => views.get(id) ?? []).map(rendered);
    const assigned = report.assignedAccountId === null ? null : (people.get(report.assignedAccountId) ?? null);
    const actionTakenBy = report.actionTakenByAccountId === null ? null : (people.get(report.actionTakenByAccountId) ?? null);
    return [renderAdminReport({ report, account, target, assigned, actionTakenBy, statuses, rules: report.ruleIds.flatMap((id) => rules.get(id) ?? []) }, ctx)];
  });
}
