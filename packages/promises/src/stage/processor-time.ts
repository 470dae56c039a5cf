import { readdirSync, readFileSync } from 'node:fs';

/** Processor time since the machine started, in its own ticks. */
export interface ProcessorTime {
  /** Of all processors, idle or not. */
  readonly all: number;
  /** Somebody's, or taken away from this machine by its host. */
  readonly busy: number;
  /** Of a process and all that it started, those that ended included. */
  readonly own: number;
}

/** Looks at the machine as it is now; null where there is no /proc to look at. */
export function readProcessorTime(pid = process.pid): ProcessorTime | null {
  try {
    const stats = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => textOf(`/proc/${name}/stat`));
    return processorTime(readFileSync('/proc/stat', 'utf8'), stats, pid);
  } catch {
    return null;
  }
}

/**
 * @param machine text of /proc/stat
 * @param processes texts of /proc/<pid>/stat
 * @see proc(5)
 */
export function processorTime(machine: string, processes: readonly string[], pid: number): ProcessorTime {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = (/^cpu +(.*)$/m.exec(machine)?.[1] ?? '').split(' ').map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  return { all: busy + idle + iowait, busy, own: ticksOfTree(processes, pid) };
}

/** The share of the machine that others took between two looks, from 0 to 1; null when that is not known. */
export function shareOfOthers(from: ProcessorTime | null, to: ProcessorTime | null): number | null {
  if (from === null || to === null || to.all <= from.all) return null;
  const others = to.busy - from.busy - (to.own - from.own);
  return Math.min(1, Math.max(0, others / (to.all - from.all)));
}

function ticksOfTree(processes: readonly string[], root: number): number {
  const children = new Map<number, number[]>();
  const ticks = new Map<number, number>();
  for (const text of processes) {
    // The name stands in brackets and may hold anything, brackets among it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    const pid = Number.parseInt(text, 10);
    const [parent = 0] = fields.slice(1, 2);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    // utime and stime, and those of children that ended and were waited for.
    ticks.set(pid, fields.slice(11, 15).reduce((sum, field) => sum + field, 0));
  }
  let sum = 0;
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    sum += ticks.get(pid) ?? 0;
    open.push(...(children.get(pid) ?? []));
  }
  return sum;
}

/** Nothing when the process ended meanwhile. */
function textOf(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}
