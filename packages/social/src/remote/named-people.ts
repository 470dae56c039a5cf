import { hostOf, parseHandle, parseLocalPage, PUBLIC_URI, sameSite, type RemoteNote } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { Handle } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';

/** People by what a note calls them: their id, a page of theirs, or a handle. */
export type NamedPeople = ReadonlyMap<string, Account>;

type Named = Pick<RemoteNote, 'mentions' | 'to' | 'cc'>;
type NamingPorts = Pick<SocialPorts, 'store' | 'settings'>;

export const peopleByUri = (accounts: readonly Account[]): NamedPeople => new Map(accounts.map((account) => [account.uri, account]));

/** Whom a note may name: to be loaded before it is read. */
export const namedUris = (note: Named): string[] => [
  ...new Set([...note.mentions.map((mention) => mention.href), ...note.to, ...note.cc].filter((uri) => uri !== PUBLIC_URI)),
];

/**
 * Everybody known here whom the notes name. Ids come first; what is none is looked for among our own pages, the pages that
 * actors themselves name, and handles, all of which have been proven.
 * @param byUri those whose ids were looked up already: `namedUris` of all the notes; absent: they are looked up
 */
export async function peopleNamed(ports: NamingPorts, notes: readonly Named[], byUri?: NamedPeople): Promise<NamedPeople> {
  const known = byUri ?? peopleByUri(await ports.store.accountsByUris([...new Set(notes.flatMap(namedUris))]));
  const calls = new Set(notes.flatMap((note) => (note.mentions.some(({ href }) => !known.has(href)) ? namedUris(note) : namedUris(note).filter((uri) => isOwnPage(ports, uri)))));
  const asked = [...calls].filter((call) => !known.has(call));
  if (asked.length === 0) return known;
  const mentioned = new Set(notes.flatMap((note) => note.mentions.map(({ href }) => href)));
  const [byHandle, byPage] = await Promise.all([
    knownByHandle(ports, asked),
    knownByPage(ports, asked.filter((call) => mentioned.has(call) && hostOf(call) !== null && !isOurs(ports, call))),
  ]);
  return byHandle.size + byPage.size === 0 ? known : new Map([...known, ...byPage, ...byHandle]);
}

/** The handles at which our own people are named, by what names them: `/@name` pages, `acct:` and whole handles. */
export function localHandles({ settings }: Pick<SocialPorts, 'settings'>, uris: readonly string[]): Map<string, Handle> {
  return new Map([...handlesIn({ settings }, uris)].filter(([, { domain }]) => domain === null));
}

const isOwnPage = ({ settings }: Pick<SocialPorts, 'settings'>, uri: string): boolean => pageName(settings, uri) !== null;

const isOurs = ({ settings }: Pick<SocialPorts, 'settings'>, uri: string): boolean => [hostOf(settings.baseUrl), settings.localDomain].includes(hostOf(uri));

/** Handles are at LOCAL_DOMAIN, pages at WEB_DOMAIN; the former leads to the latter. */
function pageName({ baseUrl, localDomain }: SocialPorts['settings'], uri: string): string | null {
  if (!uri.includes('/@')) return null;
  const scheme = new URL(baseUrl).protocol;
  return parseLocalPage(baseUrl, uri) ?? parseLocalPage(`${scheme}//${localDomain}`, uri);
}

function handlesIn({ settings }: Pick<SocialPorts, 'settings'>, uris: readonly string[]): Map<string, Handle> {
  const found = new Map<string, Handle>();
  for (const uri of uris) {
    const name = pageName(settings, uri);
    const handle = uri.startsWith('acct:') ? parseHandle(uri) : null;
    if (name !== null) found.set(uri, { username: name, domain: null });
    if (handle !== null) found.set(uri, { username: handle.username, domain: [settings.localDomain, settings.webDomain].includes(handle.host) ? null : handle.host });
  }
  return found;
}

async function knownByHandle(ports: NamingPorts, calls: readonly string[]): Promise<Map<string, Account>> {
  const handles = handlesIn(ports, calls);
  if (handles.size === 0) return new Map();
  const accounts = await ports.store.accountsByHandles([...handles.values()]);
  const byName = new Map(accounts.map((account) => [nameKey(account), account]));
  return new Map([...handles].flatMap(([call, handle]) => {
    const account = byName.get(nameKey(handle));
    return account === undefined || account.deletedAt !== null ? [] : [[call, account] as const];
  }));
}

const nameKey = ({ username, domain }: Handle): string => `${username.toLowerCase()}@${domain ?? ''}`;

/** A page is that of the one actor that names it as its own, on its own site: nobody is named by what others claim. */
async function knownByPage({ store }: NamingPorts, pages: readonly string[]): Promise<Map<string, Account>> {
  const found = new Map<string, Account | null>();
  for (const account of await store.accountsByPages(pages)) {
    if (account.deletedAt === null && sameSite(account.url, account.uri)) found.set(account.url, found.has(account.url) ? null : account);
  }
  return new Map([...found].flatMap(([page, account]) => (account === null ? [] : [[page, account] as const])));
}

/**
 * People named in tags who are also addressed, and silent ones: addressed, not named. Only accounts known here:
 * others cannot read it from us.
 */
export function mentionsOf(author: Account, note: Named, people: NamedPeople): { accountId: AccountId; silent: boolean }[] {
  const addressed = new Set([...note.to, ...note.cc]);
  const named = new Set<AccountId>();
  for (const { href } of note.mentions) {
    const account = people.get(href);
    if (account !== undefined && (addressed.has(account.uri) || addressed.has(href))) named.add(account.id);
  }
  const all = namedUris(note)
    .flatMap((uri) => people.get(uri) ?? [])
    .filter((account) => account.id !== author.id && account.deletedAt === null);
  return [...new Set(all.map(({ id }) => id))].map((accountId) => ({ accountId, silent: !named.has(accountId) }));
}
