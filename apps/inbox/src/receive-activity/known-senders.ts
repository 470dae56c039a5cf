import { RegistrableDomains } from '@trunkline/social';

const PAIRS_MAX = 20_000;

/**
 * From which addresses good signatures of which domains came. Anybody can name a key of a domain, and use up what strangers may have
 * fetched in its name; a new person of that domain, whose server has spoken before, must still be heard (S045).
 */
export class KnownSenders {
  /** Addresses by domain, the domain heard longest ago first. */
  private readonly addresses = new Map<string, Set<string>>();
  private pairs = 0;
  private readonly domains = new RegistrableDomains();

  has(address: string, host: string): boolean {
    return this.addresses.get(this.domains.of(host))?.has(address) === true;
  }

  /** A signature of the host's was good. */
  note(address: string, host: string): void {
    if (this.has(address, host)) return;
    if (this.pairs >= PAIRS_MAX) this.forgetOldest();
    const domain = this.domains.of(host);
    const known = this.addresses.get(domain) ?? new Set();
    this.addresses.set(domain, known.add(address));
    this.pairs += 1;
  }

  private forgetOldest(): void {
    const [oldest] = this.addresses;
    if (oldest === undefined) return;
    this.addresses.delete(oldest[0]);
    this.pairs -= oldest[1].size;
  }
}
