import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { Contender } from '../harness/contest.js';
import { letGo, publishPosts } from '../harness/publish-posts.js';
import type { Stage } from '../harness/stage.js';
import { waitFor } from '../harness/wait-for.js';
import type { WorkerProcess } from '../harness/worker-process.js';

interface Delivering {
  /** Of the outbox. */
  readonly pid: number;
  readonly author: Account;
  readonly posts: number;
  /** Hosts that answer. */
  readonly reached: number;
  /** Hosts that never answer are not waited for; told the seconds until the last of the others had its copies. */
  readonly onReached?: (seconds: number) => void;
  /** Told how many copies of a round came twice: allowed when an answer took too long, and worth knowing. */
  readonly onRepeated: (copies: number) => void;
}

/** A round of posts, from their announcement until every host that lives has a signed copy and the ledger says what became of each. */
export function untilDelivered(stage: Stage, sink: WorkerProcess, { pid, author, posts, reached, onReached, onRepeated }: Delivering): Pick<Contender, 'prepare' | 'run'> {
  const due = posts * reached;
  return {
    prepare: async () => {
      await allClosed(stage);
      await sink.ask('take');
      await publishPosts(stage, [author], posts, pid);
    },
    run: async () => {
      const startedMs = performance.now();
      letGo(pid);
      await waitFor('the deliveries', async () => (await sink.ask<number>('peek')) >= due, { everyMs: 25 });
      if (onReached === undefined) await allClosed(stage);
      else onReached((performance.now() - startedMs) / 1_000);
      onRepeated(await sink.ask<number>('repeated'));
      const received = await sink.ask<number>('take');
      if (received < due) throw new Error(`${received} deliveries of ${due}`);
      return due;
    },
  };
}

async function allClosed(stage: Stage): Promise<void> {
  await waitFor('the ledger to say so', async () => {
    const [row] = await stage.backbone.db.query<{ left: boolean }>(`SELECT EXISTS (SELECT FROM federation.delivery_chunks WHERE state = 'pending') AS left`);
    return row?.left !== true;
  });
}

/** An account on each host. */
export async function followersOn(stage: Stage, hosts: readonly string[]): Promise<AccountId[]> {
  const { db, ids } = stage.backbone;
  const accountIds = hosts.map((): AccountId => ids.next());
  await db.query(
    `INSERT INTO social.accounts (id, username, domain, uri, url, inbox_url, shared_inbox_url, fetched_at)
     SELECT id, 'ann', host, 'http://' || host || '/users/ann', 'http://' || host || '/@ann', 'http://' || host || '/users/ann/inbox', 'http://' || host || '/inbox', now()
       FROM unnest($1::bigint[], $2::text[]) AS t (id, host)`,
    [accountIds, hosts],
  );
  return accountIds;
}

export async function followedBy(stage: Stage, author: Account, followers: readonly AccountId[]): Promise<void> {
  const { db, ids } = stage.backbone;
  await db.query(`INSERT INTO social.follows (account_id, target_account_id, id) SELECT follower, $2, id FROM unnest($1::bigint[], $3::bigint[]) AS t (follower, id)`, [
    followers,
    author.id,
    followers.map(() => ids.next()),
  ]);
  await db.query('ANALYZE');
}
