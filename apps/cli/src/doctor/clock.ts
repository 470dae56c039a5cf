import { doubt, fault, fine, type Finding } from './finding.js';

const FAULT_MS = 300_000;
const DOUBT_MS = 10_000;

/**
 * What an answer's Date says beside the database's time. By the first a server signs, by the second it judges what others signed. Where
 * both stand on one machine they agree with each other when they are wrong, and only another server's answer tells.
 * @param them whose clocks these are, as in `the clocks of A and of B`
 */
export function judgeClock(what: string, dateHeader: string, { nowMs, them }: { readonly nowMs: number; readonly them: string }): Finding {
  const dateMs = Date.parse(dateHeader);
  if (Number.isNaN(dateMs)) return doubt(what, 'answers carry no Date header', 'Let the proxy pass it on: others compare it with theirs.');
  // The header has whole seconds.
  const offMs = Math.max(0, Math.abs(dateMs - nowMs) - 1_000);
  const found = `${them} differ by ${Math.round(offMs / 1_000)} s`;
  const mend = 'Run a time service (chrony, systemd-timesyncd) on this machine and on that of Postgres: signatures more than five minutes off are refused by many servers.';
  if (offMs > FAULT_MS) return fault(what, found, mend);
  return offMs > DOUBT_MS ? doubt(what, found, mend) : fine(what, found);
}
