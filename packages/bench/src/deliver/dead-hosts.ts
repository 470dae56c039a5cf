import { contest, type Contender, type Outcome } from '../harness/contest.js';
import type { BenchOptions } from '../harness/options.js';
import { Stage } from '../harness/stage.js';
import { WorkerProcess } from '../harness/worker-process.js';
import { followedBy, followersOn, untilDelivered } from './posts-to-hosts.js';

/** A fifth of all hosts is dead: half of those refuse connections, half take requests and never answer. */
const HOSTS = { full: { live: 1_600, silent: 200, refusing: 200 }, quick: { live: 80, silent: 10, refusing: 10 } };
const POSTS = 3;
/** After so many rounds hosts that refuse have failed often enough for their breakers to be open. */
const WARM_UPS = 4;

/**
 * The same posts by two people of one server, to the same living hosts; one of them has followers on dead hosts as well.
 * Counted are the deliveries to the living, and a round lasts until they have theirs: signatures, connections and rows for the
 * dead ones are paid for in it, idle waiting for those that never answer is not.
 */
export async function benchDeadHosts(options: BenchOptions): Promise<Outcome> {
  const sink = WorkerProcess.start('sink');
  let stage: Stage | null = null;
  try {
    const { live, silent, refusing } = options.quick ? HOSTS.quick : HOSTS.full;
    const listening = await sink.ask<string[]>('listen', { count: live, silent });
    const port = listening[0]?.split(':')[1] ?? '';
    const closed = Array.from({ length: refusing }, (_, index) => `127.2.0.${index + 1}:${port}`);
    stage = await Stage.open(options, [...listening, ...closed]);
    const [lucky, unlucky] = [(await stage.person('lucky')).account, (await stage.person('unlucky')).account];
    const followers = await followersOn(stage, [...listening, ...closed]);
    await followedBy(stage, lucky, followers.slice(0, live));
    await followedBy(stage, unlucky, followers);
    const outbox = await stage.server('outbox');
    const seconds = new Map<string, number[]>([['ours', []], ['limit', []]]);
    let repeated = 0;
    const onRepeated = (copies: number): void => void (repeated += copies);
    const contenderOf = (role: 'ours' | 'limit', label: string, author: typeof lucky): Contender => {
      const onReached = (took: number): void => void seconds.get(role)?.push(took);
      return { role, label, pids: [outbox.pid], ...untilDelivered(stage as Stage, sink, { pid: outbox.pid, author, posts: POSTS, reached: live, onReached, onRepeated }) };
    };
    const contenders = [contenderOf('ours', 'outbox, a fifth of the hosts dead', unlucky), contenderOf('limit', 'outbox, no host dead', lucky)];
    const standings = await contest(contenders, { rounds: options.rounds, warmUps: WARM_UPS, stores: stage.stores });
    const reached = (role: string): string => (seconds.get(role) ?? []).slice(WARM_UPS).map((took) => took.toFixed(1)).join(', ');
    return {
      name: 'deliver-dead-hosts',
      unit: 'deliveries to living hosts',
      standings,
      notes: [`${live} living hosts, ${silent} that never answer, ${refusing} that refuse`, `${POSTS} posts a round`, `${repeated} copies came twice`, `seconds until the living had theirs: ${reached('ours')}; with none dead ${reached('limit')}`],
    };
  } finally {
    await stage?.close();
    await sink.stop();
  }
}
