/** Where this package's words and numbers go; platform connects them to its log and its metrics. */
export interface MessagingHooks {
  log(level: 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Called once per message and outcome; `consumer` is a name of contracts' table, so labels stay few. */
  handled?(consumer: string, outcome: HandledOutcome): void;
  /** A pull that stood still was started again. */
  pullRestarted?(consumer: string): void;
}

/** acked: done · retried: comes back later · dead: parked with its reason · poison: parked, it could not be read. */
export type HandledOutcome = 'acked' | 'retried' | 'dead' | 'poison';

/** How the broker is doing, for readiness and liveness. */
export type BrokerHealth =
  { readonly ok: true; readonly roundTripMs: number } | { readonly ok: false; readonly reason: string };

export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500);
