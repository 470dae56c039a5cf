import { RegistrableDomains } from '@trunkline/social';

const PAIRS_MAX = 20_000;

/**
 * From which addresses good signatures of which domains came. Anybody can name a key of a domain, and use up what strangers may have
 * fetched in its name; a new person of that domain, whose server has spoken before, must still be heard (S045).
 */
export class KnownSenders {
  private readonly pairs = new Set<string>();
  private readonly domains = new RegistrableDomains();

  has(address: string, host: string): boolean {
    return this.pairs.has(this.pairOf(address, host));
  }

  /** A signature of the host's was good. */
  note(address: string, host: string): void {
    const [oldest] = this.pairs;
    if (this.pairs.size >= PAIRS_MAX && oldest !== undefined) this.pairs.delete(oldest);
    this.pairs.add(this.pairOf(address, host));
  }

  private pairOf(address: string, host: string): string {
    return `${address} ${this.domains.of(host)}`;
  }
}
