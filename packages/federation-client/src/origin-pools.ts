import { Pool, type buildConnector } from 'undici';
import type { AddressGuard } from './address-guard.js';
import type { StandIn } from './settings.js';
import { standInConnector } from './stand-in.js';

/** Bounds a peer's `Keep-Alive: timeout=` hint. */
const KEEP_ALIVE_MAX_MS = 60_000;
/** How many idle pools one request clears away at most: the bookkeeping stays constant per request. */
const SWEPT_PER_USE = 4;

class PoolsClosedError extends Error {
  readonly code = 'UND_ERR_CLOSED';
}

/** Where a pool leads: a URL is one. */
interface Origin {
  readonly protocol: string;
  readonly host: string;
  readonly origin: string;
}

export interface PoolSettings {
  readonly guard: AddressGuard;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly poolsMax: number;
  readonly idleMs: number;
  readonly standIn?: StandIn | undefined;
}

/**
 * One keep-alive pool per origin, the least recently used one closed when there are too many. A new TLS
 * connection costs 35 times the CPU of a kept one (measured), so pools are what makes delivery cheap.
 */
export class OriginPools {
  private readonly pools = new Map<string, { readonly pool: Pool; usedAtMs: number }>();
  private readonly closing = new Set<Pool>();
  private closed = false;

  constructor(private readonly settings: PoolSettings) {}

  get size(): number {
    return this.pools.size;
  }

  /** The pool for a judged URL. Dispatch before the next await: a pool may be closed by then. @throws PoolsClosedError */
  at(url: Origin): Pool {
    if (this.closed) throw new PoolsClosedError('the client is shutting down');
    const usedAtMs = performance.now();
    const pool = this.pools.get(url.origin)?.pool ?? this.open(url);
    this.pools.delete(url.origin);
    this.pools.set(url.origin, { pool, usedAtMs });
    this.sweep(usedAtMs);
    return pool;
  }

  /** Lets open requests end within `graceMs`, then cuts them. */
  async close(graceMs: number): Promise<void> {
    this.closed = true;
    for (const origin of [...this.pools.keys()]) this.retire(origin);
    const pools = [...this.closing];
    const timer = setTimeout(() => pools.forEach((pool) => void pool.destroy()), graceMs);
    await Promise.allSettled(pools.map((pool) => pool.close()));
    clearTimeout(timer);
  }

  private open(url: Origin): Pool {
    const { connections, connectTimeoutMs, idleMs } = this.settings;
    return new Pool(url.origin, {
      connections,
      connectTimeout: connectTimeoutMs,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      // Signatures name HTTP/1.1 headers, and one slow stream must not hold up others on the same socket.
      allowH2: false,
      autoSelectFamily: true,
      connect: this.connectorOf(url),
    });
  }

  private connectorOf(url: Origin): buildConnector.BuildOptions | buildConnector.connector {
    const { guard, standIn } = this.settings;
    const lookup = guard.lookupFor(url);
    return standIn === undefined ? { lookup } : standInConnector(standIn, lookup);
  }

  private sweep(nowMs: number): void {
    let looked = 0;
    for (const [origin, { pool, usedAtMs }] of this.pools) {
      const isOver = this.pools.size > this.settings.poolsMax;
      const isIdle = nowMs - usedAtMs > this.settings.idleMs && pool.stats.size === 0;
      if (isOver || isIdle) this.retire(origin);
      else if (nowMs - usedAtMs <= this.settings.idleMs) return;
      if (++looked >= SWEPT_PER_USE) return;
    }
  }

  private retire(origin: string): void {
    const pool = this.pools.get(origin)?.pool;
    if (pool === undefined) return;
    this.pools.delete(origin);
    this.closing.add(pool);
    void pool.close().finally(() => this.closing.delete(pool));
  }
}
