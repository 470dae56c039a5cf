const URL_CHARS_MAX = 4096;
const HOST_CHARS_MAX = 260;

// An address ends before white space, quotes, brackets that no address holds, CJK punctuation and text direction marks.
const BODY = /[^\s<>"`{}|\\^\u0000-\u001F\u007F\u200B\u2028-\u202E\u2066-\u2069\u3000-\u3003\u3008-\u3011\uFEFF\uFF08\uFF09\uFF0C\uFF1A\uFF1B]+/uy;
const TRAILING = new Set([...'.,:;!?\'…。、！？']);
const CLOSING = new Map([
  [')', '('],
  [']', '['],
]);

/**
 * The http(s) address that begins at `at`, or `null`. The host must have a dot and a top level that is no number,
 * or be one of `portHosts`; closing punctuation is not part of it, a closing bracket only if it was opened within.
 */
export function urlAt(text: string, at: number, portHosts?: ReadonlySet<string>): string | null {
  const hostAt = text.indexOf('//', at) + 2;
  const authority = /^[^\s/?#]{1,260}/u.exec(text.slice(hostAt, hostAt + HOST_CHARS_MAX))?.[0] ?? '';
  if (authority === '') return null;
  const body = new RegExp(BODY);
  body.lastIndex = at;
  const run = body.exec(text.slice(0, at + URL_CHARS_MAX + 1))?.[0] ?? '';
  if (run.length > URL_CHARS_MAX) return null;
  const url = withoutTail(run);
  return hostIsGood(url, portHosts) ? url : null;
}

function withoutTail(run: string): string {
  // Brackets are counted once and kept up to date, so that a tail of many stays linear.
  const counts = new Map<string, number>();
  for (const char of run) counts.set(char, (counts.get(char) ?? 0) + 1);
  let end = run.length;
  for (; end > 0; end -= 1) {
    const last = run[end - 1] ?? '';
    const opening = CLOSING.get(last);
    const open = opening === undefined ? 0 : (counts.get(opening) ?? 0);
    const strayBracket = opening !== undefined && (counts.get(last) ?? 0) > open;
    if (!strayBracket && !TRAILING.has(last)) break;
    counts.set(last, (counts.get(last) ?? 1) - 1);
  }
  return run.slice(0, end);
}

function hostIsGood(url: string, portHosts: ReadonlySet<string> | undefined): boolean {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return false;
  }
  if (parsed.username !== '' || parsed.password !== '') return false;
  if (portHosts?.has(parsed.host) === true) return true;
  const labels = parsed.hostname.split('.');
  const top = labels.at(-1) ?? '';
  return labels.length > 1 && labels.every((label) => /^[a-z0-9_-]{1,63}$/.test(label)) && /^(xn--[a-z0-9-]+|[a-z]{2,63})$/.test(top);
}
