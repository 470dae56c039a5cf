import { setImmediate as otherWork } from 'node:timers/promises';
import { hostOf } from '@trunkline/activitypub';
import { domainVerdict, type Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { PlanPorts, Reach, ReachedInbox } from './plan.js';

const PAGE = 1_000;
const INTERACTED_MAX = 10_000;
const INBOXES_MAX = 500_000;
/** Whoever reaches more lets others go on before more is done: in a batch there may be several of them. */
const INBOXES_AT_ONCE = 2_000;

/**
 * The distinct inboxes of a reach. A server's shared inbox stands for its people when the activity is open to all or
 * several of them get it; a single recipient of something private gets it at their own (a shared inbox would have to
 * find out for whom it is). Suspended servers are left out, and dead ones but for what is `lasting`.
 */
export async function inboxesOf(ports: PlanPorts, reach: Reach, { lasting = false } = {}): Promise<string[]> {
  const chosen = new Map<string, string>();
  const take = (found: ReachedInbox): void => {
    const host = found.host === undefined ? openHost(ports.policy, found) : found.host;
    if (chosen.size < INBOXES_MAX && host !== null && host !== reach.exceptHost) chosen.set(found.inbox, host);
  };
  for (const accountId of reach.followersOf) {
    for await (const found of paged((after) => ports.store.followerInboxes(accountId, after, PAGE))) take(found);
  }
  if (reach.everybody) for await (const found of paged((after) => ports.knownInboxes(after, PAGE))) take(found);
  for (const inbox of [...reach.inboxes, ...(reach.relays ? await relayInboxes(ports) : [])]) take({ inbox, domain: hostOf(inbox) ?? '' });
  for (const found of await inboxesOfPeople(ports, reach, new Set(chosen.keys()))) take(found);
  if (chosen.size > INBOXES_AT_ONCE) await otherWork();
  return withoutDeadHosts(ports, chosen, lasting);
}

const relayInboxes = async (ports: PlanPorts): Promise<string[]> =>
  (await ports.relays.enabled()).filter((relay) => relay.style === 'mastodon').map((relay) => relay.inbox);

async function* paged(next: (afterInbox: string) => Promise<readonly ReachedInbox[]>): AsyncGenerator<ReachedInbox> {
  for (let after = ''; ; ) {
    const page = await next(after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.inbox;
  }
}

async function inboxesOfPeople(ports: PlanPorts, reach: Reach, taken: ReadonlySet<string>): Promise<ReachedInbox[]> {
  const interacted = reach.interactedWith === null ? [] : await ports.store.interactedAccountIds(reach.interactedWith, INTERACTED_MAX);
  const ids = [...new Set([...reach.accountIds, ...interacted])];
  const bySharedInbox = new Map<string, Account[]>();
  const found: ReachedInbox[] = [];
  for (let from = 0; from < ids.length; from += PAGE) {
    const page = await withoutBlocked(ports, reach.hiddenByBlocksOf, ids.slice(from, from + PAGE));
    for (const account of await ports.store.accountsByIds(page)) {
      if (account.domain === null || account.deletedAt !== null || account.suspendedAt !== null) continue;
      if (account.sharedInboxUrl === null) found.push({ inbox: account.inboxUrl, domain: account.domain });
      else bySharedInbox.set(account.sharedInboxUrl, [...(bySharedInbox.get(account.sharedInboxUrl) ?? []), account]);
    }
  }
  for (const [sharedInbox, people] of bySharedInbox) {
    const [first] = people;
    if (first === undefined || first.domain === null || taken.has(sharedInbox)) continue;
    const isShared = reach.isOpen || people.length > 1;
    found.push({ inbox: isShared ? sharedInbox : first.inboxUrl, domain: first.domain });
  }
  return found;
}

async function withoutBlocked(ports: PlanPorts, authorId: AccountId | null, ids: readonly AccountId[]): Promise<readonly AccountId[]> {
  if (authorId === null || ids.length === 0) return ids;
  const blocks = await ports.blocksAround(authorId, ids);
  return ids.filter((id) => !blocks.has(id));
}

/** The host of an inbox; null: nothing goes there. Rules name the handle's domain or the host that really answers: either closes the way. */
export function openHost(rules: PlanPorts['policy'], { inbox, domain }: ReachedInbox): string | null {
  const policy = rules.current();
  const host = hostOf(inbox);
  return host !== null && !domainVerdict(policy, domain).suspended && !domainVerdict(policy, host).suspended ? host : null;
}

async function withoutDeadHosts(ports: PlanPorts, inboxes: ReadonlyMap<string, string>, lasting: boolean): Promise<string[]> {
  const dead = new Set<string>();
  const distinct = [...new Set(inboxes.values())];
  for (let from = 0; from < distinct.length; from += PAGE) {
    for (const host of await ports.deadHosts(distinct.slice(from, from + PAGE), lasting)) dead.add(host);
  }
  return [...inboxes].flatMap(([inbox, host]) => (dead.has(host) ? [] : inbox));
}
