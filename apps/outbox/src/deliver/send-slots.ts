export interface SlotLimits {
  readonly total: number;
  readonly perHost: number;
  /** A delivery steps aside when none of its host's slots came free for so long. */
  readonly hostStuckMs: number;
  /** However the host gets on, it steps aside after this. */
  readonly hostWaitMs: number;
  readonly hostWaitersMax: number;
}

interface HostLane {
  taken: number;
  /** When a slot was last given back. */
  movedMs: number;
  readonly waiting: ((granted: boolean) => void)[];
}

/**
 * How many requests are open, to one host and to all. A host that does not answer fills its own slots only: what waits
 * for one of them steps aside, so that no chunk stands still behind it. A host that is merely busy is waited for.
 */
export class SendSlots {
  private readonly lanes = new Map<string, HostLane>();
  private free: number;
  private readonly queue: (() => void)[] = [];

  constructor(private readonly limits: SlotLimits) {
    this.free = limits.total;
  }

  /** A slot, to be given back by the returned function; null when the host is too busy. */
  async take(host: string): Promise<(() => void) | null> {
    const lane = this.lanes.get(host) ?? { taken: 0, movedMs: -Infinity, waiting: [] };
    this.lanes.set(host, lane);
    if (!(await this.enter(lane))) return null;
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.queue.push(resolve));
    return () => {
      this.leave(host, lane);
      const next = this.queue.shift();
      if (next === undefined) this.free += 1;
      else next();
    };
  }

  /** Hosts all of whose slots are taken. */
  busyHosts(): string[] {
    return [...this.lanes].filter(([, lane]) => lane.taken >= this.limits.perHost).map(([host]) => host);
  }

  private enter(lane: HostLane): Promise<boolean> | boolean {
    if (lane.taken < this.limits.perHost) {
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

  /** Whoever waits inherits the slot. */
  private leave(host: string, lane: HostLane): void {
    lane.movedMs = performance.now();
    const next = lane.waiting.shift();
    if (next !== undefined) return next(true);
    lane.taken -= 1;
    if (lane.taken === 0) this.lanes.delete(host);
  }
}
