/** What renderers need to know of the server. Plain settings: rendering reads no clock and no store. */
export interface RenderContext {
  /** `https://home.example`, no trailing slash. */
  readonly baseUrl: string;
  /** The host part of our handles; may carry a port in development. */
  readonly localDomain: string;
  /** `host:port` names that handles may carry; development only. */
  readonly portHosts?: ReadonlySet<string>;
}

/** ISO 8601, UTC, milliseconds. */
export const timestamp = (date: Date): string => date.toISOString();
export const timestampOrNull = (date: Date | null): string | null => (date === null ? null : date.toISOString());
/** The UTC day as `YYYY-MM-DD`. */
export const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
/** Midnight UTC of the day: the exact moment of a sign-up is nobody's business. */
export const midnightOf = (date: Date): string => `${dayOf(date)}T00:00:00.000Z`;

/** The address when it is http(s), else `null`: clients open what they are given. */
export const webUrl = (url: string | null): string | null => (url !== null && /^https?:\/\//i.test(url) ? url : null);

/** `name` here, `name@host` elsewhere. */
export const acctOf = (account: { readonly username: string; readonly domain: string | null }): string =>
  account.domain === null ? account.username : `${account.username}@${account.domain}`;
