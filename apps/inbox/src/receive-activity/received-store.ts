import { ActivityReceivedV1 } from '@trunkline/contracts';
import type { Snowflake } from '@trunkline/kernel';

/** A row on its way into the ledger. */
export interface ReceivedRow {
  readonly id: Snowflake;
  readonly activityId: string | null;
  readonly activityType: string;
  readonly actorUri: string;
  readonly signerHost: string;
  readonly body: string;
  readonly signatureHash: string;
  readonly trace: string | null;
}

export interface StoredRow {
  readonly id: Snowflake;
  readonly duplicate: boolean;
}

export interface Doorbell {
  readonly eventId: string;
  readonly subject: string;
  readonly payload: { readonly eventId: string; readonly inboundIds: readonly Snowflake[] };
}

export interface StorePorts {
  /** Commits all rows or none. */
  readonly accept: (rows: readonly ReceivedRow[]) => Promise<readonly StoredRow[]>;
  readonly newEventId: () => string;
  readonly ring: (bell: Doorbell) => Promise<void>;
  /** A bell that was not heard: the sweeper rings again for rows that wait too long. */
  readonly onUnheard: (error: unknown) => void;
}

/** Bells under way. With a broker that does not answer there would be more of them with every hundred. */
const RINGING_MAX = 64;
/**
 * Bells that are not full begin so far apart, the more the more often several come in that time: what is rung for at once is applied, published and put
 * into feeds at once, at a third of what it costs one by one. What comes alone waits for nobody.
 */
const BELLS_APART = { leastMs: 8, mostMs: 24 } as const;
/** Of one bell: see the contract. */
const BELL_IDS_MAX = 100;

/**
 * Commits a group of received rows, then rings for those that are new. The group's senders are answered at the
 * commit: whether the bell is heard is no business of theirs. While one bell rings, and for a moment after it began, what is committed gathers for the
 * next: when much comes, a bell for each commit would be a message for each handful of rows.
 */
export class ReceivedStore {
  private readonly ringing = new Set<Promise<void>>();
  private unrung: Snowflake[] = [];
  private rungMs = -Infinity;
  private apartMs: number;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly ports: StorePorts,
    private readonly apart: { readonly leastMs: number; readonly mostMs: number } = BELLS_APART,
  ) {
    this.apartMs = apart.leastMs;
  }

  async commit(rows: readonly ReceivedRow[]): Promise<readonly StoredRow[]> {
    const stored = await this.ports.accept(rows);
    for (const { id, duplicate } of stored) if (!duplicate) this.unrung.push(id);
    this.ringOn();
    return stored;
  }

  /** Resolves when all are rung for and no bell is ringing. */
  async quiet(): Promise<void> {
    this.rungMs = -Infinity;
    this.ringOn();
    while (this.ringing.size > 0) {
      await Promise.all(this.ringing);
      this.rungMs = -Infinity;
      this.ringOn();
    }
  }

  private ringOn(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const restMs = this.rungMs + this.apartMs - performance.now();
    while (this.unrung.length >= BELL_IDS_MAX || (this.unrung.length > 0 && this.ringing.size === 0 && restMs <= 0)) {
      const inboundIds = this.unrung.slice(0, BELL_IDS_MAX);
      this.unrung = this.unrung.slice(BELL_IDS_MAX);
      if (this.ringing.size >= RINGING_MAX) this.ports.onUnheard(new Error('too many bells are ringing'));
      else this.ring(inboundIds);
    }
    if (this.unrung.length > 0 && this.ringing.size === 0) this.timer = setTimeout(() => this.ringOn(), restMs);
  }

  private ring(inboundIds: readonly Snowflake[]): void {
    this.rungMs = performance.now();
    const { leastMs, mostMs } = this.apart;
    this.apartMs = inboundIds.length > 1 ? Math.min(this.apartMs * 2, mostMs) : Math.max(this.apartMs / 2, leastMs);
    const eventId = this.ports.newEventId();
    const bell = this.ports
      .ring({ eventId, subject: ActivityReceivedV1.subject, payload: { eventId, inboundIds } })
      .catch(this.ports.onUnheard)
      .finally(() => {
        this.ringing.delete(bell);
        this.ringOn();
      });
    this.ringing.add(bell);
  }
}
