import { publishStatus } from '@trunkline/social';
import type { Account } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import { waitFor } from './wait-for.js';
import type { Stage } from './stage.js';

const TEXT = 'The morning train left the yard on time, and everybody who had waited for it since dawn was on board. #trains https://news.example/trains';

/**
 * Posts written as the client API writes them, announced to the broker. What consumes them is stopped meanwhile, so
 * that writing them is no part of what is measured.
 */
export async function publishPosts(stage: Stage, authors: readonly Account[], postsEach: number, heldPid: number): Promise<StatusId[]> {
  process.kill(heldPid, 'SIGSTOP');
  const ids: StatusId[] = [];
  for (const author of authors) {
    for (let count = 0; count < postsEach; count += 1) {
      const made = await publishStatus(stage.backbone, author, {
        text: TEXT, spoilerText: '', sensitive: false, visibility: 'public', language: 'en', inReplyToId: null, application: null, idempotencyKey: null,
      });
      if (!made.ok) throw new Error(made.error.code);
      ids.push(made.value.id);
    }
  }
  await waitFor('the posts to be announced', async () => {
    const [row] = await stage.backbone.db.query<{ left: boolean }>('SELECT EXISTS (SELECT FROM events.outbox WHERE published_at IS NULL) AS left');
    return row?.left !== true;
  });
  return ids;
}

/** Lets the consumer go on. */
export const letGo = (pid: number): void => void process.kill(pid, 'SIGCONT');

/** How many events of these posts a group has marked as done. */
export async function doneCount(stage: Stage, consumer: string, statusIds: readonly StatusId[]): Promise<number> {
  const [row] = await stage.backbone.db.query<{ count: number }>(
    `SELECT count(DISTINCT d.event_id)::int AS count
       FROM events.outbox o JOIN events.done d ON d.event_id = o.event_id
      WHERE d.consumer = $1 AND o.payload ->> 'statusId' = ANY ($2::text[])`,
    [consumer, statusIds],
  );
  return row?.count ?? 0;
}
