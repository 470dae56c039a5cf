import { hostOf, parseActor, parseHandle, parseLocalUri, sameHost, type RemoteActor } from '@trunkline/activitypub';
import { domainVerdict, type Account } from '@trunkline/domain';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { Handle } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import { ingestAccount, type ActorHandle } from './ingest-account.js';

export type ResolveFailure = { code: 'blocked_domain' | 'not_found' | 'gone' | 'unreachable' | 'invalid' | 'spoofed'; detail?: string };

/** A remote profile older than this is read again when somebody needs it. */
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * An account by its id: from here, or read from its server, refreshed when `refresh` or stale. What is found has that
 * very id: an address of one host may redirect to an actor of another, who would then be taken for the author of what
 * names the address. Only where a person pasted an `address` may it lead to an actor with an id of its own.
 */
export async function resolveAccount(
  ports: SocialPorts,
  uri: string,
  options: { refresh?: boolean; address?: boolean } = {},
): Promise<Result<Account, ResolveFailure>> {
  const [known] = await ports.store.accountsByUris([uri]);
  if (parseLocalUri(ports.settings.baseUrl, uri) !== null || known?.domain === null) {
    return known === undefined || known.deletedAt !== null ? fail({ code: 'not_found' }) : ok(known);
  }
  if (known?.deletedAt != null) return fail({ code: 'gone' });
  const blocked = isBlocked(ports, hostOf(uri)) || (known !== undefined && isBlocked(ports, known.domain));
  if (blocked) return fail({ code: 'blocked_domain' });
  if (known !== undefined && options.refresh !== true && !isStale(ports, known)) return ok(known);
  const found = await fetchAccount(ports, uri, options.address === true);
  const isAnother = found.ok && found.value.uri !== uri && options.address !== true;
  const fetched = isAnother ? fail({ code: 'spoofed' as const, detail: 'another_id' }) : found;
  // A profile that cannot be read right now is better stale than gone.
  if (!fetched.ok && known !== undefined && fetched.error.code !== 'gone') return ok(known);
  return fetched;
}

/** Whether this is what `resolveAccount` answers for it, without asking anybody. */
export const standsAsKnown = (ports: Pick<SocialPorts, 'clock' | 'policy'>, account: Account): boolean =>
  account.domain !== null && account.deletedAt === null && !isStale(ports, account) && !isBlocked(ports, hostOf(account.uri)) && !isBlocked(ports, account.domain);

const isStale = (ports: Pick<SocialPorts, 'clock'>, account: Account): boolean =>
  account.fetchedAt === null || ports.clock.nowMs() - account.fetchedAt.getTime() > STALE_AFTER_MS;

const isBlocked = (ports: Pick<SocialPorts, 'policy'>, host: string | null): boolean =>
  domainVerdict(ports.policy.current(), host).suspended;

async function fetchAccount(ports: SocialPorts, uri: string, page: boolean): Promise<Result<Account, ResolveFailure>> {
  const document = await ports.remote.fetchObject(uri, { page });
  if (!document.ok) return fail({ code: fetchCode(document.error.code), detail: document.error.code });
  const actor = parseActor(document.value.json);
  if (!actor.ok) return fail({ code: 'invalid', detail: actor.error.code });
  if (actor.value.uri !== document.value.uri) return fail({ code: 'spoofed', detail: 'id_mismatch' });
  return ingestActor(ports, actor.value);
}

/** Stores an actor whose document came from its own server (fetched, or signed by itself), after proving its handle. */
export async function ingestActor(ports: SocialPorts, actor: RemoteActor): Promise<Result<Account, ResolveFailure>> {
  if (parseLocalUri(ports.settings.baseUrl, actor.uri) !== null) return fail({ code: 'spoofed', detail: 'local_uri' });
  const handle = await proveHandle(ports, actor);
  if (!handle.ok) return handle;
  if (isBlocked(ports, handle.value.domain)) return fail({ code: 'blocked_domain' });
  const goesOn = await goesOnUnder(ports, actor, handle.value);
  return goesOn.ok ? ok(await ingestAccount(ports, actor, { ...handle.value, goesOn: goesOn.value })) : goesOn;
}

/**
 * Whether a new id under a known name is the same person on a server that was set up anew, so that followers, posts and all go on
 * under it. A name says it alone only when nobody stands at the former id any more: names are given away, and whoever gets one that
 * its owner has left (renamed, or deleted there) must not become them here.
 */
async function goesOnUnder(ports: SocialPorts, actor: RemoteActor, handle: ActorHandle): Promise<Result<boolean, ResolveFailure>> {
  const [holder] = await ports.store.accountsByHandles([handle]);
  if (holder === undefined || holder.deletedAt !== null || holder.uri === actor.uri) return ok(false);
  if ((await ports.store.accountsByUris([actor.uri])).length > 0) return ok(false);
  const former = await ports.remote.fetchObject(holder.uri);
  // A Tombstone, or another document with that very id, stands there as well.
  if (former.ok) return ok(former.value.uri !== holder.uri);
  const code = fetchCode(former.error.code);
  if (code !== 'unreachable') return ok(code !== 'gone');
  // The host of the new id has just answered: of that one it is a moment's trouble; another one may be gone for ever.
  return sameHost(holder.uri, actor.uri) ? fail({ code, detail: 'former_id' }) : ok(true);
}

