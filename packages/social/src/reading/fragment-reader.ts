import { changeOf, quotePermission, shownQuote, type TimelineFacts, type Viewer } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { accountFragment, fragmentFacts, statusFragment, type AccountFragment, type FragmentView, type StatusFragment } from '../rendering/fragments.js';
import { loadAccountExtras, type AccountPresenting } from '../rendering/present-accounts.js';
import { renderContextOf } from '../rendering/render-context.js';
import type { Changes } from './changes.js';
import { Kept, type Trail } from './kept.js';
import type { LoadedViews, StatusReader } from './status-reader.js';
import { ViewerMemory } from './viewer-memory.js';

export interface FragmentPorts extends AccountPresenting {
  readonly changes: Changes;
}

/** Bytes that one process keeps. */
export interface FragmentLimits {
  readonly statusBytesMax: number;
  readonly accountBytesMax: number;
  readonly viewerBytesMax: number;
}

/** A quote, and what that quotes: of the latter only the id is shown. */
const QUOTES_DEEP = 2;

const LIMITS: FragmentLimits = { statusBytesMax: 32 << 20, accountBytesMax: 16 << 20, viewerBytesMax: 32 << 20 };

/** `told`: whether changes can be told; `trail`: notes what was used; `leftMsMin`: what will be believed for less is loaded. */
export interface Reading {
  readonly told: boolean;
  readonly trail?: Trail | undefined;
  readonly leftMsMin?: number | undefined;
}

/** Bodies of statuses and the people in them. */
interface Bodies {
  readonly statuses: ReadonlyMap<StatusId, StatusFragment>;
  readonly accounts: ReadonlyMap<AccountId, AccountFragment>;
}

/**
 * Reads statuses from fragments that this process keeps until the log of changes names them: a page of known
 * statuses costs no SQL. Rules are asked at each read, of fragments and of the viewer's ties. While changes cannot
 * be told, everything is loaded by SQL and nothing is kept.
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
    this.statuses = new Kept(limits.statusBytesMax, ports.changes, nowMs);
    this.accounts = new Kept(limits.accountBytesMax, ports.changes, nowMs);
    this.viewers = new ViewerMemory({ store: ports.store, changes: ports.changes }, limits.viewerBytesMax, nowMs);
  }

  factsOf(view: FragmentView): TimelineFacts {
    return fragmentFacts(view);
  }

  async load(viewerId: AccountId | null, ids: readonly StatusId[]): Promise<LoadedViews<FragmentView>> {
    return this.read({ told: await this.ports.changes.sync() }, viewerId, ids);
  }

  /** For a request that synced already; `told`: what that said. */
  synced(how: Reading): StatusReader<FragmentView> {
    return { load: (viewerId, ids) => this.read(how, viewerId, ids), factsOf: fragmentFacts };
  }

  private async read(how: Reading, viewerId: AccountId | null, ids: readonly StatusId[]): Promise<LoadedViews<FragmentView>> {
    const [bodies, remembered] = await Promise.all([this.bodies(how, ids), viewerId === null ? null : this.viewers.recall(how, viewerId)]);
    if (viewerId === null || remembered === null) return { views: viewsOf(ids, bodies, NOBODY), viewer: null };
    const answered = answeredIn(bodies);
    const [viewer, flags, own] = await Promise.all([
      this.viewers.viewer(remembered, viewerId, () => peopleIn(bodies)),
      this.viewers.flags(remembered, viewerId, [...bodies.statuses.keys()]),
      answered.length === 0 ? null : this.ports.store.ownAnswers(viewerId, answered),
    ]);
    return { views: viewsOf(ids, bodies, { flags, own: (id) => own?.get(id) ?? null, viewer }), viewer };
  }

  private async bodies(how: Reading, ids: readonly StatusId[]): Promise<Bodies> {
    const statuses = new Map<StatusId, StatusFragment>();
    const missing = take(how, this.statuses, statuses, ids);
    if (missing.length > 0) await this.loadStatuses(how, statuses, missing);
    const boostedIds: StatusId[] = [];
    for (const { boostOfId } of statuses.values()) if (boostOfId !== null) boostedIds.push(boostOfId);
    const missingBoosted = take(how, this.statuses, statuses, boostedIds);
    if (missingBoosted.length > 0) await this.loadStatuses(how, statuses, missingBoosted);
    await this.addQuoted(how, statuses);
    const accounts = new Map<AccountId, AccountFragment>();
    const accountIds: AccountId[] = [];
    for (const { accountId } of statuses.values()) accountIds.push(accountId);
    const missingAccounts = take(how, this.accounts, accounts, accountIds);
    if (missingAccounts.length > 0) await this.loadAccounts(how, accounts, missingAccounts);
    return { statuses, accounts };
  }

  /** What the statuses quote, and what that quotes. */
  private async addQuoted(how: Reading, statuses: Map<StatusId, StatusFragment>): Promise<void> {
    let from: readonly StatusFragment[] = [...statuses.values()];
    for (let round = 0; round < QUOTES_DEEP; round += 1) {
      const ids: StatusId[] = [];
      for (const fragment of from) {
        const id = quotedIdOf(fragment);
        if (id !== null && !statuses.has(id)) ids.push(id);
      }
      if (ids.length === 0) return;
      const missing = take(how, this.statuses, statuses, ids);
      if (missing.length > 0) await this.loadStatuses(how, statuses, missing);
      from = ids.flatMap((id) => statuses.get(id) ?? []);
    }
  }

  private async loadStatuses({ told, trail }: Reading, found: Map<StatusId, StatusFragment>, missing: readonly StatusId[]): Promise<void> {
    const since = this.ports.changes.moment;
    const ctx = renderContextOf(this.ports.settings);
    const rows = await this.ports.store.statusesByIds(missing);
    if (trail !== undefined && rows.length < missing.length) trail.hasGaps = true;
    for (const status of rows) {
      const fragment = statusFragment(status, ctx);
      found.set(status.id, fragment);
      const bytes = fragment.jsonHead.length + fragment.approvalJson.length + fragment.facts.mentionedIds.size * 64 + (fragment.answered === null ? 0 : JSON.stringify(fragment.answered).length);
      if (told) this.statuses.keep(status.id, fragment, { since, names: [changeOf.status(status.id)], bytes }, trail);
    }
  }

  private async loadAccounts({ told, trail }: Reading, found: Map<AccountId, AccountFragment>, missing: readonly AccountId[]): Promise<void> {
    const since = this.ports.changes.moment;
    const rows = await this.ports.store.accountsByIds(missing);
    if (trail !== undefined && rows.length < missing.length) trail.hasGaps = true;
    const extrasOf = await loadAccountExtras(this.ports, rows);
    const ctx = renderContextOf(this.ports.settings);
    for (const row of rows) {
      const extras = extrasOf(row);
      const fragment = accountFragment(row, ctx, extras);
      found.set(row.id, fragment);
      // Where somebody moved to stands in their account.
      const names = [changeOf.account(row.id), ...(extras.movedTo ? [changeOf.account(extras.movedTo.id)] : [])];
      if (told) this.accounts.keep(row.id, fragment, { since, names, bytes: fragment.json.length }, trail);
    }
  }
}

