import type { ChangeName } from '@trunkline/domain';
import type { ChangeLog, LogPosition } from '../ports/change-log.js';

/** Names remembered as changed, twice at most; what was loaded before the oldest of them is not believed. */
const NAMES_MAX = 50_000;

/**
 * What this process knows of changes. `sync` before a page, and everything that was answered before the page was asked
 * for is known; then `stands` tells whether something kept is still as it was loaded. Moments are counted by this
 * process alone: take `moment` before loading.
 */
export class Changes {
  moment = 1;
  /** What was loaded before is not believed. */
  private floor = 1;
  private recent = new Map<ChangeName, number>();
  private earlier = new Map<ChangeName, number>();
  /** When `recent` was begun. */
  private recentFrom = 1;
  private position: LogPosition | null = null;
  private running: Promise<unknown> = Promise.resolve();
  private next: Promise<boolean> | null = null;

  constructor(private readonly log: ChangeLog) {}

  /** False: changes cannot be told, so nothing kept may be believed. Those who ask at the same time share one look. */
  sync(): Promise<boolean> {
    // One that is under way may have passed what this caller has to see.
    this.next ??= this.running.then(() => {
      const look = this.look();
      this.running = look;
      this.next = null;
      return look;
    });
    return this.next;
  }

  /** Whether none of these changed since the moment before they were loaded. */
  stands(names: readonly ChangeName[], since: number): boolean {
    if (since < this.floor) return false;
    for (const name of names) {
      if ((this.recent.get(name) ?? 0) > since || (this.earlier.get(name) ?? 0) > since) return false;
    }
    return true;
  }

  /** Nothing that was loaded up to now is believed. */
  forget(): void {
    this.moment += 1;
    this.floor = this.moment;
    this.recent = new Map();
    this.earlier = new Map();
  }

  private async look(): Promise<boolean> {
    const told = await this.log.since(this.position);
    if (told === null) return false;
    this.position = told.position;
    if (told.names === null) this.forget();
    else if (told.names.length > 0) this.note(told.names);
    return true;
  }

  private note(names: readonly ChangeName[]): void {
    this.moment += 1;
    for (const name of names) this.recent.set(name, this.moment);
    if (this.recent.size < NAMES_MAX) return;
    this.floor = Math.max(this.floor, this.recentFrom);
    this.recentFrom = this.moment;
    this.earlier = this.recent;
    this.recent = new Map();
  }
}
