import { hostOf } from '@trunkline/activitypub';
import type { DeliveryOutcome } from '@trunkline/federation-client';
import type { ChunkFailure, DeliveryChunk, DeliveryRetry, DeliveryStore, RetryOutcome } from '@trunkline/persistence';
import { attemptDelivery, type AttemptPorts, type Fate } from './attempt-delivery.js';
import { ChunkLedger } from './chunk-ledger.js';
import { Gathered } from './gathered.js';
import type { HostBook } from './host-book.js';
import type { SendSlots } from './send-slots.js';

/** Sends one body: signed anew for each inbox, when it is sent. */
export type Sender = (inbox: string) => Promise<DeliveryOutcome>;

export interface WorkerPorts extends AttemptPorts {
  readonly deliveries: Pick<DeliveryStore, 'claimChunks' | 'settleChunks' | 'claimRetries' | 'settleRetries' | 'catchUp'>;
  readonly hosts: HostBook;
  readonly slots: SendSlots;
  pausedHosts(limit: number): Promise<string[]>;
  /** Loads the account's key, and for a post to followers what its hosts are told of them. */
  senderFor(letter: Pick<DeliveryChunk, 'senderAccountId' | 'body' | 'syncFollowers'>, hosts: readonly string[]): Promise<Sender>;
  /** A store was away, or a bug: the lease runs out and the work comes again. */
  onError(error: unknown): void;
  onGivenUp(delivery: { readonly activityId: string; readonly inbox: string; readonly trace: string | null }, fate: Fate & { kind: 'dead' }): void;
}

/** A little more than the longest delivery: what a killed process held comes again soon. */
const LEASE_SECONDS = 30;
const POLL_MS = 500;
/** Retries come by the clock: no need to ask at every turn. */
const RETRIES_EVERY_MS = 400;
/** Claimed and not settled. One that waits holds little: more than are open at once, so that the signatures never wait. */
const INBOXES_MAX = 2_000;
const INBOXES_PER_CHUNK = 100;
const CHUNKS_PER_CLAIM = 16;
/** What ends frees room and lets others go in order; so much of it is gathered before somebody looks. */
const GATHER_MS = 20;
const RETRIES_MAX = 200;
const RETRIES_PER_CLAIM = 100;
/** While new deliveries wait, old ones get this much: new before retry, but none starves. */
const RETRIES_BESIDE_NEW = 10;
const PAUSED_MAX = 10_000;

/** Claims what is due and sends it, until stopped. Several of these, in one process or many, share the work. */
export class DeliveryWorker {
  private readonly underWay = new Set<Promise<void>>();
  private inboxes = 0;
  private retries = 0;
  private stopped = false;
  private loop: Promise<void> | null = null;
  private alarm: (() => void) | null = null;
  private rung = false;
  private wakingSoon: NodeJS.Timeout | null = null;
  /** When none were due; -Infinity: some may be. */
  private retriesLookedMs = -Infinity;
  private readonly ledger: ChunkLedger;
  private readonly settled: Gathered<RetryOutcome>;

