import { htmlToText, isPublicUri, parseLocalUri } from '@trunkline/activitypub';
import { ReportCreatedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import { isSnowflake, type StatusId } from '@trunkline/kernel';
import { accountVerdict } from '@trunkline/social';
import { actorOf } from './actor.js';
import type { ApplyPorts, FactsOf, Incoming } from './ports.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

const STATUSES_MAX = 50;
const COMMENT_CHARS_MAX = 5_000;

/**
 * Another server reports somebody here: the account first, then posts (Mastodon), the account with its posts named in
 * the text (Misskey), or a post alone (Lemmy). The row's id is the report's, so that a second try files no second report.
 */
export async function applyFlag(ports: ApplyPorts, incoming: Incoming<'report'>): Promise<Verdict> {
  const { facts } = incoming;
  const reported = await reportedBy(ports, facts);
  if (reported === null) return ignored('unknown_target');
  const actor = await actorOf(ports, incoming);
  if (!actor.ok) return unresolved('actor', actor.error);
  const { domain } = actor.value;
  if (accountVerdict(ports.policy.current(), actor.value).rejectReports) return ignored('reports_rejected');
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

/** The first account of ours that is named, itself or by a post, and its posts among what is named. */
async function reportedBy(ports: ApplyPorts, { objectUris, linkedUris }: FactsOf<'report'>): Promise<{ target: Account; statusIds: StatusId[] } | null> {
  const locals = [...objectUris, ...linkedUris].filter((uri) => !isPublicUri(uri)).map((uri) => parseLocalUri(ports.settings.baseUrl, uri));
  const first = locals.find((local) => local?.kind === 'actor' || local?.kind === 'status');
  if (first === undefined || first === null || !('accountId' in first)) return null;
  const [target] = await ports.store.accountsByIds([first.accountId]);
  if (target === undefined || target.domain !== null || target.deletedAt !== null) return null;
  const named = locals.flatMap((local) => (local?.kind === 'status' && local.accountId === target.id ? [local.statusId] : []));
  const shown = linkedUris.flatMap((uri) => postOfPage(ports.settings.baseUrl, uri) ?? []);
  const statuses = await ports.store.statusesByIds([...new Set([...named, ...shown])].slice(0, STATUSES_MAX));
  return { target, statusIds: statuses.filter((status) => status.accountId === target.id).map((status) => status.id) };
}

/** Misskey writes down the pages of posts, not their ids. */
function postOfPage(baseUrl: string, uri: string): StatusId | null {
  const url = URL.parse(uri);
  const id = url?.origin === new URL(baseUrl).origin ? /^\/@[^/]+\/([0-9]+)$/.exec(url.pathname)?.[1] : undefined;
  return isSnowflake(id) ? id : null;
}
