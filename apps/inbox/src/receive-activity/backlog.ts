import { registrableDomain } from './registrable-domain.js';

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
const LOOKING_SHARE_MAX = 1 / 20;

/**
 * How much waits to be applied, by all copies together, looked at once a second and not for each request. What was
 * answered 202 has to be kept, so a door that stays open while nobody applies fills the disk: beyond the bound senders
 * are told to keep what they have.
 */
export class Backlog {
  private facts: BacklogFacts = { rows: 0, overdueSeconds: 0, rowsByHost: new Map() };
  private crowds: ReadonlySet<string> = new Set();
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
    return this.facts.rows;
  }

  /** Nothing more may be added. */
  get isFull(): boolean {
    const { rowsMax, secondsMax, lateRowsMin } = this.settings;
    const { rows, overdueSeconds } = this.facts;
    return rows >= rowsMax || (overdueSeconds > secondsMax && rows >= lateRowsMin);
  }

  /** This sender's domain has as much waiting as it may. */
  isFullFor(host: string): boolean {
    return this.crowds.size > 0 && this.crowds.has(registrableDomain(host));
  }

  /** While the store is away the last look counts: without a COMMIT nobody is answered 202 anyway. */
  async look(): Promise<void> {
    try {
      this.facts = await this.measure(this.settings.rowsMax);
      this.crowds = this.crowdsIn(this.facts.rowsByHost);
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

  private crowdsIn(rowsByHost: ReadonlyMap<string, number>): ReadonlySet<string> {
    const byDomain = new Map<string, number>();
    for (const [host, rows] of rowsByHost) {
      const domain = registrableDomain(host);
      byDomain.set(domain, (byDomain.get(domain) ?? 0) + rows);
    }
    const mostRows = this.settings.rowsMax * this.settings.domainShare;
    return new Set([...byDomain].filter(([, rows]) => rows >= mostRows).map(([domain]) => domain));
  }
}
