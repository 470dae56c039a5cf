/** Which question a check answers: may traffic come (`readiness`), has the process started (`startup`). */
export type ProbeKind = 'readiness' | 'startup';

/** Resolves when all is well, rejects with the reason when not. Told to give up by the signal. */
export type HealthCheck = (signal: AbortSignal) => Promise<void>;

export interface ProbeReport {
  readonly ok: boolean;
  /** Names and states only: it may be read by strangers. */
  readonly checks: Readonly<Record<string, 'ok' | 'failed' | 'draining' | 'starting'>>;
}

interface NamedCheck {
  readonly name: string;
  readonly check: HealthCheck;
  readonly timeoutMs: number;
}

const TIMEOUT_MS = 2_000;
/** Probes that come faster share an answer, so that nobody can hammer the database through them. */
const FRESH_MS = 500;

/** The named checks of one service. Liveness asks nothing of it: an answer at all proves the event loop. */
export class HealthRegistry {
  private readonly checks: Record<ProbeKind, NamedCheck[]> = { readiness: [], startup: [] };
  private readonly last: Partial<Record<ProbeKind, { readonly atMs: number; readonly report: Promise<ProbeReport> }>> = {};
  private phase: 'starting' | 'started' | 'draining' = 'starting';

  constructor(
    /** Told of each failed check; the reason is for the log, not for the prober. */
    private readonly onFailure: (name: string, error: unknown) => void = () => undefined,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** @param timeoutMs a check that takes longer has failed. */
  register(kind: ProbeKind, name: string, check: HealthCheck, timeoutMs = TIMEOUT_MS): void {
    if (this.checks[kind].some((known) => known.name === name)) throw new Error(`the ${kind} check ${name} exists already`);
    this.checks[kind].push({ name, check, timeoutMs });
  }

  /** From now on readiness depends on the checks alone. */
  started(): void {
    if (this.phase === 'starting') this.phase = 'started';
  }

  /** From now on readiness is refused, liveness is not. */
  drain(): void {
    this.phase = 'draining';
  }

  get draining(): boolean {
    return this.phase === 'draining';
  }

  async readiness(): Promise<ProbeReport> {
    if (this.phase === 'draining') return { ok: false, checks: { service: 'draining' } };
    if (this.phase === 'starting') return { ok: false, checks: { service: 'starting' } };
    return this.answer('readiness');
  }

  async startup(): Promise<ProbeReport> {
    if (this.phase === 'starting') return { ok: false, checks: { service: 'starting' } };
    return this.answer('startup');
  }

  private answer(kind: ProbeKind): Promise<ProbeReport> {
    const nowMs = this.monotonicMs();
    const last = this.last[kind];
    if (last !== undefined && nowMs - last.atMs < FRESH_MS) return last.report;
    const report = this.ask(this.checks[kind]);
    this.last[kind] = { atMs: nowMs, report };
    return report;
  }

  private async ask(checks: readonly NamedCheck[]): Promise<ProbeReport> {
    const states = await Promise.all(checks.map(async (named) => [named.name, await this.stateOf(named)] as const));
    return { ok: states.every(([, state]) => state === 'ok'), checks: Object.fromEntries(states) };
  }

  private async stateOf({ name, check, timeoutMs }: NamedCheck): Promise<'ok' | 'failed'> {
    const signal = AbortSignal.timeout(timeoutMs);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)), { once: true });
    });
    try {
      await Promise.race([check(signal), late]);
      return 'ok';
    } catch (error) {
      this.onFailure(name, error);
      return 'failed';
    }
  }
}
