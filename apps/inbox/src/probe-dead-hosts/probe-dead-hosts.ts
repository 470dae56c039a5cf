import { domainVerdict, nextHostState, type HostState } from '@trunkline/domain';
import type { Clock } from '@trunkline/kernel';
import type { LivePort, PolicyPort } from '@trunkline/social';

export interface ProbePorts {
  readonly hosts: {
    /** Dead ones whose turn it is, each to one copy. */
    takeDead(limit: number): Promise<readonly { readonly host: string; readonly state: HostState }[]>;
    save(states: ReadonlyMap<string, { readonly state: HostState; readonly reason?: string }>): Promise<void>;
  };
  readonly deliveries: { catchUp(host: string, options: { readonly givenUp: boolean }): Promise<number> };
  /** Whether anything that federates answers there. */
  readonly answers: (host: string) => Promise<boolean>;
  readonly live: Pick<LivePort, 'deliveriesPlanned'>;
  readonly policy: PolicyPort;
  readonly clock: Clock;
}

/** With the turn of each once a day to once a week: tens of thousands of dead hosts are few requests. */
const HOSTS_MAX = 20;
const AT_ONCE = 4;

/**
 * A host that is back may never speak first: its people wait for ours. So those that are taken for dead are asked now and
 * then whether they are. One that answers gets a delivery again, and with it what was kept for it; when it refuses, it is dead
 * again the next day.
 * @returns how many are back
 */
export async function probeDeadHosts(ports: ProbePorts): Promise<number> {
  const due = await ports.hosts.takeDead(HOSTS_MAX);
  const rules = ports.policy.current();
  const waiting = due.filter(({ host }) => !domainVerdict(rules, host).suspended);
  let back = 0;
  for (let at = 0; at < waiting.length; at += AT_ONCE) {
    const answers = await Promise.all(waiting.slice(at, at + AT_ONCE).map(async (one) => ({ ...one, isBack: await ports.answers(one.host) })));
    for (const { host, state } of answers.filter(({ isBack }) => isBack)) {
      await ports.hosts.save(new Map([[host, { state: nextHostState(state, { kind: 'answered' }, ports.clock.nowMs()), reason: 'answered a probe' }]]));
      await ports.deliveries.catchUp(host, { givenUp: true });
      back += 1;
    }
  }
  if (back > 0) ports.live.deliveriesPlanned();
  return back;
}
