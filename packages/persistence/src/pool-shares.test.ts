import { expect, test } from '@jest/globals';
import { inShare, ShareGates } from './pool-shares.js';

const SHARES = { inbox: 1, jobs: 2 };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that notes when it begins, and ends when it is told to. */
class Works {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, () => void>();

  run(name: string): Promise<string> {
    this.begun.push(name);
    return new Promise((resolve) => this.ends.set(name, () => resolve(name)));
  }

  end(...names: string[]): void {
    for (const name of names) this.ends.get(name)?.();
  }
}

test('a kind that has its share waits, in order; the others and what people ask for do not', async () => {
  const gates = new ShareGates(SHARES);
  const works = new Works();
  const all = [
    ...['j1', 'j2', 'j3', 'j4'].map((name) => inShare('jobs', () => gates.pass(() => works.run(name)))),
    ...['i1', 'i2'].map((name) => inShare('inbox', () => gates.pass(() => works.run(name)))),
    ...['p1', 'p2', 'p3'].map((name) => gates.pass(() => works.run(name))),
  ];
  expect(works.begun).toEqual(['j1', 'j2', 'i1', 'p1', 'p2', 'p3']);
  works.end('j2');
  await turn();
  expect(works.begun.slice(6)).toEqual(['j3']);
  works.end('j1', 'i1', 'j3');
  await turn();
  works.end('j4', 'i2', 'p1', 'p2', 'p3');
  expect(await Promise.all(all)).toEqual(['j1', 'j2', 'j3', 'j4', 'i1', 'i2', 'p1', 'p2', 'p3']);
});

test('work that failed gives its place back', async () => {
  const gates = new ShareGates(SHARES);
  const failing = inShare('inbox', () => gates.pass(() => Promise.reject(new Error('no'))));
  await expect(failing).rejects.toThrow('no');
  expect(await inShare('inbox', () => gates.pass(async () => 'yes'))).toBe('yes');
});

test('work that asks for a second connection does not wait for itself', async () => {
  const gates = new ShareGates(SHARES);
  const nested = inShare('inbox', () => gates.pass(() => gates.pass(async () => 'inner')));
  expect(await nested).toBe('inner');
});
