/** The order in which a service stops. Within a phase the hooks run side by side. */
export const SHUTDOWN_PHASES = ['stop-consuming', 'finish', 'close-servers', 'drain-broker', 'end-pools'] as const;
export type ShutdownPhase = (typeof SHUTDOWN_PHASES)[number];

/** Must settle soon after the signal fires: then the deadline has passed and all is to be cut off. */
export type ShutdownHook = (signal: AbortSignal) => Promise<void> | void;

export interface ShutdownReport {
  /** Whether every hook was done before the deadline. A hook that failed counts as done. */
  readonly drained: boolean;
  readonly failures: readonly { readonly phase: ShutdownPhase; readonly name: string; readonly error: unknown }[];
  /** Hooks that the deadline cut off. */
  readonly unfinished: readonly string[];
}

/**
 * Nest destroys providers before it closes servers, so a pool that ends in onModuleDestroy is gone while requests
 * still need it. Whoever holds something that must stop in order registers here instead:
 * stop-consuming (take no new work) → finish (work in flight, long-lived sockets) → close-servers → drain-broker → end-pools.
 */
export class ShutdownSequence {
  private readonly hooks: Record<ShutdownPhase, { readonly name: string; readonly hook: ShutdownHook }[]> = {
    'stop-consuming': [],
    finish: [],
    'close-servers': [],
    'drain-broker': [],
    'end-pools': [],
  };
  private running: Promise<ShutdownReport> | null = null;

  /** @throws Error once the sequence has begun, since the hook could come too late. */
  register(phase: ShutdownPhase, name: string, hook: ShutdownHook): void {
    if (this.running !== null) throw new Error(`the service is stopping: ${name} came too late for ${phase}`);
    this.hooks[phase].push({ name, hook });
  }

  get stopping(): boolean {
    return this.running !== null;
  }

  /** Runs all phases once; a second call waits for the first. Never rejects. */
  run(deadlineMs: number): Promise<ShutdownReport> {
    this.running ??= this.runPhases(deadlineMs);
    return this.running;
  }

  private async runPhases(deadlineMs: number): Promise<ShutdownReport> {
    const failures: ShutdownReport['failures'][number][] = [];
    const pending = new Set<string>();
    const abort = new AbortController();
    let onDeadline = (): void => undefined;
    const deadline = new Promise<void>((resolve) => (onDeadline = resolve));
    const timer = setTimeout(() => {
      abort.abort();
      onDeadline();
    }, deadlineMs);

    for (const phase of SHUTDOWN_PHASES) {
      const work = this.hooks[phase].map(async ({ name, hook }) => {
        pending.add(name);
        try {
          await hook(abort.signal);
        } catch (error) {
          failures.push({ phase, name, error });
        }
        pending.delete(name);
      });
      // After the deadline the later phases still run, so that servers close and pools are told to end; nobody waits.
      await Promise.race([Promise.all(work), deadline]);
    }
    clearTimeout(timer);
    const unfinished = [...pending];
    return { drained: !abort.signal.aborted && unfinished.length === 0, failures, unfinished };
  }
}
