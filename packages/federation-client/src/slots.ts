/** Returned instead of a slot when too many wait already. */
export const FULL = 'full';
type Release = () => void;

interface Waiter {
  readonly grant: () => void;
}

/** A counted gate with a bounded queue, first come first served. */
export class Slots {
  private taken = 0;
  private readonly waiting: Waiter[] = [];

  constructor(
    private readonly max: number,
    private readonly waitingMax: number,
  ) {}

  get idle(): boolean {
    return this.taken === 0 && this.waiting.length === 0;
  }

  /** A slot, to be given back by the returned function; `FULL` at once when the queue is full. @throws the signal's reason */
  async take(signal: AbortSignal): Promise<Release | typeof FULL> {
    signal.throwIfAborted();
    if (this.taken < this.max) this.taken += 1;
    else if (this.waiting.length >= this.waitingMax) return FULL;
    else await this.wait(signal);

    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.giveBack();
    };
  }

  private wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        grant: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(waiter);
    });
  }

  /** A waiter inherits the slot, so the count never dips and nobody overtakes. */
  private giveBack(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.taken -= 1;
    else next.grant();
  }
}

/** Slots per host inside slots for all: one slow host fills its own queue, not the gate of everybody. */
export class HostSlots {
  private readonly hosts = new Map<string, Slots>();
  private readonly all: Slots;

  constructor(
    private readonly perHostMax: number,
    totalMax: number,
    private readonly waitingPerHostMax: number,
  ) {
    this.all = new Slots(totalMax, waitingPerHostMax * 10);
  }

  /** As `Slots.take`, for one request to `host`. */
  async take(host: string, signal: AbortSignal): Promise<Release | typeof FULL> {
    const own = this.hosts.get(host) ?? new Slots(this.perHostMax, this.waitingPerHostMax);
    this.hosts.set(host, own);
    try {
      const releaseOwn = await own.take(signal);
      if (releaseOwn === FULL) return FULL;
      const releaseAll = await this.takeFromAll(releaseOwn, signal);
      if (releaseAll === FULL) return FULL;
      return () => {
        releaseAll();
        releaseOwn();
        this.forgetIdle(host, own);
      };
    } finally {
      this.forgetIdle(host, own);
    }
  }

  private async takeFromAll(releaseOwn: Release, signal: AbortSignal): Promise<Release | typeof FULL> {
    let taken: Release | typeof FULL = FULL;
    try {
      taken = await this.all.take(signal);
      return taken;
    } finally {
      if (taken === FULL) releaseOwn();
    }
  }

  /** Hosts are named by strangers: none is remembered longer than it is used. */
  private forgetIdle(host: string, own: Slots): void {
    if (own.idle && this.hosts.get(host) === own) this.hosts.delete(host);
  }
}
