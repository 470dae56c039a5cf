import { unavailable } from '@trunkline/kernel';

export interface GroupCommitSettings {
  /** Most items of one flush. */
  readonly groupMax?: number;
  /** How long a group that is not full waits for company while another flush is under way, or was begun that lately. */
  readonly waitMs?: number;
  readonly flushesMax?: number;
  /** Items waiting beyond this are refused at once. */
  readonly queueMax?: number;
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly sinceMs: number;
  readonly resolve: (value: Out) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns concurrent submissions into few statements. An idle committer flushes in the same turn of the event loop; while one is under way,
 * and for a moment after it began, the next group gathers, until it is full or has waited. Results come in the order of the items.
 */
export class GroupCommit<In, Out> {
  private readonly waiting: Waiting<In, Out>[] = [];
  private flushing = 0;
  private starting = false;
  private begunMs = -Infinity;
  private timer: NodeJS.Timeout | null = null;
  private readonly idleWaiters: (() => void)[] = [];
  private readonly settings: Required<GroupCommitSettings>;

  /** `flush` answers one value an item, or rejects: then all its items are rejected with the same error. */
  constructor(
    private readonly flush: (items: readonly In[]) => Promise<readonly Out[]>,
    settings: GroupCommitSettings = {},
  ) {
    this.settings = { groupMax: 50, waitMs: 4, flushesMax: 2, queueMax: 2_000, ...settings };
  }

  /** Resolves once the item's group is flushed. @throws AppError 503 when too many wait already. */
  submit(item: In): Promise<Out> {
    if (this.waiting.length >= this.settings.queueMax) return Promise.reject(unavailable('group_commit_full', 2));
    return new Promise<Out>((resolve, reject) => {
      this.waiting.push({ item, sinceMs: performance.now(), resolve, reject });
      this.startSoon();
    });
  }

  /** Items not yet answered, those in flight left out. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Resolves when nothing waits and nothing is in flight. */
  async drained(): Promise<void> {
    if (this.waiting.length === 0 && this.flushing === 0) return;
    await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  /** Not before everything that came in the same turn of the event loop is here: it came in one read of the sockets. */
  private startSoon(): void {
    if (this.starting) return;
    this.starting = true;
    setImmediate(() => {
      this.starting = false;
      this.start();
    });
  }

  private start(): void {
    const { flushesMax, groupMax, waitMs } = this.settings;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    while (this.flushing < flushesMax && this.waiting.length > 0) {
      const waitedMs = performance.now() - (this.waiting[0]?.sinceMs ?? 0);
      const ready = this.isRested() || this.waiting.length >= groupMax || waitedMs >= waitMs;
      if (!ready) {
        this.timer = setTimeout(() => this.start(), waitMs - waitedMs);
        return;
      }
      this.begunMs = performance.now();
      void this.flushGroup(this.waiting.splice(0, groupMax));
    }
  }

  /** Nothing is under way, and nothing was begun just now. */
  private isRested(): boolean {
    return this.flushing === 0 && performance.now() - this.begunMs >= this.settings.waitMs;
  }

  private async flushGroup(group: Waiting<In, Out>[]): Promise<void> {
    this.flushing += 1;
    try {
      const results = await this.flush(group.map((entry) => entry.item));
      if (results.length !== group.length) throw new TypeError(`flush answered ${results.length} of ${group.length} items`);
      group.forEach((entry, index) => entry.resolve(results[index] as Out));
    } catch (error) {
      for (const entry of group) entry.reject(error);
    } finally {
      this.flushing -= 1;
      this.start();
      if (this.waiting.length === 0 && this.flushing === 0) this.idleWaiters.splice(0).forEach((resolve) => resolve());
    }
  }
}
