import { fail, ok, type Result } from '@trunkline/kernel';

const READ = 'accounts blocks bookmarks collections favourites filters follows lists mutes notifications search statuses'.split(' ');
const WRITE =
  'accounts blocks bookmarks collections conversations favourites filters follows lists media mutes notifications reports statuses'.split(' ');
const ADMIN = 'accounts reports domain_allows domain_blocks ip_blocks email_domain_blocks canonical_email_blocks'.split(' ');

const under = (parent: string, children: readonly string[]): string[] => [parent, ...children.map((child) => `${parent}:${child}`)];

/** Every scope there is. @see https://docs.joinmastodon.org/api/oauth-scopes/ */
export const ALL_SCOPES: readonly string[] = [
  ...under('read', READ),
  ...under('write', WRITE),
  'follow',
  'push',
  'profile',
  ...under('admin:read', ADMIN),
  ...under('admin:write', ADMIN),
];
const KNOWN = new Set(ALL_SCOPES);

export const DEFAULT_SCOPE = 'read';
const SCOPES_CHARS_MAX = 2048;

/** What the legacy scope `follow` stood for. */
const FOLLOW = new Set(['read:blocks', 'read:follows', 'read:mutes', 'write:blocks', 'write:follows', 'write:mutes']);

/** Whether one of the granted scopes includes the needed one. `read` covers `read:accounts`, never the reverse. */
export function covers(granted: readonly string[], needed: string): boolean {
  return granted.some((scope) => scope === needed || needed.startsWith(`${scope}:`) || (scope === 'follow' && FOLLOW.has(needed)));
}

/** Whether all of `wanted` lie within what the application asked for when it was registered. */
export const within = (wanted: readonly string[], registered: readonly string[]): boolean =>
  wanted.every((scope) => covers(registered, scope));

/** `"read write:statuses"` → its distinct scopes; blank means the default. Fails on names that do not exist. */
export function parseScopes(text: string | null | undefined): Result<string[], { code: 'unknown_scope' | 'too_long' }> {
  const given = (text ?? '').trim();
  if (given.length > SCOPES_CHARS_MAX) return fail({ code: 'too_long' });
  const scopes = [...new Set((given === '' ? DEFAULT_SCOPE : given).split(/[\s+]+/))];
  return scopes.every((scope) => KNOWN.has(scope)) ? ok(scopes) : fail({ code: 'unknown_scope' });
}
