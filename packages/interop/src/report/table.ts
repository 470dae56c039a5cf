/** How a step ended: `yes`; `no` with why; `not there`: the peer's software has no such thing. */
export interface Row {
  readonly step: string;
  readonly here: string;
  readonly there: string;
  readonly ok: 'yes' | 'no' | 'not there';
}

const WIDTH_MAX = 46;
const HEAD: Row = { step: 'step', here: 'seen here', there: 'seen there', ok: 'yes' };

const cut = (text: string): string => (text.length > WIDTH_MAX ? `${text.slice(0, WIDTH_MAX - 1)}…` : text);

/** The table of one run, and below it the whole of what went wrong. */
export function table(peer: string, rows: readonly Row[]): string {
  const width = (of: (row: Row) => string): number => Math.max(...[HEAD, ...rows].map((row) => cut(of(row)).length));
  const [steps, heres, theres] = [width(({ step }) => step), width(({ here }) => here), width(({ there }) => there)];
  const line = ({ step, here, there, ok }: Row, isHead = false): string => `${cut(step).padEnd(steps)}  ${cut(here).padEnd(heres)}  ${cut(there).padEnd(theres)}  ${isHead ? 'ok' : ok}`.trimEnd();
  const missed = rows.filter(({ ok }) => ok === 'no');
  return [
    `With ${peer}:`,
    '',
    line(HEAD, true),
    ...rows.map((row) => line(row)),
    '',
    `${rows.filter(({ ok }) => ok === 'yes').length} well, ${missed.length} missed, ${rows.filter(({ ok }) => ok === 'not there').length} not there.`,
    ...missed.map(({ step, here }) => `  ${step}: ${here}`),
  ].join('\n');
}
