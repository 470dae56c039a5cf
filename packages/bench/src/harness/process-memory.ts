import { readFileSync } from 'node:fs';

const KB_PER_MB = 1_024;

/** Resident memory of a process in MB, now and at its highest. @throws Error when it is gone */
export function processMemory(pid: number): { readonly rssMb: number; readonly peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / KB_PER_MB;
  return { rssMb: mb('VmRSS'), peakMb: mb('VmHWM') };
}
