import { BREAKER_FAILURES, nextHostState, type HostState } from '@trunkline/domain';
import type { Clock } from '@trunkline/kernel';

export interface HearPorts {
  readonly hosts: {
    /** Hosts that nothing is sent to now. */
    shut(limit: number): Promise<string[]>;
    load(hosts: readonly string[]): Promise<ReadonlyMap<string, HostState>>;
    save(states: ReadonlyMap<string, { readonly state: HostState; readonly reason?: string }>): Promise<void>;
  };
  readonly deliveries: { catchUp(host: string, options: { readonly givenUp: boolean }): Promise<number> };
  readonly live: { deliveriesPlanned(): void };
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

const SHUT_MAX = 20_000;

/**
 * A host that signs something for us is alive, whatever our deliveries met with: it gets what waited for it, and is
 * planned for again. Without this a host once taken for dead would stay so. Known from memory who is shut, so that
 * an ordinary request asks nobody.
 */
export class HostEars {
  private shut: ReadonlySet<string> = new Set();
  private readonly reviving = new Set<string>();

  constructor(private readonly ports: HearPorts) {}

  /** Who is shut changes slowly: call it now and then. */
  async refresh(): Promise<void> {
    try {
      this.shut = new Set(await this.ports.hosts.shut(SHUT_MAX));
    } catch (error) {
      this.ports.onError(error);
    }
  }

  /** After a verified request from the host. Never delays or fails it. */
  heard(host: string): void {
    if (!this.shut.has(host) || this.reviving.has(host)) return;
    this.reviving.add(host);
    void this.revive(host)
      .catch(this.ports.onError)
      .finally(() => this.reviving.delete(host));
  }

  private async revive(host: string): Promise<void> {
    const { hosts, deliveries, live, clock } = this.ports;
    const state = (await hosts.load([host])).get(host);
    if (state === undefined) return;
    const wasDead = state.unavailableSinceMs !== null;
    // One that asked us to wait is no failing host: its wish stands.
    if (!wasDead && state.consecutiveFailures < BREAKER_FAILURES) return;
    await hosts.save(new Map([[host, { state: nextHostState(state, { kind: 'heard' }, clock.nowMs()), reason: 'heard' }]]));
    await deliveries.catchUp(host, { givenUp: wasDead });
    live.deliveriesPlanned();
    this.shut = new Set([...this.shut].filter((name) => name !== host));
  }
}
