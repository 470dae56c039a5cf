/** A handle in two parts. `host` is lower case and punycode, with its port unless it is the default one. */
export interface Handle {
  readonly user: string;
  readonly host: string;
}

/** What servers use in user names, freely read: letters, digits and the punctuation that RFC 7565 leaves unencoded. */
const USER = /^[\p{L}\p{N}._~!$&'()*+,;=-]{1,256}$/u;

/** Reads `user@host[:port]`, `@user@host` and `acct:user@host`. `null` when it is no handle. */
export function parseHandle(text: string): Handle | null {
  if (text.length > 600) return null;
  const bare = text.trim().replace(/^acct:/i, '').replace(/^@/, '');
  const at = bare.lastIndexOf('@');
  const [user, domain] = [bare.slice(0, Math.max(at, 0)), bare.slice(at + 1)];
  if (!USER.test(user) || /[/?#\\\s%@]/.test(domain)) return null;

  const address = `https://${domain}/`;
  if (domain === '' || !URL.canParse(address)) return null;
  return { user, host: new URL(address).host };
}

export const handleText = (handle: Handle): string => `${handle.user}@${handle.host}`;

/** User names are compared without case, as every server does. */
export const isSameHandle = (a: Handle, b: Handle): boolean =>
  a.host === b.host && a.user.toLowerCase() === b.user.toLowerCase();
