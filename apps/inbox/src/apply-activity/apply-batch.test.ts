import { beforeEach, describe, expect, test } from '@jest/globals';
import { snowflake, unavailable, type Snowflake } from '@trunkline/kernel';
import { ActivityApplier, type InboundRows, type WaitingRow } from './apply-batch.js';
import { retryDelayMs } from './apply-settings.js';
import { APPLIED, ignored, retry, type Verdict } from './verdict.js';

const ids = (...numbers: number[]): Snowflake[] => numbers.map((number) => snowflake(String(number)));
const rowOf = (id: Snowflake, actorUri = 'amy', attempts = 0, activityType = 'Like'): WaitingRow =>
  ({ id, actorUri, signerHost: 'h', body: '{}', activityType, trace: null, attempts, begun: 0, isLate: false });

/** The ledger in memory; loads newest first, which must not matter. */
class Ledger implements InboundRows {
  readonly marks: string[] = [];
  /** What another copy has in hand. */
  earlier = false;
  constructor(readonly rows: WaitingRow[]) {}
  loadWaiting = async (wanted: readonly Snowflake[]) => this.rows.filter((row) => wanted.includes(row.id)).reverse();
  earlierTie = async () => (this.earlier ? ('underway' as const) : ('none' as const));
  markApplied = async (applied: readonly Snowflake[]) => void this.marks.push(...applied.map((id) => `${id} applied`));
  markIgnored = async (id: Snowflake, reason: string) => void this.marks.push(`${id} ignored ${reason}`);
  noteLate = async (late: readonly Snowflake[]) => late;
  begin = async () => 1;
  putOff = async (put: readonly Snowflake[], delayMs: number) => void this.marks.push(...put.map((id) => `${id} put off ${delayMs}`));
  markDead = async (id: Snowflake, reason: string) => void this.marks.push(`${id} dead ${reason}`);
  retryLater = async (id: Snowflake, reason: string, delayMs: number) => void this.marks.push(`${id} retry ${reason} ${delayMs}`);
}

const never = new AbortController().signal;
let seen: string[];
beforeEach(() => void (seen = []));

type Together = (rows: readonly WaitingRow[]) => Promise<ReadonlyMap<Snowflake, Verdict>>;

interface Bounds {
  readonly rowTimeoutMs?: number;
  readonly togetherTimeoutMs?: number;
  readonly slowAfterMs?: number;
  readonly turnPatienceMs?: number;
}

/** Where a test names no bound it meets none, however busy the machine. */
function applierOf(ledger: Ledger, apply: (row: WaitingRow) => Promise<Verdict>, bounds: Bounds = {}, applyTogether: Together = async () => new Map()) {
  const { rowTimeoutMs = 60_000, togetherTimeoutMs = 60_000, slowAfterMs = 60_000, turnPatienceMs = 60_000 } = bounds;
  const trouble: string[] = [];
  const applier = new ActivityApplier(
    {
      inbound: ledger,
      apply,
      applyTogether,
      observe: (row, outcome) => seen.push(`${row.id} ${outcome}`),
      onTrouble: (row, outcome) => trouble.push(`${row.id} ${outcome}`),
      onSplit: (rows) => trouble.push(`split ${rows}`),
      onLeft: (left) => trouble.push(...left.map((id) => `${id} left`)),
    },
    { apart: { quick: 2, slow: 2, slowPerDomain: 1, slowAfterMs }, triesMax: 3, rowTimeoutMs, togetherTimeoutMs, turnPatienceMs },
  );
  return { applier, trouble };
}

