import type { Ask, Claim, HistoryEntry, Outcome } from './history.js';

/** One fact as it was found when all was quiet. */
export interface Found {
  readonly count: number;
  /** Its state, where facts have more than being there. */
  readonly state: string;
}

export type Observed = ReadonlyMap<string, Found>;

/**
 * `lost`: acknowledged, and what it promised is not there. `duplicate`: there more often than it may be.
 * `reordered`: an older state of the fact stands. `unknown`: never acknowledged, so both ends are right.
 */
export type Verdict = 'ok' | 'unknown' | 'reordered' | 'lost' | 'duplicate';

export interface Report {
  readonly operations: number;
  readonly counts: Readonly<Record<Verdict, number>>;
  /** One sentence for each operation that went wrong. */
  readonly findings: readonly string[];
}

/** Of a round that did not come to its end. */
export const NOTHING_CHECKED: Report = { operations: 0, counts: { ok: 0, unknown: 0, reordered: 0, lost: 0, duplicate: 0 }, findings: [] };

const SEVERITY: readonly Verdict[] = ['ok', 'unknown', 'reordered', 'lost', 'duplicate'];
const GONE: Found = { count: 0, state: '' };

interface Operation {
  readonly ask: Ask;
  readonly outcome: Outcome;
  verdict: Verdict;
  readonly reasons: string[];
}

interface Held {
  readonly claim: Claim;
  readonly by: Operation;
}

/** Classifies every operation of a history against what was found. Pure: a history file and a snapshot suffice. */
export function checkHistory(history: readonly HistoryEntry[], observed: Observed): Report {
  const operations = operationsOf(history);
  for (const held of claimsByKey(operations)) judgeFact(held, observed);
  for (const operation of operations) judgeEffects(operation, operations, observed);
  const counts: Record<Verdict, number> = { ok: 0, unknown: 0, reordered: 0, lost: 0, duplicate: 0 };
  for (const { verdict } of operations) counts[verdict] += 1;
  const findings = operations.flatMap(({ ask, verdict, reasons }) => reasons.map((reason) => `${verdict}: operation ${ask.op} (${ask.who}: ${ask.action}): ${reason}`));
  return { operations: operations.length, counts, findings };
}

function operationsOf(history: readonly HistoryEntry[]): Operation[] {
  const outcomes = new Map<number, Outcome>();
  for (const entry of history) {
    // Once acknowledged is acknowledged, whatever a repeat was answered.
    if (entry.type === 'answer' && outcomes.get(entry.op) !== 'acknowledged') outcomes.set(entry.op, entry.outcome);
  }
  return history.flatMap((entry) => {
    if (entry.type !== 'ask') return [];
    const outcome = outcomes.get(entry.op) ?? 'unknown';
    return [{ ask: entry, outcome, verdict: outcome === 'unknown' ? 'unknown' : 'ok', reasons: [] } satisfies Operation];
  });
}

/** Claims on each fact, first to last; what was refused claims nothing. */
function claimsByKey(operations: readonly Operation[]): Held[][] {
  const byKey = new Map<string, Held[]>();
  for (const by of operations) {
    if (by.outcome === 'refused') continue;
    for (const claim of by.ask.claims) byKey.set(claim.key, [...(byKey.get(claim.key) ?? []), { claim, by }]);
  }
  return [...byKey.values()].map((held) => held.sort((one, other) => one.claim.order - other.claim.order));
}

function judgeFact(held: readonly Held[], observed: Observed): void {
  const found = observed.get(held[0]?.claim.key ?? '') ?? GONE;
  const key = held[0]?.claim.key ?? '';
  if (found.count > 1) {
    for (const { by, claim } of held) if (claim.wanted !== null) accuse(by, 'duplicate', `${key} is there ${found.count} times`);
    return;
  }
  const state = found.count === 0 ? null : found.state;
  const lastSure = held.findLastIndex(({ by }) => by.outcome === 'acknowledged');
  const allowed = new Set(held.slice(Math.max(0, lastSure)).map(({ claim }) => claim.wanted));
  if (lastSure < 0) allowed.add(null);
  if (allowed.has(state)) return;
  const guilty = held[lastSure] ?? held[0];
  if (guilty === undefined) return;
  const isOlder = held.slice(0, Math.max(0, lastSure)).some(({ claim }) => claim.wanted === state);
  // A fact that is there again after its end was resurrected; one that is not there was lost.
  const verdict: Verdict = state !== null && isOlder ? 'reordered' : 'lost';
  accuse(guilty.by, verdict, `${key} is ${state ?? 'gone'} and should be ${guilty.claim.wanted ?? 'gone'}`);
}

/** Effects are due while no later claim may have ended what they follow from. */
function judgeEffects(operation: Operation, all: readonly Operation[], observed: Observed): void {
  const isDue = operation.outcome === 'acknowledged' && !mayBeGone(operation, all);
  for (const { key, atLeast, atMost } of operation.ask.effects) {
    const count = observed.get(key)?.count ?? 0;
    if (isDue && count < atLeast) accuse(operation, 'lost', `${key} was found ${count} times, not ${atLeast}`);
    if (atMost !== null && count > atMost) accuse(operation, 'duplicate', `${key} was found ${count} times, not ${atMost}`);
  }
}

function mayBeGone(operation: Operation, all: readonly Operation[]): boolean {
  return operation.ask.claims.some(({ key, order }) =>
    all.some((other) => other.outcome !== 'refused' && other.ask.claims.some((claim) => claim.key === key && claim.order > order && claim.wanted === null)),
  );
}

function accuse(operation: Operation, verdict: Verdict, reason: string): void {
  if (SEVERITY.indexOf(verdict) > SEVERITY.indexOf(operation.verdict)) operation.verdict = verdict;
  operation.reasons.push(reason);
}
