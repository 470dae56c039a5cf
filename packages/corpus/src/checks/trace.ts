import { isJson, textOf, type Json } from '../folder/json.js';
import type { TestServer } from '@trunkline/testing';
import { stateTables, tablesOf } from './tables.js';

/** Columns that say when somebody was last here, or was last asked for. */
const FOOTPRINTS = ['last_active_at', 'last_used_at', 'fetched_at', 'updated_at'];
const ROWS_MAX = 10_000;

/** Every row of every table of state, as text. */
export type Snapshot = ReadonlyMap<string, ReadonlySet<string>>;

export async function snapshotOf({ backbone: { db } }: TestServer): Promise<Snapshot> {
  const snapshot = new Map<string, ReadonlySet<string>>();
  for (const name of stateTables(await tablesOf(db))) {
    const rows = await db.query<{ line: string }>(`SELECT (to_jsonb(t) - $1::text[])::text AS line FROM ${name} t ORDER BY 1 LIMIT ${ROWS_MAX}`, [FOOTPRINTS]);
    snapshot.set(name, new Set(rows.map(({ line }) => line)));
  }
  return snapshot;
}

/** What an attacker may leave behind. */
export interface Allowance {
  /** Hosts at which the attacker has accounts of their own. */
  readonly hosts: ReadonlySet<string>;
  /** Who speaks, as far as the document says it. */
  readonly speaker: string | null;
  /** Whether somebody here follows them, so that what they say in their own name is kept. */
  readonly isFollowed: boolean;
}

/** Counters and lists that go with a row of somebody. */
const BESIDE = new Set(['social.account_stats', 'social.status_stats', 'social.status_tags', 'social.mentions', 'social.polls', 'timeline.notifications']);

/**
 * Rows that came, went or changed and that the attack may not have touched. That the attacker exists may be known, and of
 * one who is followed what they say in their own name; nothing else.
 */
export function traces(before: Snapshot, after: Snapshot, allowance: Allowance): string[] {
  const ownAccounts = new Set<string>();
  const speakers = new Set<string>();
  const found: string[] = [];
  for (const row of rowsOf(after, 'social.accounts')) {
    if (isOwn(row['uri'], allowance)) ownAccounts.add(String(row['id']));
    if (row['uri'] === allowance.speaker) speakers.add(String(row['id']));
  }
  for (const [name, lines] of before) {
    for (const line of lines) if (after.get(name)?.has(line) !== true && !isOwnRow(name, line, { allowance, ownAccounts, speakers, isNew: false })) found.push(`${name} lost or changed ${line.slice(0, 160)}`);
  }
  for (const [name, lines] of after) {
    for (const line of lines) if (before.get(name)?.has(line) !== true && !isOwnRow(name, line, { allowance, ownAccounts, speakers, isNew: true })) found.push(`${name} got ${line.slice(0, 160)}`);
  }
  return found;
}

const rowsOf = (snapshot: Snapshot, name: string): Json[] => [...(snapshot.get(name) ?? [])].map((line) => JSON.parse(line) as Json);

function isOwn(uri: unknown, { hosts }: Allowance): boolean {
  const text = textOf(uri);
  return text !== null && URL.canParse(text) && hosts.has(new URL(text).host);
}

interface Judging {
  readonly allowance: Allowance;
  readonly ownAccounts: ReadonlySet<string>;
  readonly speakers: ReadonlySet<string>;
  readonly isNew: boolean;
}

function isOwnRow(name: string, line: string, { allowance, ownAccounts, speakers, isNew }: Judging): boolean {
  const row: unknown = JSON.parse(line);
  if (!isJson(row)) return false;
  if (name === 'social.accounts') return isOwn(row['uri'], allowance);
  if (name === 'social.account_stats') return ownAccounts.has(String(row['account_id']));
  if (!allowance.isFollowed) return false;
  // A speaker may take back and change what they said themselves; what others at their host said is not theirs.
  if (name === 'social.statuses') return isOwn(row['uri'], allowance) && (isNew ? ownAccounts : speakers).has(String(row['account_id']));
  return isNew && BESIDE.has(name);
}
