import { hostOf } from '@trunkline/activitypub';
import type { ReadingAsked } from '@trunkline/persistence';
import { registrableDomain } from '@trunkline/social';
import type { ReadPorts } from './ports.js';
import { agrees, claimOf } from './sync-followers.js';

export interface SyncWatchPorts {
  readonly read: ReadPorts;
  readonly ask: (reading: ReadingAsked) => Promise<boolean>;
  readonly onError: (error: unknown) => void;
}

/** What a server said of an actor's followers is not compared again for so long, unless it says something else. */
const QUIET_MS = 10 * 60 * 1_000;
const COOL_DOWN_MS = 10 * 60 * 1_000;
const ACTORS_MAX = 5_000;
const WAITING_MAX = 500;
/** Lists that one registrable domain has us read within the cool-down: what is left out comes with a later post. */
const ASKED_OF_DOMAIN_MAX = 20;

/**
 * Looks at `Collection-Synchronization` of verified deliveries (FEP-8fcf), one by one, beside the work of the inbox. What it
 * has no room for is left out: the header comes again with the actor's next followers-only post.
 */
export class SyncWatch {
  /** The last header of an actor, in order of use. */
  private readonly looked = new Map<string, { readonly header: string; readonly atMs: number }>();
  private readonly waiting = new Map<string, string>();
  private asked = { sinceMs: -Infinity, byDomain: new Map<string, number>() };
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly ports: SyncWatchPorts,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** Never delays or fails the delivery. The actor's signature has been verified. */
  saw(actorUri: string, header: string): void {
    const known = this.looked.get(actorUri);
    const isOld = known?.header === header && this.monotonicMs() - known.atMs < QUIET_MS;
    if (this.stopped || isOld || (this.waiting.size >= WAITING_MAX && !this.waiting.has(actorUri))) return;
    this.waiting.set(actorUri, header);
    this.running ??= this.run().finally(() => (this.running = null));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.waiting.clear();
    await this.running;
  }

  private async run(): Promise<void> {
    // The delivery that brought the first one is answered before.
    await Promise.resolve();
    for (const [actorUri, header] of this.waiting) {
      this.waiting.delete(actorUri);
      this.note(actorUri, header);
      try {
        await this.compare(actorUri, header);
      } catch (error) {
        this.ports.onError(error);
      }
    }
  }

  private async compare(actorUri: string, header: string): Promise<void> {
    const claim = await claimOf(this.ports.read, actorUri, header);
    if (claim === null || (await agrees(this.ports.read, claim)) || !this.mayAsk(actorUri)) return;
    const { partUri, digest } = claim.sync;
    await this.ports.ask({ kind: 'followers', subjectId: claim.account.id, detail: { partUri, digest }, coolDownMs: COOL_DOWN_MS });
  }

  /** Not by host: a wildcard record gives one person any number of them, and of actors. */
  private mayAsk(actorUri: string): boolean {
    const nowMs = this.monotonicMs();
    if (nowMs - this.asked.sinceMs >= COOL_DOWN_MS || this.asked.byDomain.size >= ACTORS_MAX) this.asked = { sinceMs: nowMs, byDomain: new Map() };
    const domain = registrableDomain(hostOf(actorUri) ?? '');
    const count = (this.asked.byDomain.get(domain) ?? 0) + 1;
    this.asked.byDomain.set(domain, count);
    return count <= ASKED_OF_DOMAIN_MAX;
  }

  private note(actorUri: string, header: string): void {
    this.looked.delete(actorUri);
    this.looked.set(actorUri, { header, atMs: this.monotonicMs() });
    const [oldest] = this.looked.keys();
    if (this.looked.size > ACTORS_MAX && oldest !== undefined) this.looked.delete(oldest);
  }
}
