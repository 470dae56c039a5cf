/** A message that an app gave up, for the operator's list and for replay. */
export interface DeadLetter {
  readonly eventId: string;
  /** As in contracts, without the installation's prefix. */
  readonly subject: string;
  /** The durable's name: the group whose effect is missing. */
  readonly consumer: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly reason: string;
  /** Deliveries so far. */
  readonly attempts: number;
}

/** A message that could not be read: no JSON, not of the contract, or too long. */
export interface PoisonLetter {
  readonly subject: string;
  readonly consumer: string;
  /** As received, cut to 8 KiB. Text that is no UTF-8 carries replacement characters. */
  readonly raw: string;
  readonly reason: string;
}

/**
 * Where letters are parked; persistence implements it. A message is terminated at the broker only after the
 * promise resolved, and comes back later when it rejects. Calls may repeat: (eventId, consumer) is the key.
 */
export interface DeadLetterPort {
  park(letter: DeadLetter): Promise<void>;
  parkPoison(letter: PoisonLetter): Promise<void>;
  /**
   * Notes that a message which was delivered often without an answer is about to run alone. Resolves with
   * false when the note stood already: then the process died in that run, and the message stays parked.
   */
  markSuspect(letter: DeadLetter): Promise<boolean>;
  /** Takes that note back: the run ended in order, well or badly. */
  clearSuspect(eventId: string, consumer: string): Promise<void>;
}
