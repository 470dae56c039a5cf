import type { Scene } from '../stage/scene.js';

/** What became of a file. */
export interface Judged {
  readonly verdict: 'understood' | 'ignored' | 'not understood';
  /** The rule by which it is ignored, or why nobody understood; null when it was understood. */
  readonly rule: string | null;
  /** What a client sees of it, in words; empty when nothing. */
  readonly seen: string;
  /** It did not come so far that anything could be judged. */
  readonly isUnplayed?: boolean;
}

/** A file with its stage set: first it is played, then everything settles, then it is judged. */
export interface Play {
  act(): Promise<void>;
  judge(): Promise<Judged>;
}

export type Player = (scene: Scene) => Promise<Play>;

export const understood = (seen: string): Judged => ({ verdict: 'understood', rule: null, seen });
export const notUnderstood = (why: string, seen = ''): Judged => ({ verdict: 'not understood', rule: why, seen });
