import { hashtagAt } from './hashtags.js';
import { urlAt } from './urls.js';

/** A piece of a status as typed. `text` of all tokens, joined, is the input. */
export type TextToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'url'; readonly text: string }
  /** `host` is null for `@name`; as typed otherwise, with a port only where the port is known. */
  | { readonly kind: 'mention'; readonly text: string; readonly username: string; readonly host: string | null }
  /** `name` without `#`, as typed. */
  | { readonly kind: 'hashtag'; readonly text: string; readonly name: string };

export interface ParseOptions {
  /** `host:port` names that a handle may carry; development and tests only. */
  readonly portHosts?: ReadonlySet<string>;
}

// Where a token may begin. A letter, digit or mark before it makes `a@b` or `a#b` plain text; `/` and `=` keep the
// insides of addresses whole. No `i` flag: under `iu` the Kelvin sign counts as `k`.
const CANDIDATE =
  /(?<![=/\p{L}\p{M}\p{Nd}\p{Pc}])@(?=[A-Za-z0-9_])|(?<![=/)\p{L}\p{M}\p{Nd}])[#＃]|(?<![A-Za-z0-9@＠$#＃\u202A-\u202E])[hH][tT][tT][pP][sS]?:\/\//gu;

/** Places where a token may begin; more than any text may have characters. What comes after stays plain text, and the whole is too long by far. */
const CANDIDATES_MAX = 2_000;

/**
 * Splits what a person typed into text, links, mentions and hashtags, as Mastodon reads it: only http(s) addresses
 * with their scheme are links. Linear in the length of the text.
 * @see Mastodon app/lib/text_formatter.rb, app/models/{account,tag}.rb (4.6)
 */
export function parseText(text: string, options: ParseOptions = {}): TextToken[] {
  const tokens: TextToken[] = [];
  let plainFrom = 0;
  const candidates = new RegExp(CANDIDATE);
  let left = CANDIDATES_MAX;
  for (let match = candidates.exec(text); match !== null && left > 0; match = candidates.exec(text)) {
    left -= 1;
    const token = tokenAt(text, match.index, options);
    if (token === null) continue;
    if (match.index > plainFrom) tokens.push({ kind: 'text', text: text.slice(plainFrom, match.index) });
    tokens.push(token);
    plainFrom = match.index + token.text.length;
    candidates.lastIndex = plainFrom;
  }
  if (plainFrom < text.length) tokens.push({ kind: 'text', text: text.slice(plainFrom) });
  return tokens;
}

function tokenAt(text: string, at: number, options: ParseOptions): TextToken | null {
  const first = text[at];
  if (first === '@') return mentionAt(text, at, options.portHosts);
  if (first === '#' || first === '＃') {
    const name = hashtagAt(text, at + 1);
    return name === null ? null : { kind: 'hashtag', text: text.slice(at, at + 1 + name.length), name };
  }
  const url = urlAt(text, at, options.portHosts);
  return url === null ? null : { kind: 'url', text: url };
}

function runAt(pattern: RegExp, text: string, at: number): string {
  const sticky = new RegExp(pattern.source, 'uy');
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? '';
}

function mentionAt(text: string, at: number, portHosts: ReadonlySet<string> | undefined): TextToken {
  const username = withoutTail(runAt(/[A-Za-z0-9_.-]+/, text, at + 1));
  const afterName = at + 1 + username.length;
  const bare: TextToken = { kind: 'mention', text: text.slice(at, afterName), username, host: null };
  if (text[afterName] !== '@') return bare;
  const host = withoutTail(runAt(/[\p{L}\p{M}\p{Nd}_][\p{L}\p{M}\p{Nd}_.-]*/u, text, afterName + 1));
  if (host === '') return bare;
  const port = runAt(/:\d{1,5}(?!\d)/, text, afterName + 1 + host.length);
  const withPort = port !== '' && portHosts?.has((host + port).toLowerCase()) === true ? host + port : host;
  return { kind: 'mention', text: `@${username}@${withPort}`, username, host: withPort };
}

function withoutTail(run: string): string {
  let end = run.length;
  while (end > 0 && (run[end - 1] === '.' || run[end - 1] === '-')) end -= 1;
  return run.slice(0, end);
}
