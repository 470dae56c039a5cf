import { fail, type Clock, type Result } from '@trunkline/kernel';
import type { FetchedKey, KeyFailure } from './fetch-key.js';
import { registrableDomain } from './registrable-domain.js';

export interface KeyLaneSettings {
  /** Requests that wait for a key at once, over all domains and flights: each holds a place at the door. */
  readonly waitersMax: number;
  readonly flightsPerDomainMax: number;
  readonly fetchesPerDomainMinuteMax: number;
  /** How long a key that could not be had is not asked for again. */
  readonly forgetFailureAfterMs: number;
}

const DEFAULTS: KeyLaneSettings = {
  waitersMax: 64,
  flightsPerDomainMax: 8,
  fetchesPerDomainMinuteMax: 120,
  forgetFailureAfterMs: 60_000,
};

const MINUTE_MS = 60_000;
const REMEMBERED_MAX = 10_000;

type Answer = Result<FetchedKey, KeyFailure>;

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
  private window = { startedMs: 0, byDomain: new Map<string, number>() };

  constructor(
    private readonly ports: { readonly fetch: (keyId: string) => Promise<Answer>; readonly clock: Clock },
    settings: Partial<KeyLaneSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /** `fresh` asks even though the key could not be had a moment ago. */
  async run(keyId: string, host: string, options: { readonly fresh?: boolean } = {}): Promise<Answer> {
    const known = options.fresh === true ? undefined : this.failures.get(keyId);
    if (known !== undefined && known.untilMs > this.ports.clock.nowMs()) return fail(known.failure);
    if (this.waiting >= this.settings.waitersMax) return fail({ code: 'busy' as const });
    this.waiting += 1;
    try {
      return await (this.flights.get(keyId) ?? this.begin(keyId, registrableDomain(host)));
    } finally {
      this.waiting -= 1;
    }
  }

  private begin(keyId: string, domain: string): Promise<Answer> {
    const flyingHere = this.flyingByDomain.get(domain) ?? 0;
    if (flyingHere >= this.settings.flightsPerDomainMax || !this.countFetch(domain)) return Promise.resolve(fail({ code: 'throttled' as const }));
    this.flyingByDomain.set(domain, flyingHere + 1);
    const flight = this.ports.fetch(keyId).then((answer) => this.remember(keyId, answer)).finally(() => this.land(keyId, domain));
    this.flights.set(keyId, flight);
    return flight;
  }

  private countFetch(domain: string): boolean {
    const nowMs = this.ports.clock.nowMs();
    if (nowMs - this.window.startedMs >= MINUTE_MS || this.window.byDomain.size > REMEMBERED_MAX) {
      this.window = { startedMs: nowMs, byDomain: new Map() };
    }
    const count = (this.window.byDomain.get(domain) ?? 0) + 1;
    this.window.byDomain.set(domain, count);
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

  private land(keyId: string, domain: string): void {
    this.flights.delete(keyId);
    const left = (this.flyingByDomain.get(domain) ?? 1) - 1;
    if (left === 0) this.flyingByDomain.delete(domain);
    else this.flyingByDomain.set(domain, left);
  }
}
