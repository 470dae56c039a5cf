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

/** Bells under way. With a broker that does not answer there would be more of them with every group. */
const RINGING_MAX = 64;

/**
 * Commits a group of received rows, then rings once for those that are new. The group's senders are answered at the
 * commit: whether the bell is heard is no business of theirs.
 */
export class ReceivedStore {
  private readonly ringing = new Set<Promise<void>>();

  constructor(private readonly ports: StorePorts) {}

  async commit(rows: readonly ReceivedRow[]): Promise<readonly StoredRow[]> {
    const stored = await this.ports.accept(rows);
    const fresh = stored.filter((row) => !row.duplicate).map((row) => row.id);
    if (fresh.length > 0) this.ring(fresh);
    return stored;
  }

  /** Resolves when no bell is ringing. */
  async quiet(): Promise<void> {
    while (this.ringing.size > 0) await Promise.all(this.ringing);
  }

  private ring(inboundIds: readonly Snowflake[]): void {
    if (this.ringing.size >= RINGING_MAX) return this.ports.onUnheard(new Error('too many bells are ringing'));
    const eventId = this.ports.newEventId();
    const bell = this.ports
      .ring({ eventId, subject: ActivityReceivedV1.subject, payload: { eventId, inboundIds } })
      .catch(this.ports.onUnheard)
      .finally(() => this.ringing.delete(bell));
    this.ringing.add(bell);
  }
}
