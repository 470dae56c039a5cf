import { beforeEach, expect, test } from '@jest/globals';
import { snowflake, type Snowflake } from '@trunkline/kernel';
import { ActivityApplier, type InboundRows, type WaitingRow } from './apply-batch.js';
import { APPLIED, retry, type Verdict } from './verdict.js';

const ids = (...numbers: number[]): Snowflake[] => numbers.map((number) => snowflake(String(number)));
const fresh = (id: string, actorUri = id): WaitingRow => ({ id: snowflake(id), actorUri, signerHost: 'h', body: '{}', activityType: 'Like', trace: null, attempts: 0, begun: 0, isLate: false });
const late = (id: string, begun = 0, actorUri = id): WaitingRow => ({ ...fresh(id, actorUri), begun, isLate: true });
const never = new AbortController().signal;

/** The ledger in memory. */
class Ledger implements InboundRows {
  readonly marks: string[] = [];
  /** Late ones that another copy has noted. */
  elsewhere: Snowflake[] = [];
  constructor(readonly rows: WaitingRow[]) {}
  loadWaiting = async (wanted: readonly Snowflake[]) => this.rows.filter((row) => wanted.includes(row.id));
  noteLate = async (noted: readonly Snowflake[]) => {
    const free = noted.filter((id) => !this.elsewhere.includes(id));
    this.marks.push(...free.map((id) => `${id} late`));
    return free;
  };
  begin = async (id: Snowflake) => {
    this.marks.push(`${id} begun`);
    return (this.rows.find((row) => row.id === id)?.begun ?? 0) + 1;
  };
  earlierTie = async () => 'none' as const;
  markApplied = async (applied: readonly Snowflake[]) => void this.marks.push(...applied.map((id) => `${id} applied`));
  markIgnored = async (id: Snowflake, reason: string) => void this.marks.push(`${id} ignored ${reason}`);
  putOff = async (put: readonly Snowflake[], delayMs: number) => void this.marks.push(...put.map((id) => `${id} put off ${delayMs}`));
  markDead = async (id: Snowflake, reason: string) => void this.marks.push(`${id} dead ${reason}`);
  retryLater = async (id: Snowflake, reason: string, delayMs: number) => void this.marks.push(`${id} retry ${reason} ${delayMs}`);
}

let seen: string[];
beforeEach(() => void (seen = []));

/** Everything that is fresh or only late goes together. */
function applierOf(ledger: Ledger, apply: (row: WaitingRow) => Promise<Verdict> = async () => APPLIED) {
  const trouble: string[] = [];
  const applier = new ActivityApplier({
    inbound: ledger,
    apply,
    applyTogether: async (rows) => new Map(rows.map((row) => [row.id, APPLIED])),
    observe: (row, outcome) => seen.push(`${row.id} ${outcome}`),
    onTrouble: (row, outcome) => trouble.push(`${row.id} ${outcome}`),
    onSplit: (rows) => trouble.push(`split ${rows}`),
    onLeft: (left) => trouble.push(...left.map((id) => `${id} left`)),
  });
  return { applier, trouble };
}

test('late ones are noted before they are begun, and go with the others', async () => {
  const ledger = new Ledger([late('1'), fresh('2')]);
  await applierOf(ledger).applier.apply(ids(1, 2), never);
  expect(ledger.marks).toEqual(['1 late']);
  expect(seen).toEqual(['1 applied', '2 applied']);
});

test('what another copy noted in the same moment is left to it', async () => {
  const ledger = new Ledger([late('1'), late('2')]);
  ledger.elsewhere = ids(1);
  await applierOf(ledger).applier.apply(ids(1, 2), never);
  expect(seen).toEqual(['2 applied']);
});

test('who comes back with a note runs alone, with a note of its own, and is marked before the next one begins', async () => {
  const ledger = new Ledger([late('1', 1), late('2', 2), late('3')]);
  let running = 0;
  const apply = async (): Promise<Verdict> => {
    running += 1;
    await new Promise((resolve) => setImmediate(resolve));
    expect(running).toBe(1);
    running -= 1;
    return APPLIED;
  };
  await applierOf(ledger, apply).applier.apply(ids(1, 2, 3), never);
  const order = ledger.marks.filter((mark) => !mark.startsWith('3'));
  expect(order.slice(0, 3)).toEqual(['1 begun', '1 applied', '2 begun']);
  expect(seen.sort()).toEqual(['1 applied', '2 applied', '3 applied']);
});

test('who came back from that too often is given up and not begun; its actor’s later rows go on', async () => {
  const begun: string[] = [];
  const ledger = new Ledger([late('1', 3, 'amy'), fresh('2', 'amy')]);
  const { applier, trouble } = applierOf(ledger, async (row) => (begun.push(row.id), APPLIED));
  await applier.apply(ids(1, 2), never);
  expect(begun).toEqual(['2']);
  expect(ledger.marks).toEqual(['1 begun', '1 dead its process died or hung while it was applied', '2 applied']);
  expect([trouble, seen]).toEqual([['1 dead'], ['1 dead', '2 applied']]);
});

test('what goes wrong in order is tried again later, as ever', async () => {
  const ledger = new Ledger([late('1', 2)]);
  await applierOf(ledger, async () => retry('actor_unreachable')).applier.apply(ids(1), never);
  expect(ledger.marks).toEqual(['1 begun', '1 retry actor_unreachable 15000']);
});
