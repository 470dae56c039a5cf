import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertKey, type FileStore, type StoredFile } from './file-store.js';

export interface DiskFileStoreOptions {
  /** The folder that holds everything; made when missing. */
  readonly root: string;
  /** What stands before a key in its address, such as `https://social.example/media`; no slash at the end. */
  readonly publicUrl: string;
}

/** Files on a local disk, or on one that all copies of a service share. */
export class DiskFileStore implements FileStore {
  constructor(private readonly options: DiskFileStoreOptions) {}

  async put(key: string, content: Uint8Array): Promise<void> {
    const path = this.pathOf(key);
    await mkdir(dirname(path), { recursive: true });
    // Written beside its place and moved: a reader, or a crash, never meets half a file. No key begins with a dot.
    const draft = join(dirname(path), `.${randomUUID()}.part`);
    try {
      await writeDurably(draft, content);
      await rename(draft, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  async get(key: string): Promise<StoredFile | null> {
    const file = await openOrNull(this.pathOf(key));
    if (file === null) return null;
    const { size } = await file.stat();
    return { bytes: size, content: file.createReadStream() };
  }

  async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  url(key: string): string {
    assertKey(key);
    return `${this.options.publicUrl}/${key}`;
  }

  private pathOf(key: string): string {
    assertKey(key);
    return join(this.options.root, key);
  }
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o640);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The move itself survives a power cut only when its folder was written out. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** null when nothing is there, or a folder is. A link is not followed: the store makes none. */
async function openOrNull(path: string): Promise<FileHandle | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