describe('one batch', () => {
  test('one bad activity never fails its batch', async () => {
    const ledger = new Ledger(ids(1, 2, 3).map((id) => rowOf(id)));
    const { applier, trouble } = applierOf(ledger, async (row) => {
      if (row.id === '2') throw new TypeError('a bug');
      return APPLIED;
    });
    await applier.apply(ids(1, 2, 3), never);
    expect(ledger.marks.sort()).toEqual(['1 applied', '2 retry TypeError: a bug 15000', '3 applied']);
    expect(trouble).toEqual(['2 retry']);
  });

  test('what is ignored says why', async () => {
    const ledger = new Ledger([rowOf(snowflake('1'))]);
    await applierOf(ledger, async () => ignored('not_relevant')).applier.apply(ids(1), never);
    expect(ledger.marks).toEqual(['1 ignored not_relevant']);
  });

  test('after the last try it is dead, with the reason', async () => {
    const ledger = new Ledger([rowOf(snowflake('1'), 'amy', 2)]);
    const { applier, trouble } = applierOf(ledger, async () => retry('actor_unreachable'));
    await applier.apply(ids(1), never);
    expect(ledger.marks).toEqual(['1 dead actor_unreachable']);
    expect(trouble).toEqual(['1 dead']);
    expect(seen).toEqual(['1 dead']);
  });

  test('a row that takes too long is tried again later', async () => {
    const ledger = new Ledger([rowOf(snowflake('1'))]);
    await applierOf(ledger, () => new Promise(() => undefined), { rowTimeoutMs: 5 }).applier.apply(ids(1), never);
    expect(ledger.marks).toEqual(['1 retry took_too_long 15000']);
  });

  test('a store that is away fails the bell, not the rows', async () => {
    const ledger = new Ledger([rowOf(snowflake('1'), 'amy', 2), rowOf(snowflake('2'), 'bob')]);
    const { applier } = applierOf(ledger, async (row) => {
      if (row.actorUri === 'amy') throw unavailable('database_unavailable');
      return APPLIED;
    });
    await expect(applier.apply(ids(1, 2), never)).rejects.toMatchObject({ status: 503 });
    expect(ledger.marks).toEqual(['2 applied']);
  });

  test('once the time is over no further row is begun', async () => {
    const ending = new AbortController();
    const ledger = new Ledger(ids(1, 2).map((id) => rowOf(id)));
    const { applier } = applierOf(ledger, async () => {
      ending.abort();
      return APPLIED;
    });
    await applier.apply(ids(1, 2), ending.signal);
    expect(ledger.marks).toEqual(['1 applied']);
  });
});

test('S013 what another server passes on in somebody’s name keeps none of their own rows waiting', async () => {
  const ledger = new Ledger([{ ...rowOf(snowflake('1')), signerHost: 'evil' }, rowOf(snowflake('2'))]);
  const { applier } = applierOf(ledger, (row) => (row.id === '1' ? new Promise(() => undefined) : Promise.resolve(APPLIED)), { rowTimeoutMs: 1_000, slowAfterMs: 40 });
  await applier.apply(ids(1, 2), never);
  expect(ledger.marks).toEqual(['2 applied', '1 put off 30000']);
  await applier.ended();
  expect(ledger.marks).toContain('1 retry took_too_long 15000');
});

