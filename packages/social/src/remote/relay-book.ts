import { hostOf } from '@trunkline/activitypub';
import type { Relay, RelayReads } from '../ports/relays.js';

/** A relay that was left is heard for so long at most. */
const KEPT_MS = 1_000;

/** The relays in use, asked for once a second at most. There are never many. */
export class RelayBook {
  private kept: { readonly relays: Promise<readonly Relay[]>; readonly untilMs: number } | null = null;

  constructor(
    private readonly relays: Pick<RelayReads, 'enabled'>,
    private readonly nowMs: () => number,
  ) {}

  /** In the order in which they were added. */
  all(): Promise<readonly Relay[]> {
    const now = this.nowMs();
    const { kept } = this;
    if (kept !== null && kept.untilMs > now) return kept.relays;
    const relays = this.relays.enabled();
    const fresh = { relays, untilMs: now + KEPT_MS };
    this.kept = fresh;
    relays.catch(() => {
      if (this.kept === fresh) this.kept = null;
    });
    return relays;
  }

  /** The ids under which relays act. */
  async actors(): Promise<ReadonlySet<string>> {
    return new Set((await this.all()).flatMap((relay) => relay.actorUri ?? []));
  }

  /** Whether a relay signs there: what it forwards are others' activities, so that its host has to do. */
  async isHost(host: string): Promise<boolean> {
    return (await this.all()).some((relay) => hostOf(relay.actorUri ?? relay.inbox) === host);
  }
}
