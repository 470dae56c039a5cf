import type { Readable } from 'node:stream';

/** A file as it is read back. */
export interface StoredFile {
  readonly bytes: number;
  /** To be read to its end or destroyed. */
  readonly content: Readable;
}

/**
 * Where files live. A key is a relative path of our own making, such as `media/116/112/original.png`: lower-case letters,
 * digits, `.`, `-` and `_` between slashes, at most 512 characters, no part that begins with a dot. Other keys are a bug
 * and throw a TypeError. What a file is (its media type, who may see it) stands in Postgres, not here.
 */
export interface FileStore {
  /** Stores the whole content or nothing; replaces what was there. Resolves when it survives a restart. */
  put(key: string, content: Uint8Array): Promise<void>;
  /** null when there is none. */
  get(key: string): Promise<StoredFile | null>;
  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>;
  /** Where the public reads the file; says nothing about whether it exists. */
  url(key: string): string;
}

const KEY_CHARS_MAX = 512;
const KEY = /^[a-z0-9_-][a-z0-9._-]*(\/[a-z0-9_-][a-z0-9._-]*)*$/;

/** @throws TypeError for a key that could leave the store or that not every store can hold. */
export function assertKey(key: string): void {
  if (key.length > KEY_CHARS_MAX || !KEY.test(key)) throw new TypeError(`not a key of a file store: ${JSON.stringify(key.slice(0, 80))}`);
}
