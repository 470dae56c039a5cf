import { serveTasks } from '../harness/worker-process.js';

/** What a loop did, and how long it was on a core for it. */
export interface Spun {
  readonly turns: number;
  readonly cpuSeconds: number;
}

const ENTRIES = 2_000;
const PAGE = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id: String(id), content: '<p>A train left the yard on time.</p>', tags: ['trains'] })));

/** Work as that of a server, and of nobody else: text read and written, things looked up and thrown away. */
function turn(kept: Map<string, unknown>, round: number): void {
  const rows = JSON.parse(PAGE) as { id: string }[];
  for (const [index, row] of rows.entries()) kept.set(`${row.id}:${(round + index) % (ENTRIES / 100)}`, row);
  JSON.stringify(rows);
}

function spin({ seconds }: { readonly seconds: number }): Spun {
  const kept = new Map<string, unknown>();
  const endMs = performance.now() + seconds * 1_000;
  const before = process.cpuUsage();
  let turns = 0;
  while (performance.now() < endMs) turn(kept, (turns += 1));
  const { user, system } = process.cpuUsage(before);
  return { turns, cpuSeconds: (user + system) / 1e6 };
}

/** A loop that asks nobody. */
export const serve = (): void => serveTasks({ spin });