describe('together', () => {
  const rows = (...actors: string[]) => actors.map((actorUri, index) => rowOf(snowflake(String(index + 1)), actorUri));

  test('what is not answered is applied one by one, and so is what follows it', async () => {
    const ledger = new Ledger(rows('amy', 'bob', 'amy', 'bob'));
    const alone: string[] = [];
    const together: Together = async (given) => new Map(given.filter((row) => row.actorUri === 'amy').map((row) => [row.id, APPLIED]));
    const { applier } = applierOf(ledger, async (row) => (alone.push(row.id), APPLIED), {}, together);
    await applier.apply(ids(1, 2, 3, 4), never);
    expect(alone).toEqual(['2', '4']);
    // Rows that went together were marked in their transaction.
    expect(ledger.marks).toEqual(['2 applied', '4 applied']);
    expect(seen.sort()).toEqual(['1 applied', '2 applied', '3 applied', '4 applied']);
  });

  test('halves are tried until the bad one stands alone; its actor’s later rows do not overtake it', async () => {
    const ledger = new Ledger(rows('amy', 'bob', 'bob', 'amy'));
    const alone: string[] = [];
    const together: Together = async (given) => {
      if (given.some((row) => row.id === '2')) throw new Error('choked');
      return new Map(given.map((row) => [row.id, APPLIED]));
    };
    const { applier, trouble } = applierOf(ledger, async (row) => (alone.push(row.id), APPLIED), {}, together);
    await applier.apply(ids(1, 2, 3, 4), never);
    expect(trouble).toEqual(['split 4', 'split 2', 'split 1']);
    expect(alone).toEqual(['2', '3']);
  });

  test('what never ends fails the bell, and its actor’s next batch is not stuck behind it', async () => {
    const ledger = new Ledger(rows('amy'));
    let calls = 0;
    const together: Together = (given) => (calls++ === 0 ? new Promise(() => undefined) : Promise.resolve(new Map(given.map((row) => [row.id, APPLIED]))));
    const { applier } = applierOf(ledger, async () => APPLIED, { togetherTimeoutMs: 60 }, together);
    await expect(applier.apply(ids(1), never)).rejects.toMatchObject({ status: 503 });
    await applier.apply(ids(1), never);
    expect(seen).toEqual(['1 applied']);
  });

  test('a store that is away fails the bell at once', async () => {
    const ledger = new Ledger(rows('amy', 'bob'));
    const { applier, trouble } = applierOf(ledger, async () => APPLIED, {}, async () => Promise.reject(unavailable('database_unavailable')));
    await expect(applier.apply(ids(1, 2), never)).rejects.toMatchObject({ status: 503 });
    expect([trouble, ledger.marks]).toEqual([[], []]);
  });

  test('no more than the limit go into one transaction', async () => {
    const sizes: number[] = [];
    const ledger = new Ledger([...Array(250).keys()].map((n) => rowOf(snowflake(String(n + 1)))));
    const together: Together = async (given) => (sizes.push(given.length), new Map(given.map((row) => [row.id, APPLIED])));
    const { applier } = applierOf(ledger, async () => APPLIED, {}, together);
    await applier.apply(ledger.rows.map((row) => row.id), never);
    expect(sizes).toEqual([100, 100, 50]);
  });
});

describe('rows that wait for another server', () => {
  const SOON_SLOW = { slowAfterMs: 40 };
  const slowly = (...slow: string[]) => {
    const ends: (() => void)[] = [];
    const apply = (row: WaitingRow): Promise<Verdict> => (slow.includes(row.id) ? new Promise((resolve) => ends.push(() => resolve(APPLIED))) : Promise.resolve(APPLIED));
    return { apply, endAll: () => ends.splice(0).forEach((end) => end()) };
  };

  test('are not waited for: their batch ends, they go on and are marked when they are done', async () => {
    const ledger = new Ledger([rowOf(snowflake('1'), 'amy'), rowOf(snowflake('2'), 'bob')]);
    const { apply, endAll } = slowly('1');
    const { applier } = applierOf(ledger, apply, SOON_SLOW);
    await applier.apply(ids(1, 2), never);
    expect(ledger.marks).toEqual(['2 applied', '1 put off 30000']);
    // A second bell for it, as of the sweeper.
    await applier.apply(ids(1), never);
    endAll();
    await applier.ended();
    expect(ledger.marks).toEqual(['2 applied', '1 put off 30000', '1 applied']);
  });

  test('hold up later ones of their actor, and nobody else’s', async () => {
    const ledger = new Ledger([rowOf(snowflake('1'), 'amy'), rowOf(snowflake('2'), 'amy'), { ...rowOf(snowflake('3'), 'bob'), signerHost: 'other' }]);
    const { apply, endAll } = slowly('1');
    const { applier } = applierOf(ledger, apply, SOON_SLOW);
    await applier.apply(ids(1), never);
    await applier.apply(ids(2, 3), never);
    expect([...ledger.marks].sort()).toEqual(['1 put off 30000', '2 put off 30000', '3 applied']);
    endAll();
    while (ledger.marks.length < 5) await new Promise((resolve) => setImmediate(resolve));
    expect(ledger.marks.slice(3)).toEqual(['1 applied', '2 applied']);
  });

  test('of a host that keeps all waiting that it may are put off unbegun', async () => {
    const ledger = new Ledger([rowOf(snowflake('1'), 'amy'), rowOf(snowflake('2'), 'eve')]);
    const { apply, endAll } = slowly('1', '2');
    const { applier } = applierOf(ledger, apply, SOON_SLOW);
    await applier.apply(ids(1), never);
    await applier.apply(ids(2), never);
    expect(seen).toEqual([]);
    expect(ledger.marks).toEqual(['1 put off 30000', '2 put off 30000']);
    endAll();
    await applier.ended();
    expect(seen).toEqual(['1 applied']);
  });
});

