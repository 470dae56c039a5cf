import type { SignatureScheme } from '@trunkline/http-signatures';

export interface KnownScheme {
  readonly host: string;
  readonly scheme: SignatureScheme;
  readonly expiresAt: Date;
}

/** What all copies learned; see persistence's store. */
export interface SchemeRows {
  /** What was learned since `since`, oldest first, and how far that goes. */
  learnedSince(since: Date, limit: number): Promise<{ readonly known: readonly KnownScheme[]; readonly until: Date }>;
  save(known: KnownScheme): Promise<void>;
}

export interface SchemeSettings {
  /** None: remembered in this process alone. */
  readonly rows?: SchemeRows;
  readonly onError?: (error: unknown) => void;
  readonly nowMs: () => number;
}

const HOSTS_MAX = 20_000;
const LEARNED_MAX = 5_000;
const KEEP_MS = 30 * 86_400_000;
const LOOK_EVERY_MS = 60_000;
/** A host that took neither is not asked twice each time. */
const NEITHER_MS = 600_000;

/**
 * Which signature scheme each host takes. Draft-cavage stands first, since everybody takes it but a few who take RFC 9421 alone;
 * who refused the one and took the other is remembered for a month, by all copies. Asks and tells the shared table beside the work:
 * what is not known yet costs one request more.
 */
export class SignatureSchemes {
  private readonly hosts = new Map<string, { readonly scheme: SignatureScheme; readonly untilMs: number; readonly isShared: boolean }>();
  private readonly neitherUntilMs = new Map<string, number>();
  private lookedMs = -Infinity;
  private since = new Date(0);

  constructor(private readonly settings: SchemeSettings) {}

  /** The one to try first. */
  first(host: string): SignatureScheme {
    this.lookNowAndThen();
    return this.known(host)?.scheme ?? 'cavage';
  }

  /**
   * Whether an answer may be about the scheme, so that the other one is worth a try at once. 401 says so; 400 (Mastodon) and
   * 403 say so too while nothing is known of the host; of one that took this scheme before they mean the activity.
   */
  mayTakeTheOther(host: string, status: number): boolean {
    if (status !== 401 && status !== 400 && status !== 403) return false;
    if (status !== 401 && this.known(host) !== null) return false;
    return (this.neitherUntilMs.get(host) ?? -Infinity) <= this.settings.nowMs();
  }

  /** The host accepted what was signed so. */
  took(host: string, scheme: SignatureScheme): void {
    const nowMs = this.settings.nowMs();
    const known = this.hosts.get(host);
    if (known?.scheme === scheme && known.untilMs - nowMs > KEEP_MS / 2) return;
    // What everybody takes needs no row, unless one says otherwise.
    const isShared = scheme === 'rfc9421' || known?.isShared === true;
    const untilMs = nowMs + KEEP_MS;
    this.keep(host, { scheme, untilMs, isShared });
    this.neitherUntilMs.delete(host);
    if (isShared) void this.settings.rows?.save({ host, scheme, expiresAt: new Date(untilMs) }).catch((error: unknown) => this.settings.onError?.(error));
  }

  /** It refused both. */
  tookNeither(host: string): void {
    this.neitherUntilMs.delete(host);
    dropOldest(this.neitherUntilMs);
    this.neitherUntilMs.set(host, this.settings.nowMs() + NEITHER_MS);
  }

  private known(host: string): { readonly scheme: SignatureScheme } | null {
    const known = this.hosts.get(host);
    return known === undefined || known.untilMs <= this.settings.nowMs() ? null : known;
  }

  private keep(host: string, known: { readonly scheme: SignatureScheme; readonly untilMs: number; readonly isShared: boolean }): void {
    this.hosts.delete(host);
    dropOldest(this.hosts);
    this.hosts.set(host, known);
  }

  private lookNowAndThen(): void {
    const nowMs = this.settings.nowMs();
    if (this.settings.rows === undefined || nowMs - this.lookedMs < LOOK_EVERY_MS) return;
    this.lookedMs = nowMs;
    void this.look(this.settings.rows).catch((error: unknown) => this.settings.onError?.(error));
  }

  private async look(rows: SchemeRows): Promise<void> {
    const { known, until } = await rows.learnedSince(this.since, LEARNED_MAX);
    this.since = until;
    for (const { host, scheme, expiresAt } of known) this.keep(host, { scheme, untilMs: expiresAt.getTime(), isShared: true });
  }
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (map.size >= HOSTS_MAX && oldest !== undefined) map.delete(oldest);
}
