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
    const unknown = ids.filter((id) => !this.targets.has(id));
    const loaded = unknown.length === 0 ? new Map<StatusId, StatusId | null>() : await this.load(unknown);
    const known = new Map<StatusId, StatusId>();
    for (const id of ids) {
      const target = this.targets.get(id) ?? loaded.get(id) ?? null;
      if (target !== null) known.set(id, target);
    }
    for (const [id, target] of loaded) this.targets.set(id, target);
    for (const id of this.targets.keys()) {
      if (this.targets.size <= KEPT_MAX) break;
      this.targets.delete(id);
    }
    return known;
  }
}
