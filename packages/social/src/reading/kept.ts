import type { VersionName } from '@trunkline/domain';
import { KEPT_MS_MAX } from '../ports/versions.js';
import type { VersionSheet } from './version-sheet.js';

interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
  readonly untilMs: number;
  /** What it was made of, with the tokens of that time. */
  readonly names: readonly VersionName[];
  readonly tokens: readonly string[];
}

/** About what an entry costs beside its value. */
const ENTRY_BYTES = 400;

/** What was loaded, by a key, as long as its versions stand: the least lately used goes first when there is no room. */
export class Kept<V> {
  private readonly entries = new Map<string, Entry<V>>();
  private held = 0;

  constructor(
    private readonly bytesMax: number,
    /** Milliseconds of a clock that never goes back. */
    private readonly nowMs: () => number,
  ) {}

  get bytes(): number {
    return this.held;
  }

  /** The value though it may be outdated: for knowing what to ask for. */
  peek(key: string): V | undefined {
    return this.entries.get(key)?.value;
  }

  namesOf(key: string): readonly VersionName[] {
    return this.entries.get(key)?.names ?? [];
  }

  /** The value, if its versions are on the sheet and stand. */
  get(key: string, sheet: VersionSheet): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.untilMs < this.nowMs()) return undefined;
    for (let at = 0; at < entry.names.length; at += 1) {
      if (sheet.token(entry.names[at] ?? '') !== entry.tokens[at]) return undefined;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** Keeps what was loaded after these versions were asked for; does not when one of them cannot be told. */
  keep(key: string, value: V, given: { readonly sheet: VersionSheet; readonly names: readonly VersionName[]; readonly bytes: number; readonly forMs?: number }): void {
    this.drop(key);
    const tokens = given.names.flatMap((name) => given.sheet.token(name) ?? []);
    const bytes = given.bytes + ENTRY_BYTES;
    if (tokens.length < given.names.length || bytes > this.bytesMax) return;
    const untilMs = this.nowMs() + Math.min(given.forMs ?? KEPT_MS_MAX, KEPT_MS_MAX);
    this.entries.set(key, { value, bytes, untilMs, names: given.names, tokens });
    this.held += bytes;
    for (const oldest of this.entries.keys()) {
      if (this.held <= this.bytesMax) return;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    this.held -= this.entries.get(key)?.bytes ?? 0;
    this.entries.delete(key);
  }
}