/**
 * The handle that WebFinger confirms in both directions (federation: loop-back check): the one that the actor states
 * (FEP-2c59), else its name at the host of its id. A known actor that keeps its name is not asked about again; one that
 * changed it is renamed only when WebFinger agrees. A statement that another host does not confirm counts for nothing.
 */
async function proveHandle(ports: SocialPorts, actor: RemoteActor): Promise<Result<ActorHandle, ResolveFailure>> {
  const host = hostOf(actor.uri);
  if (host === null) return fail({ code: 'invalid', detail: 'host' });
  const stated = actor.webfingerHandle === null ? null : parseHandle(actor.webfingerHandle);
  const own = { username: actor.username, domain: host };
  const first = stated === null ? own : { username: stated.username, domain: stated.host };
  const [known] = await ports.store.accountsByUris([actor.uri]);
  const kept = known === undefined ? null : keptHandle(known, actor);
  if (kept !== null) return ok(kept);
  const proven = await confirmHandle(ports, actor.uri, first);
  if (proven.ok || isSameName(first, own) || proven.error.code === 'unreachable') return proven;
  return confirmHandle(ports, actor.uri, own);
}

/** The handle of a known actor that keeps its name, and states no other; null: it has to be proven. */
export function keptHandle({ username, domain }: Pick<Account, 'username' | 'domain'>, actor: RemoteActor): ActorHandle | null {
  if (domain === null || username !== actor.username) return null;
  const stated = actor.webfingerHandle === null ? null : parseHandle(actor.webfingerHandle);
  return stated === null || isSameName({ username: stated.username, domain: stated.host }, { username, domain }) ? { username, domain } : null;
}

const isSameName = (a: ActorHandle, b: ActorHandle): boolean => a.domain === b.domain && a.username.toLowerCase() === b.username.toLowerCase();

/** Asks the handle's host, and where its subject lies on another domain (LOCAL_DOMAIN / WEB_DOMAIN split) that one too. */
async function confirmHandle(ports: SocialPorts, actorUri: string, asked: ActorHandle): Promise<Result<ActorHandle, ResolveFailure>> {
  const answer = await ports.remote.webfinger(asked);
  if (!answer.ok) return fail({ code: fetchCode(answer.error.code), detail: `webfinger_${answer.error.code}` });
  if (answer.value.actorUri !== actorUri) return fail({ code: 'spoofed', detail: 'webfinger_mismatch' });
  const subject = parseHandle(answer.value.subject);
  if (subject === null) return fail({ code: 'invalid', detail: 'webfinger_subject' });
  if (subject.host === asked.domain) return ok({ username: subject.username, domain: subject.host });
  const back = await ports.remote.webfinger({ username: subject.username, domain: subject.host });
  if (!back.ok || back.value.actorUri !== actorUri) return fail({ code: 'spoofed', detail: 'webfinger_loop' });
  return ok({ username: subject.username, domain: subject.host });
}

/**
 * An account by handle: from here, else by WebFinger. Of one that was not looked at for long it is asked first whether the
 * handle is still that actor's: a server that was set up anew gives its people new ids.
 */
export async function resolveHandle(ports: SocialPorts, handle: Handle): Promise<Result<Account, ResolveFailure>> {
  const [known] = await ports.store.accountsByHandles([handle]);
  if (known !== undefined && known.deletedAt === null) {
    return handle.domain === null || !isStale(ports, known) ? ok(known) : resolveStale(ports, { username: handle.username, domain: handle.domain }, known);
  }
  if (handle.domain === null) return fail({ code: 'not_found' });
  if (isBlocked(ports, handle.domain)) return fail({ code: 'blocked_domain' });
  const found = await ports.remote.webfinger({ username: handle.username, domain: handle.domain });
  if (!found.ok) return fail({ code: fetchCode(found.error.code), detail: found.error.code });
  return resolveAccount(ports, found.value.actorUri);
}

async function resolveStale(ports: SocialPorts, handle: ActorHandle, known: Account): Promise<Result<Account, ResolveFailure>> {
  const found = isBlocked(ports, handle.domain) ? null : await ports.remote.webfinger(handle);
  const another = found?.ok === true && found.value.actorUri !== known.uri ? await resolveAccount(ports, found.value.actorUri) : null;
  return another?.ok === true ? another : resolveAccount(ports, known.uri);
}

/** Asking again later would bring the same. */
const NEVER_FETCHED: readonly string[] = ['bad_type', 'bad_json', 'too_large', 'bad_url', 'blocked_address', 'redirects'];

/** The adapter's many failure codes as the few that a use case decides by. */
export function fetchCode(code: string): ResolveFailure['code'] {
  if (code === 'gone' || code === 'not_found' || code === 'blocked_domain') return code;
  if (code === 'id_mismatch' || code === 'webfinger_mismatch') return 'spoofed';
  return NEVER_FETCHED.includes(code) ? 'invalid' : 'unreachable';
}
