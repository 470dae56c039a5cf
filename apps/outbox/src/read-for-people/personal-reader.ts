import type { PersonalAnswer, PersonalReading, PersonalReadingStore } from '@trunkline/persistence';

export interface PersonalReaderPorts {
  readonly readings: Pick<PersonalReadingStore, 'claim' | 'answer'>;
  readonly read: (reading: PersonalReading) => Promise<PersonalAnswer>;
  readonly onError: (reading: PersonalReading | null, error: unknown) => void;
}

/** Readings under way in one process, and those of one registrable domain: who is slow holds up their own. */
const AT_ONCE = 32;
const AT_ONCE_PER_DOMAIN = 2;
const POLL_MS = 1_000;
/** Longer than two readers, each led to another address on the host, can take. */
const LEASE_SECONDS = 150;
/** One that ends the process again and again. */
const ATTEMPTS_MAX = 3;

/** Reads what is asked for in the names of people here, a little at a time, until stopped. Copies share the work. */
export class PersonalReader {
  private readonly underWay = new Map<Promise<void>, string>();
  private isEnding = false;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private isCalled = false;

  constructor(private readonly ports: PersonalReaderPorts) {}

  start(): void {
    this.timer ??= setInterval(() => this.wake(), POLL_MS);
  }

  /** Look now: something was asked for. */
  wake(): void {
    this.isCalled = true;
    this.looking ??= this.look().finally(() => (this.looking = null));
  }

  /** Begins nothing more. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.isEnding = true;
    await this.looking;
  }

  /** Resolves when nothing is under way. */
  async finished(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay.keys());
  }

  private async look(): Promise<void> {
    while (this.isCalled && !this.isEnding && this.underWay.size < AT_ONCE) {
      this.isCalled = false;
      try {
        const claimed = await this.ports.readings.claim({ limit: AT_ONCE - this.underWay.size, leaseSeconds: LEASE_SECONDS, exceptDomains: this.fullDomains() });
        for (const reading of claimed) this.track(reading);
        // Of each domain came one: there may be more.
        if (claimed.length > 0) this.isCalled = true;
      } catch (error) {
        this.ports.onError(null, error);
      }
    }
  }

  private fullDomains(): string[] {
    const counts = Map.groupBy(this.underWay.values(), (domain) => domain);
    return [...counts].filter(([, all]) => all.length >= AT_ONCE_PER_DOMAIN).map(([domain]) => domain);
  }

  private track(reading: PersonalReading): void {
    const tracked = this.carryOut(reading)
      .catch((error: unknown) => this.ports.onError(reading, error))
      .finally(() => {
        this.underWay.delete(tracked);
        this.wake();
      });
    this.underWay.set(tracked, reading.domain);
  }

  private async carryOut(reading: PersonalReading): Promise<void> {
    const answer = reading.attempts > ATTEMPTS_MAX ? ({ state: 'refused', reason: 'too_often' } as const) : await this.ports.read(reading);
    await this.ports.readings.answer(reading, answer);
  }
}
