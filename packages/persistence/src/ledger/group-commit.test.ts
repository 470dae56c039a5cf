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

test('a group that is not full waits for its time', async () => {
  const { groups, release, flush } = heldFlushes();
  const commit = new GroupCommit(flush, { flushesMax: 2, waitMs: 2 });
  const answers = [commit.submit(1)];
  await turn();
  answers.push(commit.submit(2));
  await turn();
  expect(groups).toEqual([[1]]);
  while (groups.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  release.forEach((done) => done());
  expect(await Promise.all(answers)).toEqual([10, 20]);
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
  release[1]?.(new Error('no commit'));
  expect((await others).map((result) => result.status)).toEqual(['rejected', 'rejected']);
  const next = commit.submit(4);
  await turn();
  release[2]?.();
  expect(await next).toBe(40);
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
  release[1]?.();
  expect(await Promise.all(answers)).toEqual([10, 20, 30]);
});
