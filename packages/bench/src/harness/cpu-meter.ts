import { readdirSync, readFileSync } from 'node:fs';

/** Linux tells process times in hundredths of a second on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Times {
  readonly parent: number;
  /** Its own, in seconds. */
  readonly own: number;
  /** Of children that ended, in seconds. */
  readonly ended: number;
}

/**
 * CPU seconds that processes have used so far, with all that their children use and used: a backend of Postgres that
 * ends hands its time to the postmaster.
 * @throws Error when one of them is gone: its time would be missing from the sum.
 */
export function cpuSeconds(pids: readonly number[]): number {
  const all = new Map<number, Times>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const times = Number.isInteger(pid) ? timesOf(pid) : null;
    if (times !== null) all.set(pid, times);
  }
  let sum = 0;
  for (const pid of pids) {
    const times = all.get(pid);
    if (times === undefined) throw new Error(`process ${pid} ended while it was measured`);
    sum += times.own + times.ended;
    for (const child of all.values()) if (child.parent === pid) sum += child.own + child.ended;
  }
  return sum;
}

/** CPU seconds that all cores together have spent on anything so far, also on other guests of the same hardware. */
export function busySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  return (user + nice + system + irq + softirq + stolen) / TICKS_PER_SECOND;
}

function timesOf(pid: number): Times | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold spaces and brackets; what follows the last one is numbers.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    const seconds = (index: number): number => (fields[index] ?? 0) / TICKS_PER_SECOND;
    return { parent: fields[1] ?? 0, own: seconds(11) + seconds(12), ended: seconds(13) + seconds(14) };
  } catch {
    return null;
  }
}
