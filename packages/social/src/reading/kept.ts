import type { ChangeName } from '@trunkline/domain';
import { KEPT_MS_MAX } from '../ports/change-log.js';
import type { Changes } from './changes.js';

/** What was used to put something together: it stands as long as all of that does. */
export class Trail {
  readonly names = new Set<ChangeName>();
  untilMs = Number.POSITIVE_INFINITY;
  /** Something was asked for that is not there: nothing will say when it comes. */
  hasGaps = false;

  add(names: readonly ChangeName[], untilMs: number): void {
    for (const name of names) this.names.add(name);
    this.untilMs = Math.min(this.untilMs, untilMs);
  }
}

interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
  readonly untilMs: number;
  /** The moment up to which it is known to stand. */
  stoodAt: number;
  /** When it was last put at the end of those that go first. */
  touchedMs: number;
  /** What it was made of, and the moment before it was loaded. */
  readonly names: readonly ChangeName[];
  readonly since: number;
}

/** How something was made that is to be kept. */
interface Made {
  readonly names: readonly ChangeName[];
  readonly since: number;
  readonly bytes: number;
  readonly forMs?: number;
  readonly untilMs?: number;
}

/** About what an entry costs beside its value. */
const ENTRY_BYTES = 400;
/** Who was used within so long counts as used lately: a page asks for 70 entries, and moving each costs more than finding it. */
const TOUCH_MS = 1_000;

/** What was loaded, by a key, until it changes: the least lately used, to a second, goes first when there is no room. */
export class Kept<V> {
  private readonly entries = new Map<string, Entry<V>>();
  private held = 0;

  constructor(
    private readonly bytesMax: number,
    private readonly changes: Changes,
    /** Milliseconds of a clock that never goes back. */
    private readonly nowMs: () => number,
  ) {}

  get bytes(): number {
    return this.held;
  }

  /** The value, if nothing it was made of changed as far as this process knows; noted in the trail of what it is used for. `leftMsMin`: not what has less time left. */
  get(key: string, trail?: Trail, leftMsMin = 0): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    const nowMs = this.nowMs();
    if (entry.untilMs < nowMs || (entry.stoodAt !== this.changes.moment && !this.changes.stands(entry.names, entry.since))) {
      this.drop(key);
      return undefined;
    }
    if (entry.untilMs < nowMs + leftMsMin) return undefined;
    entry.stoodAt = this.changes.moment;
    trail?.add(entry.names, entry.untilMs);
    if (nowMs - entry.touchedMs >= TOUCH_MS) {
      entry.touchedMs = nowMs;
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    return entry.value;
  }

  /** How long it will be believed yet, whatever changes. */
  leftMs(key: string): number {
    return (this.entries.get(key)?.untilMs ?? 0) - this.nowMs();
  }

  /** The value, even if it is outdated: to begin with, not to answer with. */
  peek(key: string): V | undefined {
    return this.entries.get(key)?.value;
  }

  /** `since`: the moment before it was loaded. */
  keep(key: string, value: V, made: Made, trail?: Trail): void {
    this.drop(key);
    const touchedMs = this.nowMs();
    const untilMs = Math.min(touchedMs + Math.min(made.forMs ?? KEPT_MS_MAX, KEPT_MS_MAX), made.untilMs ?? Number.POSITIVE_INFINITY);
    trail?.add(made.names, untilMs);
    const bytes = made.bytes + ENTRY_BYTES;
    if (bytes > this.bytesMax) return;
    this.entries.set(key, { value, bytes, untilMs, touchedMs, stoodAt: 0, names: made.names, since: made.since });
    this.held += bytes;
    for (const oldest of this.entries.keys()) {
      if (this.held <= this.bytesMax) return;
      this.drop(oldest);
    }
  }

  drop(key: string): void {
    this.held -= this.entries.get(key)?.bytes ?? 0;
    this.entries.delete(key);
  }
}
