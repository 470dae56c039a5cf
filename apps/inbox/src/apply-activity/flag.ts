import { htmlToText, isPublicUri, parseLocalUri } from '@trunkline/activitypub';
import { ReportCreatedV1 } from '@trunkline/contracts';
import { domainVerdict, type Account } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import { actorOf } from './actor.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

const STATUSES_MAX = 50;
const COMMENT_CHARS_MAX = 5_000;

/**
 * Another server reports somebody here: the account first, then posts (Mastodon), the account with its posts named in
 * the text (Misskey), or a post alone (Lemmy). The row's id is the report's, so that a second try files no second report.
 */
export async function applyFlag(ports: ApplyPorts, incoming: Incoming<'report'>): Promise<Verdict> {
  const { facts } = incoming;
  const reported = await reportedBy(ports, [...facts.objectUris, ...facts.linkedUris].filter((uri) => !isPublicUri(uri)));
  if (reported === null) return ignored('unknown_target');
  const actor = await actorOf(ports, incoming);
  if (!actor.ok) return unresolved('actor', actor.error);
  const { domain } = actor.value;
  if (domainVerdict(ports.policy.current(), domain).rejectReports) return ignored('reports_rejected');
  if (domain === null || !(await ports.mayReport(domain))) return ignored('too_many_reports');
  await ports.reports.insert({
    id: incoming.rowId,
    accountId: actor.value.id,
    targetAccountId: reported.target.id,
    statusIds: reported.statusIds,
    ruleIds: [],
    comment: htmlToText(facts.comment.slice(0, COMMENT_CHARS_MAX)),
    category: 'other',
    forwarded: false,
  });
  await ports.store.transaction((tx) => tx.appendEvent(ReportCreatedV1, { reportId: incoming.rowId }));
  return APPLIED;
}

/** The first account of ours that is named, itself or by a post, and its posts among the objects. */
async function reportedBy(ports: ApplyPorts, uris: readonly string[]): Promise<{ target: Account; statusIds: StatusId[] } | null> {
  const locals = uris.map((uri) => parseLocalUri(ports.settings.baseUrl, uri));
  const first = locals.find((local) => local?.kind === 'actor' || local?.kind === 'status');
  if (first === undefined || first === null || !('accountId' in first)) return null;
  const [target] = await ports.store.accountsByIds([first.accountId]);
  if (target === undefined || target.domain !== null || target.deletedAt !== null) return null;
  const named = locals.flatMap((local) => (local?.kind === 'status' && local.accountId === target.id ? [local.statusId] : []));
  const statuses = await ports.store.statusesByIds(named.slice(0, STATUSES_MAX));
  return { target, statusIds: statuses.filter((status) => status.accountId === target.id).map((status) => status.id) };
}
