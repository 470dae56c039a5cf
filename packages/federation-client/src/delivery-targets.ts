import { ok, type Result } from '@trunkline/kernel';
import type { AddressGuard } from './address-guard.js';
import type { FetchFailure } from './fetch-failure.js';

/** An inbox as it is dialled and signed for. */
export interface DeliveryTarget {
  readonly protocol: string;
  readonly origin: string;
  /** With a port if it is not the scheme's own. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
}

const KNOWN_MAX = 20_000;

/**
 * What inbox addresses lead to, taken apart and judged once: settings never change while a process lives, and the
 * addresses behind a name are judged at each dial. Beyond the limit the oldest are forgotten.
 */
export class DeliveryTargets {
  private readonly known = new Map<string, DeliveryTarget>();

  constructor(private readonly guard: Pick<AddressGuard, 'checkUrl'>) {}

  /** Failures: `bad_url`, `blocked_address`. */
  of(inbox: string): Result<DeliveryTarget, FetchFailure> {
    const known = this.known.get(inbox);
    if (known !== undefined) return ok(known);
    const checked = this.guard.checkUrl(inbox);
    if (!checked.ok) return checked;
    const { protocol, origin, host, pathname, search } = checked.value;
    const target = { protocol, origin, host, path: pathname + search };
    const [oldest] = this.known.keys();
    if (this.known.size >= KNOWN_MAX && oldest !== undefined) this.known.delete(oldest);
    this.known.set(inbox, target);
    return ok(target);
  }
}
