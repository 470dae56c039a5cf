const KEY_ID_CHARS_MAX = 2048;
/** How nearly every keyId begins; the group is its host. What looks otherwise is read as a URL. */
const PLAIN = /^https:\/\/((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})\/[^\s\\]*$/;

/**
 * Where to look for the key's owner: the keyId without its fragment. For `…#main-key` that is the actor; for
 * `/main-key` forms (GotoSocial, Takahe, Bridgy Fed) it is a key document, or a stub actor, that names its owner.
 */
export const keyOwnerUrl = (keyId: string): string => keyId.split('#', 1)[0] ?? keyId;

/**
 * Lower-case punycode host, with a port if it is not the scheme's own: for domain rules, before any fetch. null for a keyId that cannot be
 * fetched, which takes an http(s) URL without user name or password and without a trailing dot in its
 * host (the dot names the same machine and would slip past domain rules). `acct:` ids, which Mastodon still
 * takes from servers before 2018, are refused: they reach the key through whatever WebFinger says.
 */
export function keyHost(keyId: string): string | null {
  if (keyId.length > KEY_ID_CHARS_MAX) return null;
  const plain = keyId.includes('xn--') ? undefined : PLAIN.exec(keyId)?.[1];
  if (plain !== undefined) return plain;
  const url = /^https?:\/\//i.test(keyId) ? URL.parse(keyId) : null;
  const isTricky = url === null || url.username !== '' || url.password !== '' || /[\\\s]/.test(keyId) || url.hostname.endsWith('.');
  return isTricky ? null : url.host;
}
