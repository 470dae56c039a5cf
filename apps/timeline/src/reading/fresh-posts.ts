import type { Clock, StatusId } from '@trunkline/kernel';
import { loadStatuses, type PolicyPort, type SocialReads, type StatusView } from '@trunkline/social';

/** What two consumers are told of one event lies as far apart; a change that comes in between is told by an event of its own. */
const KEPT_MS = 100;
const KEPT_MAX = 1_000;

export interface FreshPostsPorts {
  readonly store: SocialReads;
  readonly policy: PolicyPort;
  readonly clock: Clock;
}

interface Kept {
  readonly untilMs: number;
  readonly views: Promise<ReadonlyMap<StatusId, StatusView>>;
}

/**
 * Posts as nobody in particular sees them, just after they were published: feeds and notices are told of the same event by
 * different consumers, and read the post once between them. Not for events of a change: these need what stands now.
 */
export class FreshPosts {
  private readonly kept = new Map<StatusId, Kept>();

  constructor(private readonly ports: FreshPostsPorts) {}

  /** Those that are there and not deleted. */
  async load(ids: readonly StatusId[]): Promise<ReadonlyMap<StatusId, StatusView>> {
    const nowMs = this.ports.clock.nowMs();
    this.forget(nowMs);
    const wanted = [...new Set(ids)];
    const missing = wanted.filter((id) => !this.kept.has(id));
    if (missing.length > 0) this.keep(missing, nowMs);
    const found = new Map<StatusId, StatusView>();
    for (const [id, views] of wanted.map((one) => [one, this.kept.get(one)?.views] as const)) {
      const view = (await views)?.get(id);
      if (view !== undefined && view.status.deletedAt === null) found.set(id, view);
    }
    return found;
  }

  private keep(ids: readonly StatusId[], nowMs: number): void {
    const views = loadStatuses(this.ports, null, ids).then((loaded) => loaded.views);
    const kept = { untilMs: nowMs + KEPT_MS, views };
    for (const id of ids) this.kept.set(id, kept);
    // Who waits for it is told; the next one asks anew.
    views.catch(() => {
      for (const id of ids) if (this.kept.get(id) === kept) this.kept.delete(id);
    });
  }

  /** They were kept in the order of their times. */
  private forget(nowMs: number): void {
    for (const [id, { untilMs }] of this.kept) {
      if (untilMs > nowMs && this.kept.size <= KEPT_MAX) return;
      this.kept.delete(id);
    }
  }
}
