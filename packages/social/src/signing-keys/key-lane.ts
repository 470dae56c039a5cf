import { fail, type Clock, type Result } from '@trunkline/kernel';
import type { FetchedKey, KeyFailure } from './fetch-key.js';
import { registrableDomain } from './registrable-domain.js';

export interface KeyLaneSettings {
  /** Requests that wait for a key at once, over all domains and flights: each holds a place at the door. */
  readonly waitersMax: number;
  /** Those of one registrable domain. */
  readonly waitersPerDomainMax: number;
  readonly flightsPerDomainMax: number;
  /** What strangers may use up by keys that they make up. Whose address has proven itself for the domain has as many beside it. */
  readonly fetchesPerDomainMinuteMax: number;
  /** How long a key that could not be had is not asked for again. */
  readonly forgetFailureAfterMs: number;
}

const DEFAULTS: KeyLaneSettings = {
  waitersMax: 64,
  waitersPerDomainMax: 16,
  flightsPerDomainMax: 8,
  fetchesPerDomainMinuteMax: 120,
  forgetFailureAfterMs: 60_000,
};

const MINUTE_MS = 60_000;
const REMEMBERED_MAX = 10_000;

type Answer = Result<FetchedKey, KeyFailure>;

export interface KeyWish {
  /** Asks even though the key could not be had a moment ago. */
  readonly fresh?: boolean;
  /** The request comes from where a good signature of the same domain came from before. */
  readonly proven?: boolean;
}

/**
 * Key fetches, which strangers cause with every keyId they make up: one flight a key, few a domain, few in a minute,
 * and a failure is remembered. Nobody queues here, and those who wait are counted: however many hosts are slow, they
 * never hold the places of senders whose keys are known.
 */
export class KeyLane {
  private readonly flights = new Map<string, Promise<Answer>>();
  private readonly flyingByDomain = new Map<string, number>();
  private readonly failures = new Map<string, { readonly untilMs: number; readonly failure: KeyFailure }>();
  private readonly settings: KeyLaneSettings;
  private waiting = 0;
  private readonly waitingByDomain = new Map<string, number>();
  private window = { startedMs: 0, byDomain: new Map<string, number>() };

  constructor(
    private readonly ports: { readonly fetch: (keyId: string) => Promise<Answer>; readonly clock: Clock },
    settings: Partial<KeyLaneSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  async run(keyId: string, host: string, { fresh = false, proven = false }: KeyWish = {}): Promise<Answer> {
    const known = fresh ? undefined : this.failures.get(keyId);
    if (known !== undefined && known.untilMs > this.ports.clock.nowMs()) return fail(known.failure);
    if (this.waiting >= this.settings.waitersMax) return fail({ code: 'busy' as const });
    // Those who have proven themselves stand apart from those who only use the name.
    const line = `${registrableDomain(host)}${proven ? ' proven' : ''}`;
    if ((this.waitingByDomain.get(line) ?? 0) >= this.settings.waitersPerDomainMax) return fail({ code: 'throttled' as const });
    this.waiting += 1;
    move(this.waitingByDomain, line, 1);
    try {
      return await (this.flights.get(keyId) ?? this.begin(keyId, line));
    } finally {
      this.waiting -= 1;
      move(this.waitingByDomain, line, -1);
    }
  }

  private begin(keyId: string, line: string): Promise<Answer> {
    const flyingHere = this.flyingByDomain.get(line) ?? 0;
    if (flyingHere >= this.settings.flightsPerDomainMax || !this.countFetch(line)) return Promise.resolve(fail({ code: 'throttled' as const }));
    move(this.flyingByDomain, line, 1);
    const flight = this.ports.fetch(keyId).then((answer) => this.remember(keyId, answer)).finally(() => this.land(keyId, line));
    this.flights.set(keyId, flight);
    return flight;
  }

  private countFetch(line: string): boolean {
    const nowMs = this.ports.clock.nowMs();
    if (nowMs - this.window.startedMs >= MINUTE_MS || this.window.byDomain.size > REMEMBERED_MAX) {
      this.window = { startedMs: nowMs, byDomain: new Map() };
    }
    const count = (this.window.byDomain.get(line) ?? 0) + 1;
    this.window.byDomain.set(line, count);
    return count <= this.settings.fetchesPerDomainMinuteMax;
  }

  private remember(keyId: string, answer: Answer): Answer {
    this.failures.delete(keyId);
    if (answer.ok) return answer;
    const [oldest] = this.failures.keys();
    if (this.failures.size >= REMEMBERED_MAX && oldest !== undefined) this.failures.delete(oldest);
    this.failures.set(keyId, { untilMs: this.ports.clock.nowMs() + this.settings.forgetFailureAfterMs, failure: answer.error });
    return answer;
  }

  private land(keyId: string, line: string): void {
    this.flights.delete(keyId);
    move(this.flyingByDomain, line, -1);
  }
}

/** Who has none is forgotten. */
function move(counts: Map<string, number>, name: string, by: 1 | -1): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
