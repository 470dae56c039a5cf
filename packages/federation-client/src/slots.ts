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

export interface HostSlotSettings {
  readonly perHostMax: number;
  /** Of all hosts of one domain together. */
  readonly perDomainMax: number;
  readonly totalMax: number;
  readonly waitingPerHostMax: number;
  /** The part of a host that somebody had to buy: a wildcard record gives one person any number of hosts. */
  readonly domainOf: (host: string) => string;
}

/** Slots per host inside those of its domain, inside slots for all: who is slow fills their own queue, not the gate of everybody. */
export class HostSlots {
  private readonly hosts = new Map<string, Slots>();
  private readonly domains = new Map<string, Slots>();
  private readonly all: Slots;

  constructor(private readonly settings: HostSlotSettings) {
    this.all = new Slots(settings.totalMax, settings.waitingPerHostMax * 10);
  }

  /** As `Slots.take`, for one request to `host`. */
  async take(host: string, signal: AbortSignal): Promise<Release | typeof FULL> {
    const { perHostMax, perDomainMax, waitingPerHostMax, domainOf } = this.settings;
    const domain = domainOf(host);
    const gates = [
      slotsOf(this.hosts, host, () => new Slots(perHostMax, waitingPerHostMax)),
      slotsOf(this.domains, domain, () => new Slots(perDomainMax, waitingPerHostMax * 2)),
      this.all,
    ];
    const forget = (): void => {
      forgetIdle(this.hosts, host);
      forgetIdle(this.domains, domain);
    };
    try {
      const releases = await takeAll(gates, signal);
      return releases === FULL ? FULL : once(() => giveBack(releases, forget));
    } finally {
      forget();
    }
  }
}

/** One after the other; all that were had go back when one cannot be had. */
async function takeAll(gates: readonly Slots[], signal: AbortSignal): Promise<Release[] | typeof FULL> {
  const had: Release[] = [];
  let isDone = false;
  try {
    for (const gate of gates) {
      const release = await gate.take(signal);
      if (release === FULL) return FULL;
      had.push(release);
    }
    isDone = true;
    return had;
  } finally {
    if (!isDone) giveBack(had);
  }
}

function giveBack(releases: readonly Release[], then: () => void = () => undefined): void {
  for (const release of releases.toReversed()) release();
  then();
}

function once(work: () => void): Release {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

function slotsOf(map: Map<string, Slots>, name: string, make: () => Slots): Slots {
  const slots = map.get(name) ?? make();
  map.set(name, slots);
  return slots;
}

/** Hosts are named by strangers: none is remembered longer than it is used. */
function forgetIdle(map: Map<string, Slots>, name: string): void {
  if (map.get(name)?.idle === true) map.delete(name);
}
