import { buffer } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import type { FileStore } from '@trunkline/storage';

/** What every file store promises. `open` gives an empty one each time. */
export function describeFileStore(open: () => Promise<FileStore>): void {
  const read = async (store: FileStore, key: string): Promise<string | null> => {
    const file = await store.get(key);
    return file === null ? null : (await buffer(file.content)).toString();
  };

  test('what was put is read back, with its size', async () => {
    const store = await open();
    await store.put('media/1/original.png', Buffer.from('one'));
    const file = await store.get('media/1/original.png');
    expect(file?.bytes).toBe(3);
    expect(file && (await buffer(file.content)).toString()).toBe('one');
  });

  test('an empty file is a file', async () => {
    const store = await open();
    await store.put('empty', new Uint8Array(0));
    expect(await read(store, 'empty')).toBe('');
  });

  test('a second put replaces the first, a remove takes it away, twice is no error', async () => {
    const store = await open();
    await store.put('a/b', Buffer.from('one'));
    await store.put('a/b', Buffer.from('two'));
    expect(await read(store, 'a/b')).toBe('two');
    await store.remove('a/b');
    await store.remove('a/b');
    expect(await read(store, 'a/b')).toBeNull();
  });

  test('nothing is there where nothing was put, nor at the folder of a file', async () => {
    const store = await open();
    await store.put('a/b', Buffer.from('x'));
    expect([await read(store, 'a'), await read(store, 'a/c'), await read(store, 'a/b/c')]).toEqual([null, null, null]);
  });

  test('readers and writers at once meet whole files only', async () => {
    const store = await open();
    const versions = ['a', 'b'].map((letter) => letter.repeat(200_000));
    await store.put('racing', Buffer.from(versions[0] ?? ''));
    const writes = Array.from({ length: 10 }, (_, i) => store.put('racing', Buffer.from(versions[i % 2] ?? '')));
    const reads = Array.from({ length: 20 }, () => read(store, 'racing'));
    await Promise.all(writes);
    for (const text of await Promise.all(reads)) expect(versions).toContain(text);
  });

  test('a url ends in the key', async () => {
    expect((await open()).url('media/1/small.png')).toMatch(/^https?:\/\/.+\/media\/1\/small\.png$/);
  });

  test.each(['', '/a', 'a/', 'a//b', '..', 'a/../b', '.hidden', 'a/.b', 'A', 'a b', 'a\\b', 'a\0b', 'ä', 'a'.repeat(513)])('%j is no key', async (key) => {
    const store = await open();
    await expect(store.put(key, Buffer.from('x'))).rejects.toThrow(TypeError);
    await expect(store.get(key)).rejects.toThrow(TypeError);
    await expect(store.remove(key)).rejects.toThrow(TypeError);
    expect(() => store.url(key)).toThrow(TypeError);
  });
}
