import type { DomainRule, PolicySnapshot } from './model.js';

/** What the rules say about one server. */
export interface DomainVerdict {
  /** Nothing comes in, goes out, is fetched or shown. */
  readonly suspended: boolean;
  /** Shown only to those who follow the account. */
  readonly silenced: boolean;
  readonly rejectMedia: boolean;
  readonly rejectReports: boolean;
}

const OPEN: DomainVerdict = Object.freeze({ suspended: false, silenced: false, rejectMedia: false, rejectReports: false });
const CLOSED: DomainVerdict = Object.freeze({ suspended: true, silenced: true, rejectMedia: true, rejectReports: true });
const HOST_CHARS_MAX = 255;

/**
 * A host as rules, handles and tables write it: lower case, punycode, no trailing dot, the port kept unless it is
 * the scheme's default. `null` for text that is no host.
 */
export function normaliseHost(text: string): string | null {
  const host = text.trim().replace(/\.$/, '');
  if (host === '' || host.length > HOST_CHARS_MAX || /[\s/?#@\\%]/u.test(host)) return null;
  try {
    // https drops :443. The URL parser does IDNA and canonical IP addresses.
    const url = new URL(`https://${host}/`);
    return url.host.replace(/\.(?=$|:)/, '') || null;
  } catch {
    return null;
  }
}

interface CompiledPolicy {
  readonly rules: ReadonlyMap<string, DomainRule>;
  readonly allowed: ReadonlySet<string>;
  /** Answers given: the same few hosts are asked about all day. */
  readonly verdicts: Map<string, DomainVerdict>;
}

/** Strangers name hosts: beyond this the memory starts anew. */
const VERDICTS_MAX = 20_000;

// Snapshots are immutable: the index of one is worked out once and goes with it.
const compiled = new WeakMap<PolicySnapshot, CompiledPolicy>();

function compile(snapshot: PolicySnapshot): CompiledPolicy {
  const known = compiled.get(snapshot);
  if (known !== undefined) return known;
  const fresh = {
    rules: new Map(snapshot.domainRules.map((rule) => [normaliseHost(rule.domain) ?? rule.domain, rule])),
    allowed: new Set(snapshot.allowedDomains.map((domain) => normaliseHost(domain) ?? domain)),
    verdicts: new Map<string, DomainVerdict>(),
  };
  compiled.set(snapshot, fresh);
  return fresh;
}

/**
 * The verdict on a host (`null`: this server, always open). The most specific rule wins: `a.b.example` before
 * `b.example` before `example`, so that `noop` on a subdomain exempts it. A rule without port covers every port. In
 * limited federation mode only hosts on the allow-list, exactly, are open. Text that is no host is closed.
 * @see Mastodon app/models/domain_block.rb `rule_for`, domain_allow.rb `rule_for` (exact match)
 */
export function domainVerdict(snapshot: PolicySnapshot, host: string | null): DomainVerdict {
  if (host === null) return OPEN;
  const policy = compile(snapshot);
  const known = policy.verdicts.get(host);
  if (known !== undefined) return known;
  if (policy.verdicts.size >= VERDICTS_MAX) policy.verdicts.clear();
  const verdict = judge(snapshot, policy, host);
  if (host.length <= HOST_CHARS_MAX) policy.verdicts.set(host, verdict);
  return verdict;
}

function judge(snapshot: PolicySnapshot, { rules, allowed }: CompiledPolicy, host: string): DomainVerdict {
  const normal = normaliseHost(host);
  if (normal === null) return CLOSED;
  if (snapshot.limitedFederation && !allowed.has(normal)) return CLOSED;
  for (const name of namesFromSpecific(normal)) {
    const rule = rules.get(name);
    if (rule !== undefined) return verdictOf(rule);
  }
  return OPEN;
}

/** `a.b:81` → a.b:81, a.b, b:81, b. */
function* namesFromSpecific(host: string): Generator<string> {
  const port = /:\d+$/.exec(host)?.[0] ?? '';
  const bare = port === '' ? host : host.slice(0, -port.length);
  const labels = bare.startsWith('[') ? [bare] : bare.split('.');
  for (let from = 0; from < labels.length; from += 1) {
    const name = labels.slice(from).join('.');
    if (port !== '') yield name + port;
    yield name;
  }
}

function verdictOf(rule: DomainRule): DomainVerdict {
  if (rule.severity === 'suspend') return CLOSED;
  return {
    suspended: false,
    silenced: rule.severity === 'silence',
    rejectMedia: rule.rejectMedia,
    rejectReports: rule.rejectReports,
  };
}
