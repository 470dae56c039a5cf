import type { Account, Report, ServerRule } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import { recordNotFound, validationFailed } from '@trunkline/mastodon-api';
import { isVisible, loadStatuses, type PolicyPort, type ReportStore, type SocialReads } from '@trunkline/social';

/** What somebody asks the moderators to look at; lengths and counts are checked already. */
export interface ReportInput {
  readonly accountId: AccountId;
  readonly statusIds: readonly StatusId[];
  readonly comment: string;
  readonly forward: boolean;
  /** Servers of people whom the posts answer, to be told as well; only with `forward`. */
  readonly forwardToDomains: readonly string[];
  readonly category: Report['category'];
  readonly ruleIds: readonly Snowflake[];
}

export interface ReportPorts {
  readonly store: SocialReads;
  readonly policy: PolicyPort;
  readonly ids: { next(): Snowflake };
  /** The row and the event that tells the moderators, in one transaction. */
  readonly save: (report: Parameters<ReportStore['insert']>[0]) => Promise<Report>;
}

/**
 * Takes a report by somebody of ours about anybody.
 * @throws AppError 404 for an account that is gone or suspended, or a status that is not theirs or that the reporter
 *   cannot see; 422 for a rule that this server does not have
 */
export async function createReport(ports: ReportPorts, reporterId: AccountId, input: ReportInput): Promise<{ report: Report; target: Account }> {
  const [target] = await ports.store.accountsByIds([input.accountId]);
  if (target === undefined || target.deletedAt !== null || target.suspendedAt !== null) throw recordNotFound();
  checkRules(ports.policy.current().serverRules, input.ruleIds);
  const statusIds = await reportedStatuses(ports, reporterId, target, input.statusIds);
  const report = await ports.save({
    id: ports.ids.next(),
    accountId: reporterId,
    targetAccountId: target.id,
    statusIds,
    ruleIds: input.ruleIds,
    comment: input.comment,
    category: input.category,
    // There is nobody to forward to when the account is ours.
    forwarded: input.forward && target.domain !== null,
    forwardToDomains: input.forward ? input.forwardToDomains : [],
  });
  return { report, target };
}

function checkRules(rules: readonly ServerRule[], ruleIds: readonly Snowflake[]): void {
  const known = new Set(rules.map((rule) => rule.id));
  if (ruleIds.every((id) => known.has(id))) return;
  throw validationFailed([{ field: 'rule_ids', code: 'ERR_INVALID', message: 'does not reference valid rules' }]);
}

/** A status that its author has deleted meanwhile is left out, so that deleting it does not undo the report. */
async function reportedStatuses(ports: ReportPorts, reporterId: AccountId, target: Account, ids: readonly StatusId[]): Promise<StatusId[]> {
  if (ids.length === 0) return [];
  const { views, viewer } = await loadStatuses(ports, reporterId, ids);
  return ids.filter((id) => {
    const view = views.get(id);
    if (view === undefined || view.author.id !== target.id) throw recordNotFound();
    if (view.status.deletedAt !== null) return false;
    if (!isVisible(ports, view, viewer)) throw recordNotFound();
    return true;
  });
}
