import { registrableDomain, RegistrableDomains } from '@trunkline/social';

/** What is stored, due and not applied. */
export interface BacklogFacts {
  readonly rows: number;
  readonly overdueSeconds: number;
  readonly rowsByHost: ReadonlyMap<string, number>;
}

export interface BacklogSettings {
  readonly rowsMax: number;
  /** Of which one registrable domain may have this share. */
  readonly domainShare: number;
  /** What waits longer than this is no help to anybody: the senders keep the rest until it is worked off. */
  readonly secondsMax: number;
  /** So few that wait long are a fault of theirs, and no crowd. */
  readonly lateRowsMin: number;
  readonly everyMs: number;
}

const DEFAULTS: BacklogSettings = { rowsMax: 100_000, domainShare: 1 / 8, secondsMax: 600, lateRowsMin: 1_000, everyMs: 1_000 };
/** Looking at a long backlog takes at most this share of the time. */
const LOOKING_SHARE_MAX = 1 / 5;

/**
 * How much waits to be applied, by all copies together: looked at once a second, and what this copy added since counted on top. What was
 * answered 202 has to be kept, so a door that stays open while nobody applies fills the disk: beyond the bound senders
 * are told to keep what they have.
 */
export class Backlog {
  private facts: BacklogFacts = { rows: 0, overdueSeconds: 0, rowsByHost: new Map() };
  private rowsByDomain: ReadonlyMap<string, number> = new Map();
  /** By this copy, since the last look. */
  private added = 0;
  private readonly addedByDomain = new Map<string, number>();
  private readonly domains = new RegistrableDomains();
  private readonly settings: BacklogSettings;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    /** Counts no further than the given number of rows. */
    private readonly measure: (rowsMax: number) => Promise<BacklogFacts>,
    private readonly onError: (error: unknown) => void,
    settings: Partial<BacklogSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  start(): void {
    void this.lookOn();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  get rows(): number {
    return this.facts.rows + this.added;
  }

  /** Nothing more may be added. */
  get isFull(): boolean {
    const { rowsMax, secondsMax, lateRowsMin } = this.settings;
    return this.rows >= rowsMax || (this.facts.overdueSeconds > secondsMax && this.rows >= lateRowsMin);
  }

  /** This sender's domain has as much waiting as it may. */
  isFullFor(host: string): boolean {
    const domain = this.domains.of(host);
    const rows = (this.rowsByDomain.get(domain) ?? 0) + (this.addedByDomain.get(domain) ?? 0);
    return rows >= this.settings.rowsMax * this.settings.domainShare;
  }

  /** One more was stored. */
  add(host: string): void {
    const domain = this.domains.of(host);
    this.added += 1;
    this.addedByDomain.set(domain, (this.addedByDomain.get(domain) ?? 0) + 1);
  }

  /** While the store is away the last look counts: without a COMMIT nobody is answered 202 anyway. */
  async look(): Promise<void> {
    try {
      const facts = await this.measure(this.settings.rowsMax);
      this.facts = facts;
      this.rowsByDomain = sumByDomain(facts.rowsByHost);
      this.added = 0;
      this.addedByDomain.clear();
    } catch (error) {
      this.onError(error);
    }
  }

  private async lookOn(): Promise<void> {
    const startedMs = performance.now();
    await this.look();
    const restMs = Math.max(this.settings.everyMs, (performance.now() - startedMs) / LOOKING_SHARE_MAX);
    if (!this.stopped) this.timer = setTimeout(() => void this.lookOn(), restMs);
  }
}

function sumByDomain(rowsByHost: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const byDomain = new Map<string, number>();
  for (const [host, rows] of rowsByHost) {
    const domain = registrableDomain(host);
    byDomain.set(domain, (byDomain.get(domain) ?? 0) + rows);
  }
  return byDomain;
}
