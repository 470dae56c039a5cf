import type { Backbone } from '@trunkline/platform';

/** Of one statement: how often it was asked, and how long it was planned and run. */
export interface Spent {
  readonly calls: number;
  readonly planMs: number;
  readonly runMs: number;
}

/** By the text, in one line. */
export type StatementTotals = ReadonlyMap<string, Spent>;

const TOTALS = `
  SELECT btrim(regexp_replace(query, '\\s+', ' ', 'g')) AS text, sum(calls)::int AS calls,
         sum(total_plan_time) AS "planMs", sum(total_exec_time) AS "runMs"
    FROM pg_stat_statements
   WHERE query NOT LIKE '%pg_stat_statements%'
   GROUP BY 1
   LIMIT 5000`;

/** What this Postgres was asked so far, by whomever; it has to have loaded pg_stat_statements. */
export async function readStatements(db: Pick<Backbone['db'], 'query'>): Promise<StatementTotals> {
  const rows = await db.query<Spent & { text: string }>(TOTALS);
  return new Map(rows.map(({ text, ...spent }) => [text, spent]));
}

/** What was asked between two readings. */
export function since(before: StatementTotals, after: StatementTotals): StatementTotals {
  const spent = [...after].map(([text, now]): readonly [string, Spent] => {
    const was = before.get(text) ?? { calls: 0, planMs: 0, runMs: 0 };
    return [text, { calls: now.calls - was.calls, planMs: now.planMs - was.planMs, runMs: now.runMs - was.runMs }];
  });
  return new Map(spent.filter(([, { calls }]) => calls > 0));
}
