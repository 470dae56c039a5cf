import type { RateCounter } from '@trunkline/platform';
import { RegistrableDomains } from '@trunkline/social';

const KIB = 1_024;
const MIB = 1_024 * KIB;
/** What is kept in a day of a domain of which nobody here follows anybody: some fifty thousand activities, */
const STRANGE_BYTES = 128 * MIB;
/** of one that is followed, be it by one person: a busy group passes on all that is said in it, */
const KNOWN_BYTES = 2 * 1_024 * MIB;
/** and for each follow as much again. */
const BYTES_PER_FOLLOW = 8 * MIB;
const FOLLOWS_COUNTED_MAX = 1_000;

const DAY_SECONDS = 86_400;
const TELL_EVERY_MS = 10_000;
/** Less is not told yet. */
const TOLD_BYTES_MIN = 64 * KIB;
const DOMAINS_MAX = 20_000;

export interface KeptBytesPorts {
  /** Counts where all copies see it. */
  readonly rates: RateCounter;
  /** Follows of people here that go to accounts of the host's domain, as far as `max`. */
  readonly followsTo: (host: string, max: number) => Promise<number>;
  /** Relays bring what was said elsewhere, and the operator asked for it. */
  readonly isRelay: (host: string) => Promise<boolean>;
  readonly nowMs: () => number;
  readonly onFull: (domain: string, bytes: number) => void;
  readonly onFault: (error: unknown) => void;
}

interface Kept {
  host: string;
  /** Stored here since all copies were told. */
  untoldBytes: number;
  /** By all copies, when they were told last. */
  bytes: number;
  bytesMax: number;
  /** Who they are was asked: `bytesMax` is theirs. */
  isLookedUp: boolean;
  endsMs: number;
}

/**
 * How much of one registrable domain is kept in a day: what it sent stands in the ledger until its day is dropped, and what comes of it
 * (posts, their former versions, tags, tombstones) for longer. Counted by what is stored, so that nobody uses up what is
 * another's. The sum of all copies is known ten seconds late; nobody waits for it.
 */
export class KeptBytes {
  private readonly byDomain = new Map<string, Kept>();
  private readonly domains = new RegistrableDomains();
  private timer: NodeJS.Timeout | undefined;
  private telling: Promise<void> | null = null;

  constructor(private readonly ports: KeptBytesPorts) {}

  start(): void {
    this.timer ??= setInterval(() => void this.tell(), TELL_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.telling;
  }

  /** This sender's domain has stored as much today as it may. */
  isFullFor(host: string): boolean {
    const kept = this.byDomain.get(this.domains.of(host));
    return kept !== undefined && kept.endsMs > this.ports.nowMs() && kept.bytes + kept.untoldBytes >= kept.bytesMax;
  }

  /** So much was stored. */
  add(host: string, bytes: number): void {
    const domain = this.domains.of(host);
    const kept = this.byDomain.get(domain) ?? { host, untoldBytes: 0, bytes: 0, bytesMax: Infinity, isLookedUp: false, endsMs: Infinity };
    if (this.byDomain.size >= DOMAINS_MAX && !this.byDomain.has(domain)) this.byDomain.clear();
    this.byDomain.set(domain, kept);
    kept.host = host;
    kept.untoldBytes += bytes;
  }

  /** Tells all copies what this one stored, and hears what all did. */
  tell(): Promise<void> {
    return (this.telling ??= this.tellAll().finally(() => (this.telling = null)));
  }

  private async tellAll(): Promise<void> {
    for (const [domain, kept] of this.byDomain) {
      if (kept.untoldBytes < TOLD_BYTES_MIN) continue;
      try {
        await this.tellOf(domain, kept);
      } catch (error) {
        // What was not told stays to be told; until then this copy counts alone.
        this.ports.onFault(error);
        return;
      }
    }
  }

  private async tellOf(domain: string, kept: Kept): Promise<void> {
    const told = Math.floor(kept.untoldBytes / KIB);
    const { count, resetAtMs } = await this.ports.rates.hit(`kept-kib:${domain}`, 0, DAY_SECONDS, told);
    const wasFull = kept.bytes >= kept.bytesMax;
    // At once: what was told is not told again when nobody can be looked up.
    Object.assign(kept, { untoldBytes: kept.untoldBytes - told * KIB, bytes: count * KIB, endsMs: resetAtMs });
    // Below what anybody may, nobody has to be.
    if (kept.bytes < STRANGE_BYTES) return;
    // Of many hosts under one domain the one that is known best counts.
    kept.bytesMax = Math.max(kept.isLookedUp ? kept.bytesMax : 0, await this.bytesMaxOf(kept.host));
    kept.isLookedUp = true;
    if (!wasFull && kept.bytes >= kept.bytesMax) this.ports.onFull(domain, kept.bytesMax);
  }

  private async bytesMaxOf(host: string): Promise<number> {
    if (await this.ports.isRelay(host)) return Infinity;
    const follows = await this.ports.followsTo(host, FOLLOWS_COUNTED_MAX);
    return follows === 0 ? STRANGE_BYTES : KNOWN_BYTES + BYTES_PER_FOLLOW * follows;
  }
}
