import { formatStatus, hashtagsIn, mentionsIn, parseText, type Account, type MentionTarget } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { SocialPorts, SocialSettings } from '../ports/social-ports.js';

export interface WrittenText {
  readonly content: string;
  readonly mentions: { accountId: AccountId; silent: boolean }[];
  readonly tags: string[];
}

/** Hosts whose handles may carry a port: ourselves and peers in development. */
export const portHostsOf = (settings: SocialSettings): ReadonlySet<string> =>
  new Set([...settings.federationHttpHosts, settings.localDomain, settings.webDomain]);

/** Text → HTML, the people it names who are known here, and its tags. Unknown handles stay plain text. */
export async function composeText(
  ports: Pick<SocialPorts, 'store' | 'settings'>,
  author: Account,
  draft: { readonly text: string },
): Promise<WrittenText> {
  const { settings } = ports;
  const portHosts = portHostsOf(settings);
  const tokens = parseText(draft.text, { portHosts });
  const named = mentionsIn(tokens).map((mention) => ({ ...mention, domain: remoteDomain(settings, mention.host) }));
  const known = (await ports.store.accountsByHandles(named.map(({ username, domain }) => ({ username, domain })))).filter(
    (account) => account.deletedAt === null && account.suspendedAt === null,
  );
  const byHandle = new Map(known.map((account) => [handleKey(account), account]));
  const targets = new Map<string, MentionTarget>();
  for (const mention of named) {
    const account = byHandle.get(handleKey(mention));
    if (account !== undefined) targets.set(mention.key, account);
  }
  return {
    content: formatStatus(draft.text, { baseUrl: settings.baseUrl, mentions: targets, portHosts }),
    mentions: known.filter((account) => account.id !== author.id).map((account) => ({ accountId: account.id, silent: false })),
    tags: hashtagsIn(tokens),
  };
}

/** The domain under which a handle's account is stored: null for our own names, lower case ASCII for others. */
export function remoteDomain(settings: SocialSettings, host: string | null): string | null {
  if (host === null) return null;
  const normal = host.toLowerCase();
  return normal === settings.localDomain || normal === settings.webDomain ? null : normal;
}

const handleKey = (handle: { username: string; domain: string | null }): string =>
  `${handle.username.toLowerCase()}@${handle.domain ?? ''}`;
