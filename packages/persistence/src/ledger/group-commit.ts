import { unavailable } from '@trunkline/kernel';

export interface GroupCommitSettings<In> {
  /** Most items of one flush. */
  readonly groupMax?: number;
  /** What an item weighs, and how much those of one flush may weigh together: one that is heavier goes alone. */
  readonly weightOf?: (item: In) => number;
  readonly groupWeightMax?: number;
  /** How long a group that is not full waits for company after the last flush began. */
  readonly waitMs?: number;
  /** How long it waits while another flush is under way: what is slow shall not hold up everybody. */
  readonly patienceMs?: number;
  readonly flushesMax?: number;
  /** Items waiting beyond this are refused at once. */
  readonly queueMax?: number;
  /** Whether one item may be what a flush failed of: its group is then tried in halves, so that it fails alone. Default: never. */
  readonly isOfOne?: (error: unknown) => boolean;
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly sinceMs: number;
  readonly resolve: (value: Out) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns concurrent submissions into few statements. An idle committer flushes in the same turn of the event loop; while one is under way,
 * and for a moment after it began, the next group gathers, until it is full or has waited: groups grow with what a flush takes, so that a busy
 * store gets fewer and larger ones. Results come in the order of the items.
 */
export class GroupCommit<In, Out> {
  private readonly waiting: Waiting<In, Out>[] = [];
  private flushing = 0;
  private starting = false;
  private begunMs = -Infinity;
  private timer: NodeJS.Timeout | null = null;
  private readonly idleWaiters: (() => void)[] = [];
  private readonly settings: Required<GroupCommitSettings<In>>;

  /** `flush` answers one value an item, or rejects: then all its items are rejected with the same error. */
  constructor(
    private readonly flush: (items: readonly In[]) => Promise<readonly Out[]>,
    settings: GroupCommitSettings<In> = {},
  ) {
    this.settings = { groupMax: 50, weightOf: () => 0, groupWeightMax: Infinity, waitMs: 4, patienceMs: 20, flushesMax: 2, queueMax: 2_000, isOfOne: () => false, ...settings };
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
    const { flushesMax, groupMax, waitMs, patienceMs } = this.settings;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    while (this.flushing < flushesMax && this.waiting.length > 0) {
      const waitedMs = performance.now() - (this.waiting[0]?.sinceMs ?? 0);
      const mayWaitMs = this.flushing === 0 ? waitMs : Math.max(waitMs, patienceMs);
      const ready = this.isRested() || this.waiting.length >= groupMax || waitedMs >= mayWaitMs;
      if (!ready) {
        this.timer = setTimeout(() => this.start(), mayWaitMs - waitedMs);
        return;
      }
      this.begunMs = performance.now();
      void this.flushGroup(this.waiting.splice(0, this.groupSize()));
    }
  }

  /** At least one. */
  private groupSize(): number {
    const { groupMax, weightOf, groupWeightMax } = this.settings;
    let weight = 0;
    const most = Math.min(groupMax, this.waiting.length);
    for (let size = 0; size < most; size += 1) {
      const entry = this.waiting[size];
      weight += entry === undefined ? 0 : weightOf(entry.item);
      if (weight > groupWeightMax) return Math.max(1, size);
    }
    return most;
  }

  /** Nothing is under way, and nothing was begun just now. */
  private isRested(): boolean {
    return this.flushing === 0 && performance.now() - this.begunMs >= this.settings.waitMs;
  }

  private async flushGroup(group: Waiting<In, Out>[]): Promise<void> {
    this.flushing += 1;
    await this.answerAll(group);
    this.flushing -= 1;
    this.start();
    if (this.waiting.length === 0 && this.flushing === 0) this.idleWaiters.splice(0).forEach((resolve) => resolve());
  }

  /** Never rejects. */
  private async answerAll(group: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const results = await this.flush(group.map((entry) => entry.item));
      if (results.length !== group.length) throw new TypeError(`flush answered ${results.length} of ${group.length} items`);
      group.forEach((entry, index) => entry.resolve(results[index] as Out));
    } catch (error) {
      if (group.length > 1 && this.settings.isOfOne(error)) {
        const middle = group.length >> 1;
        await this.answerAll(group.slice(0, middle));
        return this.answerAll(group.slice(middle));
      }
      for (const entry of group) entry.reject(error);
    }
  }
}
