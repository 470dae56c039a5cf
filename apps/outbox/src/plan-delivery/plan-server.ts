import { instanceActorUris, PUBLIC_URI, relayFollowUri, renderAccept, renderFlag, renderFollow, renderUndo } from '@trunkline/activitypub';
import { RelayChangedV1, ReportCreatedV1 } from '@trunkline/contracts';
import type { Account, Report } from '@trunkline/domain';
import type { Relay } from '@trunkline/social';
import { INSTANCE_SENDER, planOf, toAccount, toInboxes, type Plan, type PlanPorts, type PlanRule } from './plan.js';

/** A relay is asked, left, or let in when it follows back. */
export const planRelayChanged: PlanRule<typeof RelayChangedV1> = {
  contract: RelayChangedV1,
  orderKey: ({ relayId }) => `relay:${relayId}`,
  async plan(ports, event) {
    const relay = await ports.relays.byId(event.relayId);
    if (relay === null) return null;
    const actorUri = instanceActorUris(ports.settings.baseUrl).id;
    if (event.followUri !== null) return acceptOf(actorUri, relay, { followUri: event.followUri, id: `${actorUri}#accepts/${event.eventId}` });
    const id = relayFollowUri(ports.settings.baseUrl, relay.followId);
    const objectUri = relay.style === 'mastodon' ? PUBLIC_URI : relay.actorUri;
    if (objectUri === null) return null;
    const follow = renderFollow({ id, actorUri, objectUri });
    if (relay.state === 'asked') return planOf(INSTANCE_SENDER, follow, toInboxes([relay.inbox]));
    return relay.state === 'ended' ? planOf(INSTANCE_SENDER, renderUndo(`${id}/undo`, follow), toInboxes([relay.inbox])) : null;
  },
};

function acceptOf(actorUri: string, { actorUri: relayUri, inbox }: Relay, answer: { readonly followUri: string; readonly id: string }): Plan | null {
  if (relayUri === null) return null;
  return planOf(INSTANCE_SENDER, renderAccept(answer.id, { id: answer.followUri, actorUri: relayUri, objectUri: actorUri }), toInboxes([inbox]));
}

/**
 * A report of somebody here about somebody elsewhere, when they want it told: in the server's name, so that nobody
 * there learns who it was; to the servers of people whom the posts answer only where they said so.
 */
export const planReportForwarded: PlanRule<typeof ReportCreatedV1> = {
  contract: ReportCreatedV1,
  orderKey: ({ reportId }) => `report:${reportId}`,
  async plan(ports, event) {
    const [report] = await ports.reports.byIds([event.reportId]);
    if (report === undefined || !report.forwarded) return null;
    const accounts = await ports.store.accountsByIds([report.accountId, report.targetAccountId]);
    const reporter = accounts.find(({ id }) => id === report.accountId);
    const target = accounts.find(({ id }) => id === report.targetAccountId);
    // What another server told us is never sent on.
    if (reporter?.domain !== null || target === undefined || target.domain === null) return null;
    const statuses = await ports.store.statusesByIds(report.statusIds);
    const { id: actorUri } = instanceActorUris(ports.settings.baseUrl);
    const flag = renderFlag(`${actorUri}#flags/${report.id}`, actorUri, [target.uri, ...statuses.map((status) => status.uri)], report.comment);
    const also = await answeredAt(ports, report, statuses.flatMap((status) => status.inReplyToAccountId ?? []));
    // Without a choice of servers the account's own is meant.
    const { forwardToDomains = [] } = report;
    const isForOrigin = forwardToDomains.length === 0 || forwardToDomains.includes(target.domain);
    const to = [...(isForOrigin ? [target.id] : []), ...also.map(({ id }) => id)];
    return to.length === 0 ? null : planOf(INSTANCE_SENDER, flag, { ...toAccount(target.id), accountIds: [...new Set(to)] });
  },
};

async function answeredAt(ports: PlanPorts, { forwardToDomains = [] }: Report, ids: readonly Account['id'][]): Promise<Account[]> {
  const domains = new Set(forwardToDomains);
  if (domains.size === 0 || ids.length === 0) return [];
  const people = await ports.store.accountsByIds([...new Set(ids)]);
  // One a server is enough: it is told once.
  return [...new Map(people.filter(({ domain }) => domain !== null && domains.has(domain)).map((person) => [person.domain, person])).values()];
}
