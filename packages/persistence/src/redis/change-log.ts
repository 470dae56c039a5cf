import { randomBytes } from 'node:crypto';
import type { ChangeName } from '@trunkline/domain';
import type { ChangeLog, LogPosition, ToldChanges } from '@trunkline/social';
import type { Redis } from './connect-redis.js';

/** Names that the log holds: whoever has read less of them believes nothing that they kept. */
const NAMES_HELD = 10_000;
const NAMES_PER_CALL = 1_000;
/** Beyond it a new epoch says the same. */
const NAMES_MAX = 5_000;
/** A Redis that does not answer must hold up neither reads nor writes. */
const PATIENCE_MS = 250;
/** After a failure nobody asks for so long. */
const AWAY_MS = 1_000;

/**
 * The log of changes in Redis. What could not be told is made good: this process tries until a new epoch is set,
 * which makes all copies load everything anew.
 */
export class RedisChangeLog implements ChangeLog {
  /** One hash tag: a script call stays in one slot. */
  private readonly keys: string[];
  private awayUntilMs = 0;
  private repair: NodeJS.Timeout | null = null;
  private closed = false;
  private readonly own = randomBytes(6).toString('base64url');
  private epochs = 0;

  constructor(private readonly redis: Redis) {
    this.keys = [`${redis.prefix}{changes}:head`, `${redis.prefix}{changes}:log`];
  }

  async since(position: LogPosition | null): Promise<ToldChanges | null> {
    if (performance.now() < this.awayUntilMs) return null;
    try {
      const args = [this.newEpoch(), position?.epoch ?? '', String(position?.count ?? 0)];
      const reply = await inTime(this.redis.run((client) => client.changesSince(this.keys, args)));
      const [epoch, count, names] = reply as [string, number, ChangeName[] | undefined];
      return { position: { epoch, count }, names: names ?? null };
    } catch {
      this.awayUntilMs = performance.now() + AWAY_MS;
      return null;
    }
  }

  /** Says that these were written. Never throws. */
  async tell(names: readonly ChangeName[]): Promise<void> {
    try {
      if (names.length > NAMES_MAX) return await this.renew();
      for (let from = 0; from < names.length; from += NAMES_PER_CALL) {
        const args = [this.newEpoch(), String(NAMES_HELD), ...names.slice(from, from + NAMES_PER_CALL)];
        await inTime(this.redis.run((client) => client.changesTell(this.keys, args)));
      }
    } catch {
      this.makeGood();
    }
  }

  close(): void {
    this.closed = true;
    if (this.repair !== null) clearTimeout(this.repair);
    this.repair = null;
  }

  private async renew(): Promise<void> {
    await inTime(this.redis.run((client) => client.changesRenew(this.keys, [this.newEpoch()])));
  }

  /** Never given before, by no process. */
  private newEpoch(): string {
    this.epochs += 1;
    return `${this.own}${this.epochs.toString(36)}`;
  }

  private makeGood(): void {
    if (this.repair !== null || this.closed) return;
    this.repair = setTimeout(() => {
      this.repair = null;
      this.renew().catch(() => this.makeGood());
    }, AWAY_MS);
    this.repair.unref();
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('redis does not answer')), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
