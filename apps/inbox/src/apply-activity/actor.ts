import { parseLocalUri } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { ok, type Result } from '@trunkline/kernel';
import { resolveAccount, syncFeatured, type ResolveFailure } from '@trunkline/social';
import type { ApplyPorts, Incoming } from './ports.js';
import { hasLocalFollowers } from './relevance.js';

const STALE_AFTER_MS = 24 * 60 * 60 * 1_000;

/** The account behind the activity. An unknown one is read from its server; a stale one is used as it is and read again later. */
export async function actorOf(ports: ApplyPorts, { actor, activity }: Pick<Incoming, 'actor' | 'activity'>): Promise<Result<Account, ResolveFailure>> {
  if (actor === null) return resolveAccount(ports, activity.actorUri);
  refreshLater(ports, actor);
  return ok(actor);
}

/** Has a stale profile read again. */
export function refreshLater(ports: ApplyPorts, actor: Account): void {
  if (actor.fetchedAt !== null && ports.clock.nowMs() - actor.fetchedAt.getTime() <= STALE_AFTER_MS) return;
  ports.later(`account ${actor.uri}`, async () => {
    const read = await resolveAccount(ports, actor.uri);
    if (read.ok && (await hasLocalFollowers(ports, read.value))) await syncFeatured(ports, read.value);
  });
}

/** Has what somebody pinned read again, if anybody here follows them. */
export function readPinsLater(ports: ApplyPorts, account: Account): void {
  ports.later(`featured ${account.uri}`, async () => {
    if (await hasLocalFollowers(ports, account)) await syncFeatured(ports, account);
  });
}

/** The living account of this server that an id names; never anybody else's, whatever a document claims. */
export async function localAccountAt(ports: ApplyPorts, uri: string | null): Promise<Account | null> {
  const local = uri === null ? null : parseLocalUri(ports.settings.baseUrl, uri);
  if (local?.kind !== 'actor') return null;
  const [account] = await ports.store.accountsByIds([local.accountId]);
  return account !== undefined && account.domain === null && account.deletedAt === null ? account : null;
}

/** The account that an id names, if it is known here. */
export async function knownAccountAt(ports: ApplyPorts, uri: string | null): Promise<Account | null> {
  if (uri === null) return null;
  return (await localAccountAt(ports, uri)) ?? (await ports.store.accountsByUris([uri]))[0] ?? null;
}
