import { hostOf, parseHandle, type RemoteNote } from '@trunkline/activitypub';
import { domainVerdict, type Account } from '@trunkline/domain';
import { resolveAccount, resolveHandle } from './resolve-account.js';
import { mentionsOf, peopleNamed } from './named-people.js';
import type { SocialPorts } from '../ports/social-ports.js';

/** Strangers looked up for one post: who names hundreds makes nobody ask hundreds of servers. */
const MET_MAX = 5;

/**
 * Looks up those whom a stored post names and who were not known when it came, by the address that stands there or else the
 * handle, and adds them to whom it mentions. What is found speaks for itself, at its own id; nobody here is notified, since
 * our own people are always known.
 * @returns how many were met
 */
export async function meetNamed(ports: SocialPorts, note: RemoteNote): Promise<number> {
  const people = await peopleNamed(ports, [note]);
  const strangers = note.mentions.filter(({ href }) => !people.has(href)).slice(0, MET_MAX);
  const met = new Map<string, Account>();
  for (const { href, name } of strangers) {
    const account = await meet(ports, href, name);
    if (account !== null) met.set(href, account);
  }
  const [status] = met.size === 0 ? [] : await ports.store.statusesByUris([note.uri]);
  if (status === undefined || status.deletedAt !== null) return 0;
  const [author] = await ports.store.accountsByIds([status.accountId]);
  if (author === undefined) return 0;
  await ports.store.transaction((tx) => tx.addMentions(status.id, mentionsOf(author, note, met)));
  return met.size;
}

async function meet(ports: SocialPorts, href: string, name: string | null): Promise<Account | null> {
  const host = hostOf(href);
  if ([hostOf(ports.settings.baseUrl), ports.settings.localDomain].includes(host)) return null;
  const byAddress = host === null ? null : await resolveAccount(ports, href, { address: true });
  if (byAddress?.ok === true) return byAddress.value;
  // A name counts beside an address of its own host alone: the two must not speak of different people.
  const handle = parseHandle(host === null ? href : (name ?? ''));
  if (handle === null || (host !== null && handle.host !== host) || handle.host === ports.settings.localDomain || handle.host === ports.settings.webDomain) return null;
  if (domainVerdict(ports.policy.current(), handle.host).suspended) return null;
  const byHandle = await resolveHandle(ports, { username: handle.username, domain: handle.host });
  return byHandle.ok ? byHandle.value : null;
}
