import { AppError } from '@trunkline/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addressGroup } from './client-address.js';

export interface BodyBudgetLimits {
  /** Bytes of bodies that are being read or worked on in this process. */
  readonly bytesMax: number;
  /** Those of one client address, see `addressGroup`. */
  readonly perAddressBytesMax: number;
  /** What a body counts for that does not say how long it is; longer ones are refused elsewhere. */
  readonly bodyBytesMax: number;
}

const RETRY_SECONDS = 5;

/**
 * What bodies may take of the memory of a process. A limit for each body and one for connections are not enough: twenty
 * thousand senders who each drip a megabyte are within both.
 */
export class BodyBudget {
  private held = 0;
  private readonly byAddress = new Map<string, number>();

  constructor(private readonly limits: BodyBudgetLimits) {}

  /** @returns the way to give it back, once. @throws AppError 429 or 503 when there is no room */
  take(address: string, bytes: number): () => void {
    const { bytesMax, perAddressBytesMax } = this.limits;
    const own = this.byAddress.get(address) ?? 0;
    if (own + bytes > perAddressBytesMax) throw refusal(429, 'bodies_of_address');
    if (this.held + bytes > bytesMax) throw refusal(503, 'bodies');
    this.held += bytes;
    this.byAddress.set(address, own + bytes);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.held -= bytes;
      const left = (this.byAddress.get(address) ?? bytes) - bytes;
      if (left <= 0) this.byAddress.delete(address);
      else this.byAddress.set(address, left);
    };
  }

  /** 0: it has none, or one so long that nobody will read it. */
  bytesOf({ headers }: Pick<FastifyRequest, 'headers'>): number {
    const { bodyBytesMax } = this.limits;
    if (headers['transfer-encoding'] !== undefined) return bodyBytesMax;
    const length = Number(headers['content-length'] ?? 0);
    return length <= bodyBytesMax ? length : 0;
  }
}

/** Counts every body from its headers until its request is answered. */
export function installBodyBudget(instance: FastifyInstance, budget: BodyBudget): void {
  instance.addHook('onRequest', (request, reply, done) => {
    const bytes = budget.bytesOf(request);
    if (bytes === 0) return done();
    try {
      reply.raw.once('close', budget.take(addressGroup(request.ip), bytes));
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

const refusal = (status: 429 | 503, code: string): AppError =>
  new AppError(status, code, status === 429 ? 'Too many requests' : 'Service temporarily unavailable', { retryAfterSeconds: RETRY_SECONDS });
