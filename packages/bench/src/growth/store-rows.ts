export interface StoreSizes {
  readonly accounts: number;
  readonly statusesEach: number;
  readonly followsEach: number;
  /** When the newest post was written, milliseconds of the epoch. */
  readonly newestMs: number;
}

/** Between two people who signed up one after the other, and between two posts. */
const APART_MS = 20;
const FIRST_MS = 1_600_000_000_000;
/** A prime: authors come in a scattered order, as posts do. */
const STRIDE = 7_919;
const CONTENT = '<p>A train left the yard at dawn, on time for once.</p>'.repeat(4);

const idAt = (ms: number): string => (BigInt(ms) << 16n).toString();
const accountId = (number: number): string => idAt(FIRST_MS + number * APART_MS);
/** One row of COPY's text format. */
const row = (...values: readonly (string | number)[]): string => values.join('\t');

function* numbers(count: number): Generator<number> {
  for (let number = 1; number <= count; number += 1) yield number;
}

export function* accountRows({ accounts }: StoreSizes, baseUrl: string): Generator<string> {
  for (const n of numbers(accounts)) {
    const uri = `${baseUrl}/ap/users/${accountId(n)}`;
    yield row(
      accountId(n), `person${n}`, uri, `${baseUrl}/@person${n}`, `Person ${n}`, `Somebody who reads and writes, number ${n}`,
      `${baseUrl}/inbox/${n}`, `${baseUrl}/inbox`, `${baseUrl}/ap/users/${n}/followers`, `${baseUrl}/media/${n}.png`,
    );
  }
}

export function* statRows({ accounts, statusesEach, followsEach }: StoreSizes): Generator<string> {
  for (const n of numbers(accounts)) yield row(accountId(n), followsEach, followsEach, statusesEach, 'now');
}

/** Every third with an image. */
export function* statusRows(sizes: StoreSizes, baseUrl: string): Generator<string> {
  const ids = statusIds(sizes);
  for (const n of numbers(sizes.accounts * sizes.statusesEach)) {
    const id = ids(n);
    const author = accountId(1 + ((n * STRIDE) % sizes.accounts));
    const media = n % 3 === 0 ? JSON.stringify([imageOf(n, id, baseUrl)]) : '[]';
    yield row(id, author, `${baseUrl}/ap/statuses/${id}`, `${baseUrl}/@a/${id}`, 't', CONTENT, 'A train left the yard', 'public', 'en', id, media, '{}', 'now');
  }
}

export function* statusStatRows(sizes: StoreSizes): Generator<string> {
  const ids = statusIds(sizes);
  for (const n of numbers(sizes.accounts * sizes.statusesEach)) yield row(ids(n), 3);
}

/** Each follows as many, few of them much loved: the cube of an even number favours the first. */
export function* followRows({ accounts, followsEach }: StoreSizes): Generator<string> {
  for (const n of numbers(accounts)) {
    const followed = new Set<number>();
    while (followed.size < followsEach) followed.add(1 + Math.floor(Math.random() ** 3 * accounts));
    let at = 0;
    for (const target of followed) yield row(accountId(n), accountId(target), n * 100 + (at += 1));
  }
}

const statusIds =
  ({ accounts, statusesEach, newestMs }: StoreSizes) =>
  (n: number): string =>
    idAt(newestMs - (accounts * statusesEach - n) * APART_MS);

const imageOf = (n: number, id: string, baseUrl: string): object => ({
  id, kind: 'image', url: `${baseUrl}/media/${n}.jpg`, previewUrl: `${baseUrl}/media/${n}-small.jpg`, remoteUrl: null,
  description: 'A yard in the morning', blurhash: 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH', width: 1200, height: 800, focus: null,
});
