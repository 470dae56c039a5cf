import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { unavailable } from '@trunkline/kernel';
import { readBrokerAddresses } from './broker-address.js';
import { Pause, within } from './deadline.js';
import { reasonOf, type BrokerHealth, type MessagingHooks } from './hooks.js';
import { Names } from './names.js';
import { RuinedStreams } from './ruined-streams.js';

const CONNECT_TIMEOUT_MS = 2_000;
const PING_INTERVAL_MS = 10_000;
const PROBE_TIMEOUT_MS = 2_000;

export interface BrokerSettings {
  /** NATS_URL: see `readBrokerAddresses`. */
  readonly url: string;
  /** Tells installations on one broker apart. */
  readonly prefix: string;
  /** The process, as the broker's connection list shows it. */
  readonly name: string;
  readonly hooks: MessagingHooks;
  /** How long the first connection may take, default 60 s; later ones are tried for ever. */
  readonly firstConnectTimeoutMs?: number;
}

/** One connection to the broker, for everything that a process does there. */
export class Broker {
  readonly names: Names;
  readonly jetstream: JetStreamClient;
  /** Told by publishers, mended by the watchdog. */
  readonly ruined = new RuinedStreams();
  private readonly reconnectListeners = new Set<() => void>();
  private up = true;
  private lastError = 'not connected';

  constructor(
    /** For this package alone: nothing of `@nats-io` leaves it. */
    readonly nats: NatsConnection,
    readonly manager: JetStreamManager,
    prefix: string,
    readonly hooks: MessagingHooks,
  ) {
    this.names = new Names(prefix);
    this.jetstream = jetstream(nats);
    void this.followStatus();
  }

  /** Whether the connection stands at this moment. */
  get connected(): boolean {
    return this.up && !this.nats.isClosed() && !this.nats.isDraining();
  }

  /** Cheap: one round trip on the connection, nothing stored. For readiness. */
  async ready(): Promise<BrokerHealth> {
    if (!this.connected) return { ok: false, reason: this.lastError };
    return this.probe(async () => {
      await this.nats.rtt();
    });
  }

  /**
   * A real publish that has to be stored: after a full disk a broker may answer pings and store nothing. For
   * liveness of the broker, not of this process. The stream holds one message; `ensureTopology` creates it.
   */
  async canary(): Promise<BrokerHealth> {
    if (!this.connected) return { ok: false, reason: this.lastError };
    return this.probe(async () => {
      await this.jetstream.publish(this.names.subject('canary'), '', { timeout: PROBE_TIMEOUT_MS });
    });
  }

  /** Calls back after every reconnect: the broker may have come back without its memory. Returns the way out. */
  onReconnect(listener: () => void): () => void {
    this.reconnectListeners.add(listener);
    return () => this.reconnectListeners.delete(listener);
  }

  /** Sends what is buffered (acks above all) and closes. Later calls do nothing. */
  async drain(): Promise<void> {
    if (this.nats.isClosed() || this.nats.isDraining()) return;
    // While disconnected there is nobody to flush to, and draining would wait for a reconnect.
    await (this.up ? this.nats.drain() : this.nats.close());
  }

  private async probe(work: () => Promise<void>): Promise<BrokerHealth> {
    const startedMs = performance.now();
    try {
      await within(PROBE_TIMEOUT_MS, 'the broker', work());
      return { ok: true, roundTripMs: performance.now() - startedMs };
    } catch (error) {
      this.lastError = reasonOf(error);
      return { ok: false, reason: this.lastError };
    }
  }

  private async followStatus(): Promise<void> {
    for await (const status of this.nats.status()) {
      if (status.type === 'disconnect') {
        this.up = false;
        this.lastError = `disconnected from ${status.server}`;
        this.hooks.log('warn', 'broker disconnected', { server: status.server });
      } else if (status.type === 'reconnect') {
        this.up = true;
        this.hooks.log('info', 'broker reconnected', { server: status.server });
        for (const listener of this.reconnectListeners) listener();
      } else if (status.type === 'error') {
        this.lastError = reasonOf(status.error);
        this.hooks.log('error', 'broker error', { reason: this.lastError });
      }
    }
  }
}

/**
 * Connects, and reconnects for ever. @throws AppError 503 when the first connection does not come about in
 * time; TypeError for an address or a prefix that cannot be right.
 */
export async function connectBroker(settings: BrokerSettings): Promise<Broker> {
  new Names(settings.prefix); // Faults in settings show before the network's do.
  const options = {
    ...readBrokerAddresses(settings.url),
    name: settings.name,
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 500,
    // Revoked credentials may be given back: readiness shows it meanwhile.
    ignoreAuthErrorAbort: true,
    pingInterval: PING_INTERVAL_MS,
  };
  const deadlineMs = performance.now() + (settings.firstConnectTimeoutMs ?? 60_000);
  for (;;) {
    try {
      const nats = await connect(options);
      return new Broker(nats, await jetstreamManager(nats, { checkAPI: false }), settings.prefix, settings.hooks);
    } catch (error) {
      if (performance.now() >= deadlineMs) throw unavailable('broker_unreachable', 5, error);
      settings.hooks.log('warn', 'waiting for the broker', { reason: reasonOf(error) });
      await new Pause().wait(500);
    }
  }
}
