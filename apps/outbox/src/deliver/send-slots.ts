export interface SlotLimits {
  /** Open requests to hosts that answer. */
  readonly total: number;
  /** Open requests that take long, or go to a host that failed lately. */
  readonly slow: number;
  /** A request that was not answered for so long gives its place to another and goes on in a slow one. */
  readonly slowAfterMs: number;
  readonly perHost: number;
  /** A delivery steps aside when none of its host's slots came free for so long. */
  readonly hostStuckMs: number;
  /** However the host gets on, it steps aside after this. */
  readonly hostWaitMs: number;
  readonly hostWaitersMax: number;
}

interface HostLane {
  taken: number;
  /** As the last one who asked found the host. */
  max: number;
  /** When a slot was last given back. */
  movedMs: number;
  readonly waiting: ((granted: boolean) => void)[];
}

interface Holder {
  readonly sinceMs: number;
  isSlow: boolean;
}

const LOOK_EVERY_MS = 250;

/**
 * How many requests are open, to one host and to all. A host that does not answer fills its own slots only: what waits
 * for one of them steps aside, so that no chunk stands still behind it. A host that is merely busy is waited for. Hosts
 * that failed lately are tried one request at a time, in slots of their own, and a request that takes long moves there:
 * however many hosts are dead, the others are not held up.
 */
export class SendSlots {
  private readonly lanes = new Map<string, HostLane>();
  private free: number;
  private freeSlow: number;
  private readonly queue: (() => void)[] = [];
  /** Who has one of the `total`, the oldest first. */
  private readonly holders = new Set<Holder>();
  private looking: NodeJS.Timeout | null = null;

  constructor(private readonly limits: SlotLimits) {
    this.free = limits.total;
    this.freeSlow = limits.slow;
  }

  /** A slot, to be given back by the returned function; null when the host is too busy. */
  async take(host: string, failedLately = false): Promise<(() => void) | null> {
    const lane = this.lanes.get(host) ?? { taken: 0, max: 0, movedMs: -Infinity, waiting: [] };
    this.lanes.set(host, lane);
    lane.max = failedLately ? 1 : this.limits.perHost;
    if (!(await this.enter(lane))) return null;
    const holder = await this.hold(failedLately);
    if (holder === null) this.leave(host, lane);
    return holder === null ? null : () => {
      this.leave(host, lane);
      this.giveBack(holder);
    };
  }

  /** Hosts all of whose slots are taken. */
  busyHosts(): string[] {
    return [...this.lanes].filter(([, lane]) => lane.taken >= lane.max).map(([host]) => host);
  }

  private async hold(isSlow: boolean): Promise<Holder | null> {
    if (isSlow) {
      if (this.freeSlow === 0) return null;
      this.freeSlow -= 1;
      return { sinceMs: 0, isSlow };
    }
    if (this.free > 0) this.free -= 1;
    else {
      const granted = new Promise<void>((resolve) => this.queue.push(resolve));
      this.moveSlow();
      await granted;
    }
    const holder = { sinceMs: performance.now(), isSlow };
    this.holders.add(holder);
    return holder;
  }

  private giveBack(holder: Holder): void {
    if (holder.isSlow) {
      this.freeSlow += 1;
      return;
    }
    this.holders.delete(holder);
    this.grantNext();
  }

  private grantNext(): void {
    const next = this.queue.shift();
    if (next === undefined) this.free += 1;
    else next();
  }

  /** While somebody waits, who has taken long goes on in a slow slot. */
  private moveSlow(): void {
    if (this.looking !== null) return;
    const beforeMs = performance.now() - this.limits.slowAfterMs;
    for (const holder of this.holders) {
      if (this.queue.length === 0 || this.freeSlow === 0 || holder.sinceMs > beforeMs) break;
      this.freeSlow -= 1;
      holder.isSlow = true;
      this.holders.delete(holder);
      this.grantNext();
    }
    if (this.queue.length === 0) return;
    this.looking = setTimeout(() => {
      this.looking = null;
      this.moveSlow();
    }, LOOK_EVERY_MS);
  }

  private enter(lane: HostLane): Promise<boolean> | boolean {
    if (lane.taken < lane.max) {
      lane.taken += 1;
      return true;
    }
    if (lane.waiting.length >= this.limits.hostWaitersMax) return false;
    return this.waitIn(lane);
  }

  private waitIn(lane: HostLane): Promise<boolean> {
    const { hostStuckMs, hostWaitMs } = this.limits;
    const sinceMs = performance.now();
    return new Promise((resolve) => {
      const decide = (granted: boolean): void => {
        clearTimeout(timer);
        resolve(granted);
      };
      const look = (): void => {
        const nowMs = performance.now();
        const stuckForMs = nowMs - Math.max(lane.movedMs, sinceMs);
        if (stuckForMs < hostStuckMs && nowMs - sinceMs < hostWaitMs) {
          timer = setTimeout(look, hostStuckMs);
          return;
        }
        lane.waiting.splice(lane.waiting.indexOf(decide), 1);
        resolve(false);
      };
      let timer = setTimeout(look, hostStuckMs);
      lane.waiting.push(decide);
    });
  }

  /** Whoever waits inherits the slot, unless the host has lost it since. */
  private leave(host: string, lane: HostLane): void {
    lane.movedMs = performance.now();
    const next = lane.taken > lane.max ? undefined : lane.waiting.shift();
    if (next !== undefined) return next(true);
    lane.taken -= 1;
    if (lane.taken === 0) this.lanes.delete(host);
  }
}
