import { versionOf, type TimelineFacts, type VersionName } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { Versions } from '../ports/versions.js';
import { accountFragment, fragmentFacts, statusFragment, type AccountFragment, type FragmentView, type StatusFragment } from '../rendering/fragments.js';
import { loadAccountExtras, type AccountPresenting } from '../rendering/present-accounts.js';
import { renderContextOf } from '../rendering/render-context.js';
import { Kept } from './kept.js';
import type { LoadedViews, StatusReader } from './status-reader.js';
import { VersionSheet } from './version-sheet.js';
import { ViewerMemory } from './viewer-memory.js';

export interface FragmentPorts extends AccountPresenting {
  readonly versions: Versions;
}

/** Bytes that one process keeps. */
export interface FragmentLimits {
  readonly statusBytesMax: number;
  readonly accountBytesMax: number;
  readonly viewerBytesMax: number;
}

const LIMITS: FragmentLimits = { statusBytesMax: 32 << 20, accountBytesMax: 16 << 20, viewerBytesMax: 32 << 20 };

/** Moderation's rules, whose version each process has in memory. */
const POLICY: VersionName = 'policy';

/** Strings hold up to two bytes a character. */
const bytesOf = (text: string): number => text.length * 2;

/** Bodies of statuses and the people in them. */
interface Bodies {
  readonly statuses: ReadonlyMap<StatusId, StatusFragment>;
  readonly accounts: ReadonlyMap<AccountId, AccountFragment>;
}

/**
 * Reads statuses from fragments that this process keeps and versions that all copies share: a page of known
 * statuses costs one look into Redis and no SQL. Rules are asked at each read, of fragments and of the viewer's
 * ties. Where versions cannot be told, everything is loaded by SQL and nothing is kept.
 */
export class FragmentReader implements StatusReader<FragmentView> {
  private readonly statuses: Kept<StatusFragment>;
  private readonly accounts: Kept<AccountFragment>;
  private readonly viewers: ViewerMemory;

  constructor(
    private readonly ports: FragmentPorts,
    nowMs: () => number,
    limits: FragmentLimits = LIMITS,
  ) {
    this.statuses = new Kept(limits.statusBytesMax, nowMs);
    this.accounts = new Kept(limits.accountBytesMax, nowMs);
    this.viewers = new ViewerMemory(ports.store, limits.viewerBytesMax, nowMs);
  }

  factsOf(view: FragmentView): TimelineFacts {
    return fragmentFacts(view);
  }

  async load(viewerId: AccountId | null, ids: readonly StatusId[]): Promise<LoadedViews<FragmentView>> {
    const sheet = new VersionSheet(this.ports.versions);
    sheet.know(POLICY, String(this.ports.policy.current().version));
    await sheet.ask(this.namesFor(viewerId, ids));
    const [bodies, remembered] = await Promise.all([this.bodies(sheet, ids), viewerId === null ? null : this.viewers.recall(sheet, viewerId)]);
    if (viewerId === null || remembered === null) return { views: viewsOf(ids, bodies, () => null), viewer: null };
    const [viewer, flags] = await Promise.all([
      this.viewers.viewer(remembered, viewerId, () => peopleIn(bodies)),
      this.viewers.flags(remembered, viewerId, [...bodies.statuses.keys()]),
    ]);
    return { views: viewsOf(ids, bodies, flags), viewer };
  }

  /** Everything that the page is made of as far as this process knows: asked at once, since each asking is a round trip. */
  private namesFor(viewerId: AccountId | null, ids: readonly StatusId[]): Set<VersionName> {
    const names = new Set<VersionName>(viewerId === null ? [] : [versionOf.ties(viewerId), versionOf.marks(viewerId)]);
    const note = (id: StatusId): StatusId | null => {
      names.add(versionOf.status(id));
      const known = this.statuses.peek(id);
      if (known === undefined) return null;
      names.add(versionOf.account(known.accountId));
      for (const name of this.accounts.namesOf(known.accountId)) names.add(name);
      return known.boostOfId;
    };
    for (const id of ids) {
      const boosted = note(id);
      if (boosted !== null) note(boosted);
    }
    return names;
  }

