import type { StatusId } from '@trunkline/kernel';

/** Some ten megabytes. */
const KEPT_MAX = 50_000;

/**
 * What statuses boost, kept for good: it never changes, and every reader of a home feed asks for it. An unknown status
 * is not kept, since it may come.
 */
export class BoostMemory {
  private readonly targets = new Map<StatusId, StatusId | null>();

  constructor(private readonly load: (ids: readonly StatusId[]) => Promise<Map<StatusId, StatusId | null>>) {}

  async targetsOf(ids: readonly StatusId[]): Promise<Map<StatusId, StatusId>> {
    const known = new Map<StatusId, StatusId>();
    const unknown: StatusId[] = [];
    for (const id of ids) {
      const target = this.targets.get(id);
      if (target === undefined) unknown.push(id);
      else if (target !== null) known.set(id, target);
    }
    if (unknown.length === 0) return known;
    const loaded = await this.load(unknown);
    for (const [id, target] of loaded) {
      if (target !== null) known.set(id, target);
      this.targets.set(id, target);
    }
    for (const id of this.targets.keys()) {
      if (this.targets.size <= KEPT_MAX) break;
      this.targets.delete(id);
    }
    return known;
  }
}
