/** Labels under which countries register names: `example.co.uk`, `example.or.jp`. */
const SECOND_LEVEL = new Set(['ac', 'co', 'com', 'edu', 'go', 'gob', 'gouv', 'gov', 'gr', 'ltd', 'me', 'mil', 'ne', 'net', 'nom', 'or', 'org', 'plc', 'sch', 'web']);

/**
 * The part of a host that somebody had to buy, by which caps are counted: a wildcard record gives one person any
 * number of hosts. Near enough to the public suffix list without its 10,000 entries: an unknown suffix puts several
 * owners under one cap, never one owner under several. Of addresses those count as one that are given out together; loopback ones and
 * names without a dot, which are of no stranger, keep their port.
 */
export function registrableDomain(host: string): string {
  const bare = host.replace(/:\d+$/, '');
  const labels = bare.split('.');
  if (labels.length === 1 && !bare.startsWith('[')) return host;
  if (bare.startsWith('[')) return bare === '[::1]' ? host : networkOf(bare);
  if (/^[0-9.]+$/.test(bare)) return labels[0] === '127' ? host : bare;
  const [second = '', top = ''] = labels.slice(-2);
  const count = top.length === 2 && SECOND_LEVEL.has(second) ? 3 : 2;
  return labels.slice(-count).join('.');
}

/** An IPv6 address as URLs write it, by the /48 that a provider gives to one customer. */
function networkOf(literal: string): string {
  const [head = ''] = literal.slice(1).split('::', 1);
  const groups = head === '' ? [] : head.replace(/\]$/, '').split(':');
  return `[${[...groups, '0', '0', '0'].slice(0, 3).join(':')}::/48]`;
}

/** What is remembered of hosts; beyond it everything is found out again. */
const HOSTS_MAX = 10_000;

/** The same for a door at which the same hosts knock again and again. */
export class RegistrableDomains {
  private readonly known = new Map<string, string>();

  of(host: string): string {
    const known = this.known.get(host);
    if (known !== undefined) return known;
    const domain = registrableDomain(host);
    if (this.known.size >= HOSTS_MAX) this.known.clear();
    this.known.set(host, domain);
    return domain;
  }
}