/** Adds what is kept and stands; answers what has to be loaded. */
function take<V>({ told, trail, leftMsMin }: Reading, kept: Kept<V>, found: Map<string, V>, ids: readonly StatusId[]): StatusId[] {
  const missing: StatusId[] = [];
  for (const id of ids) {
    if (found.has(id)) continue;
    const value = told ? kept.get(id, trail, leftMsMin) : undefined;
    if (value !== undefined) found.set(id, value);
    else if (!missing.includes(id)) missing.push(id);
  }
  return missing;
}

/** What a status quotes with its author's consent, if that is here. */
const quotedIdOf = ({ quote }: StatusFragment): StatusId | null => (quote?.state === 'accepted' ? quote.quotedId : null);

/** Who reads, and what they did with statuses. */
interface Doings {
  readonly flags: (id: StatusId) => FragmentView['flags'];
  readonly own: (id: StatusId) => FragmentView['own'];
  readonly viewer: Viewer | null;
}

const NOBODY: Doings = { flags: () => null, own: () => null, viewer: null };

function viewsOf(ids: readonly StatusId[], bodies: Bodies, { flags, own, viewer }: Doings): Map<StatusId, FragmentView> {
  const viewOf = (id: StatusId, boosts: number, quotes: number): FragmentView | null => {
    const status = bodies.statuses.get(id);
    const author = status === undefined ? undefined : bodies.accounts.get(status.accountId);
    if (status === undefined || author === undefined) return null;
    const boosted = status.boostOfId === null || boosts === 0 ? null : viewOf(status.boostOfId, boosts - 1, quotes);
    if (status.boostOfId !== null && boosts > 0 && boosted === null) return null;
    const quotedId = quotedIdOf(status);
    const quoted = quotedId === null || quotes === 0 ? null : viewOf(quotedId, 0, quotes - 1);
    const quotedFacts = quoted === null ? null : { ...quoted.status.facts, authorSuspended: quoted.author.suspended };
    const quote = status.quote === null ? null : shownQuote(status.quote, quotedFacts, viewer);
    return { status, author, boosted, quoted, quote, permission: quotePermission(status.quotable, viewer), flags: flags(id), own: own(id) };
  };
  const views = new Map<StatusId, FragmentView>();
  for (const id of ids) {
    const view = viewOf(id, 1, QUOTES_DEEP);
    if (view !== null) views.set(id, view);
  }
  return views;
}

/** Statuses with a poll or reactions; mostly none. */
function answeredIn({ statuses }: Bodies): StatusId[] {
  const ids: StatusId[] = [];
  for (const { id, answered } of statuses.values()) if (answered !== null) ids.push(id);
  return ids;
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
