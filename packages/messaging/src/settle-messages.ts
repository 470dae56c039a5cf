import type { ConsumerSpec } from '@trunkline/contracts';
import { BatchFailure, failuresOf, isUnavailable } from './batch-outcome.js';
import type { DeadLetterPort } from './dead-letters.js';
import { letterOf, readDelivery, type Delivery } from './delivery.js';
import { reasonOf, type HandledOutcome, type MessagingHooks } from './hooks.js';
import type { WorkMessage } from './work-message.js';

const RAW_BYTES_MAX = 8 * 1024;

export interface SettlePorts {
  readonly hooks: MessagingHooks;
  readonly deadLetters: DeadLetterPort;
  /** A message that failed this often (deliveries counted) is parked. */
  readonly triesMax: number;
  retryDelayMs(tries: number): number;
}

/** Calls the app's handler; rejects as the handler does, or when its time is over. */
export type CallHandler = (deliveries: readonly Delivery[]) => Promise<unknown>;

/**
 * Sees messages through: read, handled, and then acknowledged, sent back for later, or parked and terminated.
 * Never rejects, and answers the broker for every message exactly once.
 */
export class MessageSettler {
  constructor(
    private readonly spec: ConsumerSpec,
    private readonly call: CallHandler,
    private readonly ports: SettlePorts,
  ) {}

  async settle(messages: readonly WorkMessage[]): Promise<void> {
    const readable: Delivery[] = [];
    for (const message of messages) {
      const read = readDelivery(this.spec, message);
      if (read.ok) readable.push(read.delivery);
      else await this.parkPoison(message, read.reason);
    }
    const fresh = readable.filter((delivery) => delivery.deliveryCount === 1);
    if (fresh.length > 0) await this.runTogether(fresh);
    // What came before and was not done runs alone: whatever is wrong with it takes no others along.
    for (const delivery of readable) if (delivery.deliveryCount > 1) await this.runAlone(delivery);
  }

  private async runTogether(deliveries: readonly Delivery[]): Promise<void> {
    let failures: ReadonlyMap<string, unknown>;
    try {
      failures = failuresOf(await this.call(deliveries));
    } catch (error) {
      if (error instanceof BatchFailure && deliveries.some((delivery) => error.failures.has(delivery.event.eventId))) {
        failures = error.failures;
      } else if (deliveries.length === 1 || isUnavailable(error)) {
        failures = new Map(deliveries.map((delivery) => [delivery.event.eventId, error]));
      } else {
        const reason = reasonOf(error);
        this.ports.hooks.log('warn', 'batch failed, going one by one', { consumer: this.spec.name, size: deliveries.length, reason });
        for (const delivery of deliveries) await this.runOne(delivery);
        return;
      }
    }
    for (const delivery of deliveries) await this.conclude(delivery, failures);
  }

  private async runOne(delivery: Delivery): Promise<void> {
    await this.conclude(delivery, await this.attempt(delivery));
  }

  /** What went wrong, by event id: empty or the one. */
  private async attempt(delivery: Delivery): Promise<ReadonlyMap<string, unknown>> {
    const { eventId } = delivery.event;
    try {
      return failuresOf(await this.call([delivery]));
    } catch (error) {
      const named = error instanceof BatchFailure ? error.failures.get(eventId) : undefined;
      return new Map([[eventId, named ?? error]]);
    }
  }

  private async conclude(delivery: Delivery, failures: ReadonlyMap<string, unknown>): Promise<void> {
    const { eventId } = delivery.event;
    if (failures.has(eventId)) await this.fail(delivery, failures.get(eventId));
    else this.answer(delivery.message, 'acked', () => delivery.message.ack());
  }

  /**
   * A message that came back often without an answer may be what kills the process, and a count alone cannot
   * tell it from its neighbours. So a note is left before it runs: when the note stands already, it was this one.
   */
  private async runAlone(delivery: Delivery): Promise<void> {
    if (delivery.deliveryCount <= this.ports.triesMax) return this.runOne(delivery);
    const { deadLetters, hooks } = this.ports;
    const letter = letterOf(this.spec, delivery, 'its process died or was cut off while handling it');
    try {
      if (!(await deadLetters.markSuspect(letter))) {
        hooks.log('error', 'message parked', { consumer: this.spec.name, outcome: 'dead', reason: letter.reason });
        return this.answer(delivery.message, 'dead', () => delivery.message.term());
      }
    } catch (error) {
      return this.retry(delivery.message, delivery.deliveryCount, error);
    }
    const failures = await this.attempt(delivery);
    await deadLetters.clearSuspect(letter.eventId, letter.consumer).catch((error: unknown) => {
      hooks.log('warn', 'note of a suspect stays', { consumer: this.spec.name, reason: reasonOf(error) });
    });
    await this.conclude(delivery, failures);
  }

  private async fail(delivery: Delivery, error: unknown): Promise<void> {
    const { deadLetters, triesMax } = this.ports;
    if (isUnavailable(error) || delivery.deliveryCount < triesMax) {
      return this.retry(delivery.message, delivery.deliveryCount, error);
    }
    const letter = letterOf(this.spec, delivery, reasonOf(error));
    return this.parkThenTerminate(delivery.message, 'dead', () => deadLetters.park(letter), letter.reason);
  }

  private async parkPoison(message: WorkMessage, reason: string): Promise<void> {
    const raw = new TextDecoder().decode(message.data.subarray(0, RAW_BYTES_MAX));
    const letter = { subject: this.spec.event.subject, consumer: this.spec.group, raw, reason };
    await this.parkThenTerminate(message, 'poison', () => this.ports.deadLetters.parkPoison(letter), reason);
  }

  private async parkThenTerminate(
    message: WorkMessage,
    as: HandledOutcome,
    park: () => Promise<void>,
    reason: string,
  ): Promise<void> {
    try {
      await park();
    } catch (error) {
      return this.retry(message, message.deliveryCount, error);
    }
    this.ports.hooks.log('error', 'message parked', { consumer: this.spec.name, outcome: as, sequence: message.sequence, reason });
    return this.answer(message, as, () => message.term());
  }

  private retry(message: WorkMessage, tries: number, error: unknown): void {
    const delayMs = this.ports.retryDelayMs(tries);
    this.ports.hooks.log('warn', 'message comes again', { consumer: this.spec.name, tries, delayMs, reason: reasonOf(error) });
    return this.answer(message, 'retried', () => message.nak(delayMs));
  }

  private answer(message: WorkMessage, outcome: HandledOutcome, send: () => void): void {
    try {
      send();
      this.ports.hooks.handled?.(this.spec.name, outcome);
    } catch (error) {
      // Closed meanwhile: the message comes back by itself after its wait.
      this.ports.hooks.log('warn', 'could not answer the broker', { sequence: message.sequence, reason: reasonOf(error) });
    }
  }
}
