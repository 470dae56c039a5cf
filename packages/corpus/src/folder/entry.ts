/** One file of a corpus, and what its INDEX.tsv says of it. */
export interface Entry {
  /** Within the folder, with slashes. */
  readonly path: string;
  /** The software that wrote it. */
  readonly server: string;
  /** `Create(Note)`, `Person`, `WebFinger JRD`; empty when nobody says. */
  readonly type: string;
  /** What is special about it. */
  readonly note: string;
  /** An attack: it may leave nothing behind. */
  readonly isAttack: boolean;
  /** The file, without a mark of byte order; null: it cannot be read. */
  readonly text: string | null;
  /** Why it cannot be read; null with `text`. */
  readonly trouble: string | null;
}

/** A folder as it was read. */
export interface Corpus {
  readonly entries: readonly Entry[];
  /** What is wrong with the folder, in sentences; the rest of it is played all the same. */
  readonly complaints: readonly string[];
}

/** A file that waits for its turn. */
export interface Turn {
  readonly entry: Entry;
  readonly json: unknown;
  /** Whether the reader follows whoever speaks; attacks are played both ways. */
  readonly isFollowed: boolean;
}