describe('order', () => {
  /** Rows end when told; `begun` says in which order they began. */
  function gated(rows: WaitingRow[]) {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const ledger = new Ledger(rows);
    const { applier } = applierOf(ledger, (row) => {
      begun.push(row.id);
      return new Promise((resolve) => ends.set(row.id, () => resolve(APPLIED)));
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const end = async (id: string) => {
      ends.get(id)?.();
      await turn();
    };
    return { applier, begun, end, turn, ledger };
  }

  test('activities of one actor follow each other by id; another actor does not wait', async () => {
    const { applier, begun, end, turn } = gated([rowOf(snowflake('10')), rowOf(snowflake('9')), rowOf(snowflake('11'), 'bob')]);
    const done = applier.apply(ids(9, 10, 11), never);
    await turn();
    expect(begun.sort()).toEqual(['11', '9']);
    await end('9');
    expect(begun).toContain('10');
    await end('10');
    await end('11');
    await done;
  });

  test('a later batch waits for the actor’s earlier one', async () => {
    const { applier, begun, end, turn } = gated([rowOf(snowflake('1')), rowOf(snowflake('2'))]);
    const both = [applier.apply(ids(1), never), applier.apply(ids(2), never)];
    await turn();
    expect(begun).toEqual(['1']);
    await end('1');
    expect(begun).toEqual(['1', '2']);
    await end('2');
    await Promise.all(both);
  });

  test('what changes ties waits for an earlier one that another copy has in hand', async () => {
    const { applier, begun, end, turn, ledger } = gated([rowOf(snowflake('1'), 'amy', 0, 'Undo'), rowOf(snowflake('2'), 'bob')]);
    ledger.earlier = true;
    const done = applier.apply(ids(1, 2), never);
    await turn();
    expect(begun).toEqual(['2']);
    await end('2');
    ledger.earlier = false;
    while (begun.length < 2) await turn();
    await end('1');
    await done;
    expect(ledger.marks.sort()).toEqual(['1 applied', '2 applied']);
  });

  test('when patience ends it is tried again later, and so are those that follow it', async () => {
    const ledger = new Ledger([rowOf(snowflake('1'), 'amy', 0, 'Undo'), rowOf(snowflake('2'), 'amy', 0, 'Follow'), rowOf(snowflake('3'))]);
    ledger.earlier = true;
    await applierOf(ledger, async () => APPLIED, { turnPatienceMs: 120 }).applier.apply(ids(1, 2, 3), never);
    expect(ledger.marks).toEqual(['1 retry waits_for_earlier 15000', '2 retry waits_for_earlier 15000', '3 applied']);
  });

  test('a row that is under way is not begun again by a second bell', async () => {
    const { applier, begun, end, turn, ledger } = gated([rowOf(snowflake('1'))]);
    const both = [applier.apply(ids(1), never), applier.apply(ids(1), never)];
    await turn();
    await end('1');
    await Promise.all(both);
    expect(begun).toEqual(['1']);
    expect(ledger.marks).toEqual(['1 applied']);
  });
});

test('tries are spread over hours', () => {
  expect([0, 1, 2, 7].map(retryDelayMs)).toEqual([15_000, 60_000, 240_000, 21_600_000]);
});
