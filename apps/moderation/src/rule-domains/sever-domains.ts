import { firstIdAt, type Clock, type Snowflake } from '@trunkline/kernel';

/** What ended with a suspended server. */
export interface Severance {
  readonly following: number;
  readonly followers: number;
}

export interface SeverPorts {
  readonly clock: Clock;
  readonly policyVersion: () => number;
  /** Suspended domains decided before that id whose ties nobody has severed to the end. */
  readonly unsevered: (before: Snowflake, limit: number) => Promise<string[]>;
  readonly sever: (domain: string) => Promise<Severance>;
  readonly markSevered: (domain: string, severance: Severance) => Promise<void>;
}

const DOMAINS_A_ROUND = 20;
/** By then every process holds the rule, so that no new tie can come after the last is severed. */
const RULE_HOLDS_AFTER_MS = 2_000;

/**
 * Finishes what requests began: a process may have ended halfway, or a follow may have been accepted in the moment
 * before the rule was known. Cheap when the rules have not changed since all was done.
 */
export class DomainSweep {
  private doneVersion: number | null = null;

  constructor(private readonly ports: SeverPorts) {}

  async run(signal: AbortSignal): Promise<void> {
    const version = this.ports.policyVersion();
    if (version === this.doneVersion) return;
    const fresh = await this.ports.unsevered(firstIdAt(this.ports.clock.nowMs() + 60_000), 1);
    const domains = await this.ports.unsevered(firstIdAt(this.ports.clock.nowMs() - RULE_HOLDS_AFTER_MS), DOMAINS_A_ROUND);
    for (const domain of domains) {
      if (signal.aborted) return;
      await this.ports.markSevered(domain, await this.ports.sever(domain));
    }
    // Nothing was left, not even something too fresh to touch.
    if (fresh.length === 0) this.doneVersion = version;
  }
}
