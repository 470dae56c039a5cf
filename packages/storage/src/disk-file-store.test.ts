import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { describeFileStore } from '../test/file-store-suite.js';
import { DiskFileStore } from './disk-file-store.js';

const roots: string[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true });
});

async function openStore(): Promise<DiskFileStore> {
  const root = await mkdtemp(join(tmpdir(), 'file-store-'));
  roots.push(root);
  return new DiskFileStore({ root: join(root, 'files'), publicUrl: 'https://social.example/media' });
}

describe('DiskFileStore', () => {
  describeFileStore(openStore);

  test('a put that fails leaves nothing half-written behind', async () => {
    const store = await openStore();
    await store.put('taken/file', Buffer.from('x'));
    // A folder stands where the file should go.
    await expect(store.put('taken', Buffer.from('x'))).rejects.toThrow();
    expect(await readdir(join(roots[0] ?? '', 'files'))).toEqual(['taken']);
  });

  test('a link that somebody planted is not followed', async () => {
    const store = await openStore();
    const root = roots[0] ?? '';
    await store.put('a', Buffer.from('x'));
    await writeFile(join(root, 'outside'), 'secret');
    await symlink(join(root, 'outside'), join(root, 'files', 'link'));
    expect(await store.get('link')).toBeNull();
  });
});