  private async bodies(sheet: VersionSheet, ids: readonly StatusId[]): Promise<Bodies> {
    const statuses = new Map<StatusId, StatusFragment>();
    await this.addStatuses(sheet, statuses, ids);
    const boosted = [...statuses.values()].flatMap(({ boostOfId }) => (boostOfId === null || statuses.has(boostOfId) ? [] : [boostOfId]));
    await this.addStatuses(sheet, statuses, boosted);
    const accounts = new Map<AccountId, AccountFragment>();
    await this.addAccounts(sheet, accounts, [...statuses.values()].map((status) => status.accountId));
    return { statuses, accounts };
  }

  private async addStatuses(sheet: VersionSheet, found: Map<StatusId, StatusFragment>, ids: readonly StatusId[]): Promise<void> {
    await sheet.ask(ids.map(versionOf.status));
    const missing = takeKept(this.statuses, sheet, found, ids);
    if (missing.length === 0) return;
    const ctx = renderContextOf(this.ports.settings);
    for (const status of await this.ports.store.statusesByIds(missing)) {
      const fragment = statusFragment(status, ctx);
      found.set(status.id, fragment);
      const bytes = bytesOf(fragment.jsonHead) + fragment.facts.mentionedIds.size * 64;
      this.statuses.keep(status.id, fragment, { sheet, names: [versionOf.status(status.id)], bytes });
    }
  }

  private async addAccounts(sheet: VersionSheet, found: Map<AccountId, AccountFragment>, ids: readonly AccountId[]): Promise<void> {
    await sheet.ask(ids.map(versionOf.account));
    const missing = takeKept(this.accounts, sheet, found, ids);
    if (missing.length === 0) return;
    const rows = await this.ports.store.accountsByIds(missing);
    const extrasOf = await loadAccountExtras(this.ports, rows);
    const ctx = renderContextOf(this.ports.settings);
    // Where somebody moved to stands in their account.
    await sheet.ask(rows.flatMap((row) => extrasOf(row).movedTo?.id ?? []).map(versionOf.account));
    for (const row of rows) {
      const extras = extrasOf(row);
      const fragment = accountFragment(row, ctx, extras);
      found.set(row.id, fragment);
      const names = [POLICY, versionOf.account(row.id), ...(extras.movedTo ? [versionOf.account(extras.movedTo.id)] : [])];
      this.accounts.keep(row.id, fragment, { sheet, names, bytes: bytesOf(fragment.json) });
    }
  }
}

/** Adds what is kept and stands; answers what has to be loaded. */
function takeKept<V>(kept: Kept<V>, sheet: VersionSheet, found: Map<string, V>, ids: readonly StatusId[]): StatusId[] {
  const missing = new Set<StatusId>();
  for (const id of ids) {
    if (found.has(id)) continue;
    const value = kept.get(id, sheet);
    if (value === undefined) missing.add(id);
    else found.set(id, value);
  }
  return [...missing];
}

function viewsOf(ids: readonly StatusId[], bodies: Bodies, flags: (id: StatusId) => FragmentView['flags']): Map<StatusId, FragmentView> {
  const viewOf = (id: StatusId, depth: number): FragmentView | null => {
    const status = bodies.statuses.get(id);
    const author = status === undefined ? undefined : bodies.accounts.get(status.accountId);
    if (status === undefined || author === undefined) return null;
    const boosted = status.boostOfId === null || depth === 0 ? null : viewOf(status.boostOfId, depth - 1);
    if (status.boostOfId !== null && depth > 0 && boosted === null) return null;
    return { status, author, boosted, flags: flags(id) };
  };
  const views = new Map<StatusId, FragmentView>();
  for (const id of ids) {
    const view = viewOf(id, 1);
    if (view !== null) views.set(id, view);
  }
  return views;
}

function peopleIn({ statuses }: Bodies): AccountId[] {
  const people = new Set<AccountId>();
  for (const { accountId, reply, facts } of statuses.values()) {
    people.add(accountId);
    if (reply !== null && reply.toAccountId !== null) people.add(reply.toAccountId);
    for (const id of facts.mentionedIds) people.add(id);
  }
  return [...people];
}
