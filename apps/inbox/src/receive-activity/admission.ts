import { availableParallelism } from 'node:os';
import { RegistrableDomains } from '@trunkline/social';

export interface AdmissionSettings {
  /** Requests being worked on at once; more are told to come back. */
  readonly inFlightMax: number;
  /** Those of them that one registrable domain may hold. */
  readonly perDomainMax: number;
}

const PER_CORE = 64;

function defaultAdmission(cores = availableParallelism()): AdmissionSettings {
  const inFlightMax = PER_CORE * cores;
  return { inFlightMax, perDomainMax: Math.max(16, Math.floor(inFlightMax / 4)) };
}

/** Gives the place back; once is enough, twice does no harm. */
export type Release = () => void;

/**
 * The places at the door. A request that finds none is refused before it costs anything, so that memory stays
 * bounded whatever is sent; peers come back.
 */
export class Admission {
  private inFlight = 0;
  private readonly byDomain = new Map<string, number>();
  private readonly domains = new RegistrableDomains();

  constructor(private readonly settings: AdmissionSettings = defaultAdmission()) {}

  /** How many may wait for something slow, so that as many places stay free for the others. */
  get waitersMax(): number {
    return Math.floor(this.settings.inFlightMax / 2);
  }

  /** Whether `enter` would find no place now. */
  get isFull(): boolean {
    return this.inFlight >= this.settings.inFlightMax;
  }

  /** Whether `enterFor` would find no place now. */
  isFullFor(host: string): boolean {
    return (this.byDomain.get(this.domains.of(host)) ?? 0) >= this.settings.perDomainMax;
  }

  /** null: the server has all it can work on. */
  enter(): Release | null {
    if (this.isFull) return null;
    this.inFlight += 1;
    return once(() => (this.inFlight -= 1));
  }

  /** null: this domain has all it may hold. */
  enterFor(host: string): Release | null {
    const domain = this.domains.of(host);
    const held = this.byDomain.get(domain) ?? 0;
    if (held >= this.settings.perDomainMax) return null;
    this.byDomain.set(domain, held + 1);
    return once(() => {
      const left = (this.byDomain.get(domain) ?? 1) - 1;
      if (left === 0) this.byDomain.delete(domain);
      else this.byDomain.set(domain, left);
    });
  }
}

function once(work: () => void): Release {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
