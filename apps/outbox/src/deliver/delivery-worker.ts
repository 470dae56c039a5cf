import { hostOf } from '@trunkline/activitypub';
import type { DeliveryOutcome } from '@trunkline/federation-client';
import type { AccountId } from '@trunkline/kernel';
import type { ChunkFailure, DeliveryChunk, DeliveryRetry, DeliveryStore, RetryOutcome } from '@trunkline/persistence';
import { attemptDelivery, type AttemptPorts, type Fate } from './attempt-delivery.js';
import { Gathered } from './gathered.js';
import type { HostBook } from './host-book.js';
import type { SendSlots } from './send-slots.js';

/** What a body is sent with: signed anew for each inbox, when it is sent. */
export type Sender = (inbox: string, body: Buffer) => Promise<DeliveryOutcome>;

export interface WorkerPorts extends AttemptPorts {
  readonly deliveries: Pick<DeliveryStore, 'claimChunks' | 'finishChunk' | 'claimRetries' | 'settleRetries'>;
  readonly hosts: HostBook;
  readonly slots: SendSlots;
  pausedHosts(limit: number): Promise<string[]>;
  /** Loads the account's key. */
  senderFor(accountId: AccountId): Promise<Sender>;
  /** A store was away, or a bug: the lease runs out and the work comes again. */
  onError(error: unknown): void;
  onGivenUp(delivery: { readonly activityId: string; readonly inbox: string; readonly trace: string | null }, fate: Fate & { kind: 'dead' }): void;
}

/** A little more than the longest delivery: what a killed process held comes again soon. */
const LEASE_SECONDS = 30;
const POLL_MS = 500;
const CHUNKS_MAX = 64;
const CHUNKS_PER_CLAIM = 16;
const RETRIES_MAX = 200;
const RETRIES_PER_CLAIM = 100;
/** While new deliveries wait, old ones get this much: new before retry, but none starves. */
const RETRIES_BESIDE_NEW = 10;
const PAUSED_MAX = 10_000;

/** Claims what is due and sends it, until stopped. Several of these, in one process or many, share the work. */
export class DeliveryWorker {
  private readonly underWay = new Set<Promise<void>>();
  private chunks = 0;
  private retries = 0;
  private stopped = false;
  private loop: Promise<void> | null = null;
  private alarm: (() => void) | null = null;
  private rung = false;
  private readonly settled: Gathered<RetryOutcome>;

  constructor(private readonly ports: WorkerPorts) {
    this.settled = new Gathered((outcomes) => ports.deliveries.settleRetries(outcomes));
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Look now: something was planned. */
  wake(): void {
    this.rung = true;
    this.alarm?.();
  }

  /** Claims nothing more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.loop;
  }

  /** Resolves when all that was claimed is sent and written down. */
  async finished(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled([...this.underWay]);
    await this.ports.hosts.flush().catch(this.ports.onError);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.rung = false;
      let claimed = 0;
      try {
        claimed = await this.claim();
        await this.ports.hosts.flush();
      } catch (error) {
        this.ports.onError(error);
      }
      if (claimed === 0) await this.pause();
    }
  }

  private async pause(): Promise<void> {
    if (this.rung || this.stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.alarm = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.alarm = null;
  }

  private async claim(): Promise<number> {
    const { deliveries } = this.ports;
    const room = Math.min(CHUNKS_MAX - this.chunks, CHUNKS_PER_CLAIM);
    const chunks = room <= 0 ? [] : await deliveries.claimChunks(room, LEASE_SECONDS);
    this.chunks += chunks.length;
    for (const chunk of chunks) this.track(this.deliverChunk(chunk).finally(() => (this.chunks -= 1)));

    const more = room <= 0 || chunks.length === room ? RETRIES_BESIDE_NEW : RETRIES_PER_CLAIM;
    const retryRoom = Math.min(RETRIES_MAX - this.retries, more);
    const retries = retryRoom <= 0 ? [] : await this.claimRetries(retryRoom);
    this.retries += retries.length;
    if (retries.length > 0) this.track(this.deliverRetries(retries));
    return chunks.length + retries.length;
  }

  private async claimRetries(limit: number): Promise<DeliveryRetry[]> {
    const paused = await this.ports.pausedHosts(PAUSED_MAX);
    return this.ports.deliveries.claimRetries(limit, LEASE_SECONDS, [...new Set([...paused, ...this.ports.slots.busyHosts()])]);
  }

  private track(work: Promise<void>): void {
    const tracked = work.catch(this.ports.onError).finally(() => {
      this.underWay.delete(tracked);
      // There is room again, and what had to wait for this one in order may go.
      this.wake();
    });
    this.underWay.add(tracked);
  }

  private async deliverChunk(chunk: DeliveryChunk): Promise<void> {
    const send = await this.ports.senderFor(chunk.senderAccountId);
    await this.ports.hosts.load(hostsOf(chunk.inboxes));
    const held = new Set(chunk.heldInboxes);
    const body = Buffer.from(chunk.body);
    const failures = await Promise.all(
      chunk.inboxes.map(async (inbox): Promise<ChunkFailure | null> => {
        const fate = held.has(inbox)
          ? this.behindAnother()
          : await attemptDelivery(this.ports, { activityId: chunk.activityId, inbox, attempts: 1, send: () => send(inbox, body) });
        if (fate.kind === 'done') return null;
        if (fate.kind === 'dead') this.ports.onGivenUp({ ...chunk, inbox }, fate);
        const { reason, status } = fate;
        const later = fate.kind === 'later' ? { notBefore: fate.notBefore, attempted: fate.attempted } : { notBefore: null };
        return { inbox, host: hostOf(inbox) ?? '', reason, status, ...later };
      }),
    );
    await this.ports.deliveries.finishChunk(chunk.id, failures.filter((failure) => failure !== null));
  }

  /** The store gives it the time of the delivery that it waits for. */
  private behindAnother(): Fate {
    return { kind: 'later', notBefore: new Date(this.ports.clock.nowMs()), reason: 'waits_in_order', attempted: false };
  }

  private async deliverRetries(retries: readonly DeliveryRetry[]): Promise<void> {
    try {
      await this.ports.hosts.load(retries.map((retry) => retry.host));
    } catch (error) {
      this.retries -= retries.length;
      throw error;
    }
    for (const retry of retries) this.track(this.deliverRetry(retry).finally(() => (this.retries -= 1)));
  }

  private async deliverRetry(retry: DeliveryRetry): Promise<void> {
    const { id, activityId, inbox, attempts, senderAccountId } = retry;
    const send = await this.ports.senderFor(senderAccountId);
    const fate = await attemptDelivery(this.ports, { activityId, inbox, attempts, send: () => send(inbox, Buffer.from(retry.body)) });
    if (fate.kind === 'dead') this.ports.onGivenUp(retry, fate);
    if (fate.kind === 'later') {
      const { notBefore, reason, status, attempted } = fate;
      await this.settled.add({ id, state: 'pending', notBefore, reason, status, attempted });
    } else {
      await this.settled.add({ id, state: fate.kind, ...(fate.kind === 'dead' ? { reason: fate.reason, status: fate.status } : {}) });
    }
  }
}

const hostsOf = (inboxes: readonly string[]): string[] => [...new Set(inboxes.map(hostOf).filter((host) => host !== null))];
