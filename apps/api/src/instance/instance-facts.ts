import { domainVerdict, escapeHtml, type Account, type DomainRule, type PolicySnapshot, type User } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { InstanceFacts } from '@trunkline/mastodon-api';
import type { SocialReads } from '@trunkline/social';

/** What an operator set that strangers may know. */
export interface PublicSettings {
  readonly baseUrl: string;
  readonly vapid: { readonly publicKey: string } | null;
  readonly site: {
    readonly title: string;
    readonly description: string;
    readonly contactEmail: string | null;
    readonly defaultLocale: string;
    readonly sourceUrl: string | null;
  };
}

export interface InstanceFigures {
  readonly usage: Awaited<ReturnType<SocialReads['usage']>>;
  readonly contact: Account | null;
}

export interface InstancePorts {
  readonly store: Pick<SocialReads, 'usage' | 'accountsByIds'>;
  readonly users: {
    moderatorAccountIds(): Promise<AccountId[]>;
    byAccountIds(ids: readonly AccountId[]): Promise<Pick<User, 'accountId' | 'role'>[]>;
  };
}

/** The figures that ask the database: how many are here, and whom to turn to (the first owner). */
export async function loadFigures({ store, users }: InstancePorts): Promise<InstanceFigures> {
  const [usage, staffIds] = await Promise.all([store.usage(), users.moderatorAccountIds()]);
  const staff = staffIds.length === 0 ? [] : await users.byAccountIds(staffIds);
  const owners = new Set(staff.filter((user) => user.role === 'Owner').map((user) => user.accountId));
  const ownerId = staffIds.find((id) => owners.has(id));
  const [contact] = ownerId === undefined ? [] : await store.accountsByIds([ownerId]);
  return { usage, contact: contact ?? null };
}

export function instanceFacts(settings: PublicSettings, version: string, { usage, contact }: InstanceFigures): InstanceFacts {
  const { baseUrl, site } = settings;
  return {
    title: site.title,
    version,
    // Without an address of its own, the page about the server is where its source is named.
    sourceUrl: site.sourceUrl ?? `${baseUrl}/about`,
    description: site.description,
    contactEmail: site.contactEmail ?? '',
    contactAccount: contact,
    languages: [site.defaultLocale],
    thumbnailUrl: `${baseUrl}/headers/original/missing.png`,
    streamingUrl: baseUrl.replace(/^http/, 'ws'),
    vapidPublicKey: settings.vapid?.publicKey ?? '',
    activeMonth: usage.activeMonth,
    userCount: usage.users,
    statusCount: usage.localStatuses,
    domainCount: usage.knownDomains,
  };
}

/** The operator's text as HTML: a paragraph for each that a blank line ends. */
export const descriptionHtml = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p>${escapeHtml(paragraph.trim()).replaceAll('\n', '<br>')}</p>`)
    .join('');

/** Hosts this server talks to: those suspended are no peers. */
export const peersOf = (policy: PolicySnapshot, domains: readonly string[]): string[] =>
  domains.filter((domain) => !domainVerdict(policy, domain).suspended);

const SEVERITIES: readonly DomainRule['severity'][] = ['suspend', 'silence'];

/** The rules that keep somebody out or down, the hardest first, then by name. */
export const publicDomainRules = (policy: PolicySnapshot): DomainRule[] =>
  policy.domainRules
    .filter((rule) => rule.severity !== 'noop')
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.domain < b.domain ? -1 : 1));
