import { StatusPublishedV1 } from '@trunkline/contracts';
import { publishStatus } from '@trunkline/social';
import type { Account } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import { waitFor } from './wait-for.js';
import type { Stage } from './stage.js';

/** Of the events that were announced last. */
const LOOKED_AT = 3;
const TEXT = 'The morning train left the yard on time, and everybody who had waited for it since dawn was on board. #trains https://news.example/trains';

/**
 * Posts written as the client API writes them, announced to the broker. What consumes them is stopped meanwhile, so
 * that writing them is no part of what is measured; nor is what was announced before them.
 */
export async function publishPosts(stage: Stage, authors: readonly Account[], postsEach: number, heldPid: number): Promise<StatusId[]> {
  await settleEvents(stage);
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

/** The events that announced these posts. Asked once, before the round: their payloads have no index. */
export async function eventsOf(stage: Stage, statusIds: readonly StatusId[]): Promise<string[]> {
  const rows = await stage.backbone.db.query<{ eventId: string }>(
    `SELECT event_id AS "eventId" FROM events.outbox WHERE subject = $1 AND payload ->> 'statusId' = ANY ($2::text[])`,
    [StatusPublishedV1.subject, statusIds],
  );
  if (rows.length !== statusIds.length) throw new Error(`${rows.length} events of ${statusIds.length} posts`);
  return rows.map(({ eventId }) => eventId);
}

/**
 * Waits until a group has marked all of these events as done. Looking on costs Postgres time that is counted: only the last few are asked about until
 * these are done.
 */
export async function untilDone(stage: Stage, consumer: string, eventIds: readonly string[], everyMs: number): Promise<void> {
  let left = [...eventIds];
  await waitFor('the posts to be handled', async () => {
    const last = left.slice(-LOOKED_AT);
    if ((await doneOf(stage, consumer, last)).size < last.length) return false;
    const done = await doneOf(stage, consumer, left);
    left = left.filter((id) => !done.has(id));
    return left.length === 0;
  }, { everyMs });
}

async function doneOf(stage: Stage, consumer: string, eventIds: readonly string[]): Promise<Set<string>> {
  const rows = await stage.backbone.db.query<{ eventId: string }>('SELECT event_id AS "eventId" FROM events.done WHERE consumer = $1 AND event_id = ANY ($2::uuid[])', [consumer, eventIds]);
  return new Set(rows.map(({ eventId }) => eventId));
}

/** Events that nobody takes, since who would take them is not running, count as taken: they would be announced again every minute. */
export async function settleEvents(stage: Stage): Promise<void> {
  await stage.backbone.db.query('UPDATE events.outbox SET settled_at = now() WHERE settled_at IS NULL AND published_at IS NOT NULL');
}
