import { expect, test } from '@jest/globals';
import { followersDigest } from '@trunkline/activitypub';
import { digestOfMany } from './digest-of-many.js';

test('is the digest of the set, and lets others have their turn', async () => {
  const uris = Array.from({ length: 1_000 }, (_, at) => `https://here.example/users/${at}`);
  let [turns, isDone] = [0, false];
  const others = (): void => {
    turns += 1;
    if (!isDone) setImmediate(others);
  };
  setImmediate(others);
  const digest = await digestOfMany([...uris, ...uris]);
  isDone = true;
  expect(digest).toBe(followersDigest(uris));
  expect(turns).toBeGreaterThan(3);
  for (const few of [[], uris.slice(0, 1), uris.slice(0, 200)]) expect(await digestOfMany(few)).toBe(followersDigest(few));
});
