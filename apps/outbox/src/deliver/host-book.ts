import { BREAKER_FAILURES, HEALTHY_HOST, hostGate, nextHostState, type HostOutcome, type HostState } from '@trunkline/domain';
import type { Clock } from '@trunkline/kernel';

/** federation.hosts, shared by all copies. */
export interface HostRows {
  load(hosts: readonly string[]): Promise<ReadonlyMap<string, HostState>>;
  save(states: ReadonlyMap<string, { readonly state: HostState; readonly reason?: string }>): Promise<void>;
  claimProbe(host: string, untilMs: number): Promise<boolean>;
}

/** What other copies learned counts after this time; what this one learned, at once. */
const FRESH_MS = 1_000;
const JUST_READ_MS = 50;
const HOSTS_MAX = 20_000;
/** Longer than one delivery takes: until then no other copy tries a host that is being probed. */
const PROBE_MS = 15_000;

/** How the hosts are that this process delivers to. Learns at once, tells the other copies with the next `flush`. */
export class HostBook {
  private readonly known = new Map<string, { readonly state: HostState; readonly readMs: number }>();
  private readonly unsaved = new Map<string, { readonly state: HostState; readonly reason: string }>();
  private readonly recovered = new Set<string>();

  constructor(
    private readonly rows: HostRows,
    private readonly clock: Clock,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** To be awaited before these hosts are asked about. */
  async load(hosts: readonly string[]): Promise<void> {
    const readMs = this.monotonicMs();
    const stale = [...new Set(hosts)].filter((host) => {
      const known = this.known.get(host);
      return known === undefined || readMs - known.readMs >= FRESH_MS;
    });
    if (stale.length === 0) return;
    for (const [host, state] of await this.rows.load(stale)) {
      if (!this.unsaved.has(host)) this.keep(host, state, readMs);
    }
  }

  stateOf(host: string): HostState {
    return this.unsaved.get(host)?.state ?? this.known.get(host)?.state ?? HEALTHY_HOST;
  }

  /** Whether the host counts as dead. Looked up again first: another copy may have found it back a moment ago. */
  async isDead(host: string): Promise<boolean> {
    if (this.stateOf(host).unavailableSinceMs === null) return false;
    const readMs = this.monotonicMs();
    if (!this.unsaved.has(host) && readMs - (this.known.get(host)?.readMs ?? -Infinity) >= JUST_READ_MS) {
      for (const [name, state] of await this.rows.load([host])) this.keep(name, state, readMs);
    }
    return this.stateOf(host).unavailableSinceMs !== null;
  }

  gateOf(host: string): ReturnType<typeof hostGate> {
    return hostGate(this.stateOf(host), this.clock.nowMs());
  }

  /** Whether this process may send the one probe. Of all copies that ask, one may. */
  async claimProbe(host: string): Promise<boolean> {
    const untilMs = this.clock.nowMs() + PROBE_MS;
    const unsaved = this.unsaved.get(host);
    // Held back for others in this process before anything is awaited.
    this.keep(host, { ...this.stateOf(host), pausedUntilMs: untilMs });
    this.unsaved.delete(host);
    // The claim needs the row; one that is there must not be overwritten with what this copy knew before.
    if (unsaved !== undefined) await this.rows.save(new Map([[host, unsaved]]));
    return this.rows.claimProbe(host, untilMs);
  }

  note(host: string, outcome: HostOutcome, reason: string): void {
    const before = this.stateOf(host);
    const state = nextHostState(before, outcome, this.clock.nowMs());
    // Most deliveries go to hosts that were well and still are: they cost no row.
    if (isSame(state, before)) return;
    this.keep(host, state);
    this.unsaved.set(host, { state, reason });
    if (before.consecutiveFailures >= BREAKER_FAILURES && state.consecutiveFailures === 0) this.recovered.add(host);
  }

  /** Hosts whose breaker closed since the last call: others wait for them by a schedule that counts on failures. */
  takeRecovered(): string[] {
    const hosts = [...this.recovered];
    this.recovered.clear();
    return hosts;
  }

  /** Writes down what was learned. What could not be saved is tried again next time. */
  async flush(): Promise<void> {
    if (this.unsaved.size === 0) return;
    const saving = new Map(this.unsaved);
    await this.rows.save(saving);
    for (const [host, entry] of saving) if (this.unsaved.get(host) === entry) this.unsaved.delete(host);
  }

  private keep(host: string, state: HostState, readMs = this.monotonicMs()): void {
    this.known.delete(host);
    this.known.set(host, { state, readMs });
    const [oldest] = this.known.keys();
    if (this.known.size > HOSTS_MAX && oldest !== undefined) this.known.delete(oldest);
  }
}

const isSame = (a: HostState, b: HostState): boolean =>
  a === b ||
  (a.consecutiveFailures === b.consecutiveFailures &&
    a.pausedUntilMs === b.pausedUntilMs &&
    a.failureDays === b.failureDays &&
    a.lastFailureDay === b.lastFailureDay &&
    a.unavailableSinceMs === b.unavailableSinceMs);