  constructor(private readonly ports: WorkerPorts) {
    this.ledger = new ChunkLedger((progress) => ports.deliveries.settleChunks(progress, LEASE_SECONDS));
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
    if (this.wakingSoon !== null) clearTimeout(this.wakingSoon);
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
        await this.catchUp();
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

  /** What waited for hosts that are back goes now, in order. */
  private async catchUp(): Promise<void> {
    for (const host of this.ports.hosts.takeRecovered()) {
      if ((await this.ports.deliveries.catchUp(host, { givenUp: false })) > 0) this.retriesLookedMs = -Infinity;
    }
  }

  private wakeSoon(): void {
    if (this.stopped) return;
    this.wakingSoon ??= setTimeout(() => {
      this.wakingSoon = null;
      this.wake();
    }, GATHER_MS);
  }

  private async claim(): Promise<number> {
    const { deliveries } = this.ports;
    const room = Math.min(Math.floor((INBOXES_MAX - this.inboxes) / INBOXES_PER_CHUNK), CHUNKS_PER_CLAIM);
    const chunks = room <= 0 ? [] : await deliveries.claimChunks(room, LEASE_SECONDS);
    for (const chunk of chunks) this.track(this.deliverChunk(chunk));
    const retries = await this.claimRetries(room <= 0 || chunks.length === room ? RETRIES_BESIDE_NEW : RETRIES_PER_CLAIM);
    if (retries.length > 0) this.track(this.deliverRetries(retries));
    return chunks.length + retries.length;
  }

  private async claimRetries(most: number): Promise<DeliveryRetry[]> {
    const limit = Math.min(RETRIES_MAX - this.retries, most);
    const nowMs = performance.now();
    if (limit <= 0 || nowMs - this.retriesLookedMs < RETRIES_EVERY_MS) return [];
    const paused = await this.ports.pausedHosts(PAUSED_MAX);
    const retries = await this.ports.deliveries.claimRetries(limit, LEASE_SECONDS, [...new Set([...paused, ...this.ports.slots.busyHosts()])]);
    if (retries.length === 0) this.retriesLookedMs = nowMs;
    this.retries += retries.length;
    return retries;
  }

  private track(work: Promise<void>): void {
    const tracked = work.catch(this.ports.onError).finally(() => {
      this.underWay.delete(tracked);
      // There is room again, and what had to wait for this one in order may go.
      this.wakeSoon();
    });
    this.underWay.add(tracked);
  }

  private async deliverChunk(chunk: DeliveryChunk): Promise<void> {
    this.inboxes += chunk.inboxes.length;
    let left = chunk.inboxes.length;
    try {
      const hosts = chunk.inboxes.map(hostOf);
      const known = hosts.filter((host) => host !== null);
      const send = await this.ports.senderFor(chunk, known);
      await this.ports.hosts.load(known);
      const held = new Set(chunk.heldInboxes);
      const closed = this.ledger.begin(chunk.id, chunk.inboxes);
      chunk.inboxes.forEach((inbox, index) => {
        const host = hosts[index] ?? null;
        const attempt = async (): Promise<void> => {
          const fate = held.has(inbox) ? this.behindAnother() : await this.firstAttempt(host, () => send(inbox));
          left -= 1;
          this.inboxes -= 1;
          this.ledger.settle(chunk.id, inbox, this.failureOf(fate, { ...chunk, inbox, host }));
        };
        void attempt();
      });
      await closed;
    } finally {
      this.inboxes -= left;
    }
  }

  private failureOf(fate: Fate, delivery: { readonly activityId: string; readonly inbox: string; readonly trace: string | null; readonly host: string | null }): ChunkFailure | null {
    if (fate.kind === 'done') return null;
    if (fate.kind === 'dead') this.ports.onGivenUp(delivery, fate);
    const { reason, status } = fate;
    const later = fate.kind === 'later' ? { notBefore: fate.notBefore, attempted: fate.attempted } : { notBefore: null };
    return { inbox: delivery.inbox, host: delivery.host ?? '', reason, status, ...later };
  }

  private async firstAttempt(host: string | null, send: () => Promise<DeliveryOutcome>): Promise<Fate> {
    try {
      return await attemptDelivery(this.ports, { host, attempts: 1, send });
    } catch (error) {
      // The stores were away before anything was sent.
      this.ports.onError(error);
      return { kind: 'later', notBefore: new Date(this.ports.clock.nowMs()), reason: 'interrupted', attempted: false };
    }
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
    for (const retry of retries) {
      const going = this.deliverRetry(retry).finally(() => {
        this.retries -= 1;
        this.retriesLookedMs = -Infinity;
      });
      this.track(going);
    }
  }

  private async deliverRetry(retry: DeliveryRetry): Promise<void> {
    const { id, inbox, attempts } = retry;
    const host = hostOf(inbox);
    const send = await this.ports.senderFor(retry, host === null ? [] : [host]);
    const fate = await attemptDelivery(this.ports, { host, attempts, send: () => send(inbox) });
    if (fate.kind === 'dead') this.ports.onGivenUp(retry, fate);
    if (fate.kind === 'later') {
      const { notBefore, reason, status, attempted } = fate;
      await this.settled.add({ id, state: 'pending', notBefore, reason, status, attempted });
    } else {
      await this.settled.add({ id, state: fate.kind, ...(fate.kind === 'dead' ? { reason: fate.reason, status: fate.status } : {}) });
    }
  }
}
