import type { HistoryEntry, Try } from './history.js';

export interface AnswerRules {
  /** Nobody was killed or stopped, so that 502, the word of the proxy before a service that is gone, has no reason. */
  readonly endsNoProcess: boolean;
}

/** What the answers of a round alone say was broken, a sentence each: a fault is told as 503 with Retry-After and as nothing else. */
export function badAnswers(history: readonly HistoryEntry[], { endsNoProcess }: AnswerRules): string[] {
  const bad = new Map<string, number>();
  for (const { status, retryAfter } of history.filter((entry): entry is Try => entry.type === 'try')) {
    const isFine = status === null || (status === 502 && !endsNoProcess) || status === 429 || (status === 503 && retryAfter !== null);
    const what = status === 503 ? '503 without Retry-After' : String(status);
    if (!isFine) bad.set(what, (bad.get(what) ?? 0) + 1);
  }
  return [...bad].map(([what, count]) => `answered ${what}, ${count} times`);
}

/** Of all operations, from 0 to 1. What nobody confirmed cannot be lost, so a round in which little was confirmed says little. */
export function shareAcknowledged(history: readonly HistoryEntry[]): number {
  const asked = new Set<number>();
  const sure = new Set<number>();
  for (const entry of history) {
    if (entry.type === 'ask') asked.add(entry.op);
    if (entry.type === 'answer' && entry.outcome === 'acknowledged') sure.add(entry.op);
  }
  return asked.size === 0 ? 1 : sure.size / asked.size;
}
