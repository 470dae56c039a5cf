import { mentionsIn, parseText, type Account, type MentionTarget, type User } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { renderAccount, type AccountExtras, type AccountJson } from '@trunkline/mastodon-api';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialReads } from '../ports/social-store.js';
import { portHostsOf, remoteDomain } from '../statuses/compose-text.js';
import { isDomainSuspended, isSilenced } from '../statuses/viewer.js';
import { renderContextOf } from './render-context.js';

/** What rendering accounts asks for, in batches. */
export interface AccountPresenting extends Pick<SocialPorts, 'policy' | 'settings'> {
  readonly store: SocialReads;
  /** null: a process that may not read people; staff then has no badge. */
  readonly users: { byAccountIds(ids: readonly AccountId[]): Promise<Pick<User, 'accountId' | 'role'>[]> } | null;
}

/** Handles looked up for the bios of one answer. */
const HANDLES_MAX = 200;

/** Accounts as JSON, in the order given. */
export async function presentAccounts(ports: AccountPresenting, accounts: readonly Account[]): Promise<AccountJson[]> {
  const extrasOf = await loadAccountExtras(ports, accounts);
  const ctx = renderContextOf(ports.settings);
  return accounts.map((account) => renderAccount(account, ctx, extrasOf(account)));
}

/**
 * What surrounds many accounts, in one load: roles of local ones, people mentioned in local bios, where accounts moved
 * to, and what moderation says of their servers.
 */
export async function loadAccountExtras(ports: AccountPresenting, accounts: readonly Account[]): Promise<(account: Account) => AccountExtras> {
  const local = accounts.filter((account) => account.domain === null);
  const movedUris = accounts.flatMap((account) => account.movedToUri ?? []);
  const [users, moved, mentions] = await Promise.all([
    local.length === 0 || ports.users === null ? [] : ports.users.byAccountIds([...new Set(local.map((account) => account.id))]),
    movedUris.length === 0 ? [] : ports.store.accountsByUris([...new Set(movedUris)]),
    mentionsInBios(ports, local),
  ]);
  const roles = new Map(users.map((user) => [user.accountId, user.role]));
  const movedTo = new Map(moved.map((account) => [account.uri, account]));
  const policy = ports.policy.current();
  return (account) => {
    const role = roles.get(account.id);
    return {
      ...(role === undefined ? {} : { role }),
      movedTo: account.movedToUri === null ? null : (movedTo.get(account.movedToUri) ?? null),
      mentions,
      limited: isSilenced(policy, account),
      suspended: isDomainSuspended(policy, account),
    };
  };
}

async function mentionsInBios(
  { store, settings }: AccountPresenting,
  accounts: readonly Account[],
): Promise<ReadonlyMap<string, MentionTarget>> {
  const portHosts = portHostsOf(settings);
  const texts = accounts.flatMap((account) => [account.note, ...account.fields.map((field) => field.value)]);
  const named = texts
    .filter((text) => text.includes('@'))
    .flatMap((text) => mentionsIn(parseText(text, { portHosts })))
    .slice(0, HANDLES_MAX)
    .map((mention) => ({ ...mention, domain: remoteDomain(settings, mention.host) }));
  if (named.length === 0) return new Map();
  const keyOf = (handle: { username: string; domain: string | null }): string => `${handle.username.toLowerCase()}@${handle.domain ?? ''}`;
  const found = await store.accountsByHandles(named.map(({ username, domain }) => ({ username, domain })));
  const byHandle = new Map(found.filter((account) => account.deletedAt === null).map((account) => [keyOf(account), account]));
  return new Map(
    named.flatMap((mention) => {
      const target = byHandle.get(keyOf(mention));
      return target === undefined ? [] : [[mention.key, target] as const];
    }),
  );
}
