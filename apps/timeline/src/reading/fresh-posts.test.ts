import { expect, test } from '@jest/globals';
import type { StatusId } from '@trunkline/kernel';
import { FreshPosts, type FreshPostsPorts } from './fresh-posts.js';

const id = (n: number): StatusId => String(n) as StatusId;

/** A store that counts what it is asked, of posts by one author. */
function scene() {
  const state = { nowMs: 1_000, asked: [] as string[][], fails: false, deletedAt: null as Date | null };
  const status = (statusId: StatusId) => ({ id: statusId, accountId: id(9), boostOfId: null, quote: null, poll: null, reactions: [], deletedAt: state.deletedAt });
  const store = {
    statusesByIds: (ids: StatusId[]) => {
      state.asked.push(ids);
      return state.fails ? Promise.reject(new Error('away')) : Promise.resolve(ids.filter((one) => one !== id(404)).map(status));
    },
    accountsByIds: () => Promise.resolve([{ id: id(9), domain: null }]),
  };
  const policy = { current: () => ({}) };
  return { state, posts: new FreshPosts({ store, policy, clock: { nowMs: () => state.nowMs } } as unknown as FreshPostsPorts) };
}

test('two who ask for a post at the same time, or soon after, read it once', async () => {
  const { state, posts } = scene();
  const both = await Promise.all([posts.load([id(1), id(2)]), posts.load([id(2), id(3), id(404)])]);
  expect(both.map((views) => [...views.keys()])).toEqual([[id(1), id(2)], [id(2), id(3)]]);
  state.nowMs += 50;
  await posts.load([id(1), id(3)]);
  expect(state.asked).toEqual([[id(1), id(2)], [id(3), id(404)]]);
});

test('what is older is read anew', async () => {
  const { state, posts } = scene();
  await posts.load([id(1)]);
  state.nowMs += 100;
  state.deletedAt = new Date();
  expect([...(await posts.load([id(1)])).keys()]).toEqual([]);
  expect(state.asked).toEqual([[id(1)], [id(1)]]);
});

test('a failure is told to who asked, and not kept', async () => {
  const { state, posts } = scene();
  state.fails = true;
  await expect(posts.load([id(1)])).rejects.toThrow('away');
  state.fails = false;
  expect([...(await posts.load([id(1)])).keys()]).toEqual([id(1)]);
});
