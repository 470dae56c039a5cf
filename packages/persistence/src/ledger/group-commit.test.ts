import { expect, test } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import { GroupCommit } from './group-commit.js';

/** A flush that ends when it is told to. */
function heldFlushes() {
  const groups: number[][] = [];
  const release: ((error?: Error) => void)[] = [];
  const flush = (items: readonly number[]) => {
    groups.push([...items]);
    return new Promise<number[]>((resolve, reject) => {
      release.push((error) => (error === undefined ? resolve(items.map((item) => item * 10)) : reject(error)));
    });
  };
  return { groups, release, flush };
}

/** The rest of this turn of the event loop. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('an idle committer flushes what came in one turn; what comes meanwhile goes together', async () => {
  const { groups, release, flush } = heldFlushes();
  const commit = new GroupCommit(flush, { flushesMax: 1, waitMs: 0 });
  const first = [commit.submit(1), commit.submit(2)];
  expect(groups).toEqual([]);
  await turn();
  expect(groups).toEqual([[1, 2]]);
  const others = [commit.submit(3), commit.submit(4)];
  await turn();
  expect(groups).toHaveLength(1);
  release[0]?.();
  expect(await Promise.all(first)).toEqual([10, 20]);
  release[1]?.();
  expect(await Promise.all(others)).toEqual([30, 40]);
  expect(groups).toEqual([[1, 2], [3, 4]]);
});

test('a full group does not wait while another flush may start', async () => {
  const { groups, release, flush } = heldFlushes();
  const commit = new GroupCommit(flush, { flushesMax: 2, groupMax: 3, waitMs: 60_000 });
  const answers = [1, 2, 3, 4].map((item) => commit.submit(item));
  await turn();
  expect(groups).toEqual([[1, 2, 3]]);
  answers.push(commit.submit(5), commit.submit(6));
  await turn();
  expect(groups).toEqual([[1, 2, 3], [4, 5, 6]]);
  release.forEach((done) => done());
  expect(await Promise.all(answers)).toEqual([10, 20, 30, 40, 50, 60]);
  await commit.drained();
});

test('a group that is not full waits for the flush under way, but not for ever', async () => {
  const { groups, release, flush } = heldFlushes();
  const commit = new GroupCommit(flush, { flushesMax: 2, waitMs: 1, patienceMs: 500 });
  const answers = [commit.submit(1)];
  await turn();
  answers.push(commit.submit(2));
  await turn();
  expect(groups).toEqual([[1]]);
  while (groups.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  release.forEach((done) => done());
  expect(await Promise.all(answers)).toEqual([10, 20]);
});

test('a group that is not full goes as soon as the flush under way has ended', async () => {
  const { groups, release, flush } = heldFlushes();
  const commit = new GroupCommit(flush, { flushesMax: 2, waitMs: 1, patienceMs: 60_000 });
  const first = commit.submit(1);
  await turn();
  const others = [commit.submit(2), commit.submit(3)];
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(groups).toEqual([[1]]);
  release[0]?.();
  await first;
  while (groups.length < 2) await turn();
  release[1]?.();
  expect(await Promise.all(others)).toEqual([20, 30]);
});

test('what follows a flush closely waits for company, though nothing is under way', async () => {
  const { groups, release, flush } = heldFlushes();
  const commit = new GroupCommit(flush, { flushesMax: 2, groupMax: 2, waitMs: 60_000 });
  const first = commit.submit(1);
  await turn();
  release[0]?.();
  await first;
  const others = [commit.submit(2)];
  await turn();
  expect(groups).toEqual([[1]]);
  others.push(commit.submit(3));
  await turn();
  expect(groups).toEqual([[1], [2, 3]]);
  release[1]?.();
  expect(await Promise.all(others)).toEqual([20, 30]);
});

test('a flush that fails rejects all of its group and nobody else', async () => {
  const { release, flush } = heldFlushes();
  const commit = new GroupCommit(flush, { flushesMax: 1, waitMs: 0 });
  const first = commit.submit(1);
  await turn();
  const others = Promise.allSettled([commit.submit(2), commit.submit(3)]);
  release[0]?.();
  await first;
  await turn();
  release[1]?.(new Error('no commit'));
  expect((await others).map((result) => result.status)).toEqual(['rejected', 'rejected']);
  const next = commit.submit(4);
  await turn();
  release[2]?.();
  expect(await next).toBe(40);
});

test('an item that no flush can hold fails alone when it is known to be one', async () => {
  const poison = new Error('too long for the index');
  const groups: number[][] = [];
  const flush = async (items: readonly number[]): Promise<number[]> => {
    groups.push([...items]);
    if (items.includes(3)) throw poison;
    return items.map((item) => item * 10);
  };
  const commit = new GroupCommit(flush, { isOfOne: (error) => error === poison });
  const answers = await Promise.allSettled([1, 2, 3, 4, 5].map((item) => commit.submit(item)));
  expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason))).toEqual([10, 20, poison, 40, 50]);
  expect(groups).toEqual([[1, 2, 3, 4, 5], [1, 2], [3, 4, 5], [3], [4, 5]]);
  await commit.drained();
});

test('a full queue refuses with 503 and takes up again afterwards', async () => {
  const { release, flush } = heldFlushes();
  const commit = new GroupCommit(flush, { flushesMax: 1, waitMs: 0, queueMax: 2 });
  const answers = [commit.submit(1)];
  await turn();
  answers.push(commit.submit(2), commit.submit(3));
  await expect(commit.submit(4)).rejects.toMatchObject({ status: 503, code: 'group_commit_full' });
  await expect(commit.submit(4)).rejects.toBeInstanceOf(AppError);
  release[0]?.();
  await answers[0];
  await turn();
  release[1]?.();
  expect(await Promise.all(answers)).toEqual([10, 20, 30]);
});

test('S084 what weighs much goes in small groups, one that is heavier than any alone', async () => {
  const groups: number[][] = [];
  const commit = new GroupCommit(async (items: readonly number[]) => (groups.push([...items]), items), { flushesMax: 1, waitMs: 0, weightOf: (item) => item, groupWeightMax: 100 });
  expect(await Promise.all([60, 40, 1, 500, 99, 2].map((item) => commit.submit(item)))).toEqual([60, 40, 1, 500, 99, 2]);
  expect(groups).toEqual([[60, 40], [1], [500], [99], [2]]);
});
