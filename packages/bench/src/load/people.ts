import type { AccountId } from '@trunkline/kernel';
import { openFeeds } from '../harness/feed-keys.js';
import type { Sender } from '../harness/remote-authors.js';
import { seedFollows, seedPeople, seedRemoteAuthors } from '../harness/seed-people.js';
import type { Stage } from '../harness/stage.js';
import type { WorkerProcess } from '../harness/worker-process.js';

/** Who posts and who reads. Each author has one reader of his own, so that each post is looked for in one feed. */
export interface LoadPeople {
  readonly mentionedUris: readonly string[];
  readonly remoteIds: readonly AccountId[];
  readonly localIds: readonly AccountId[];
  readonly localTokens: readonly string[];
  /** The readers of remote and local authors, all with feeds. */
  readonly readerIds: readonly AccountId[];
}

export async function seedLoadPeople(stage: Stage, load: WorkerProcess, counts: { readonly remote: number; readonly local: number }): Promise<LoadPeople> {
  const { db, settings } = stage.backbone;
  const senders = await load.ask<Sender[]>('makeAuthors', { count: counts.remote });
  const remoteIds = await seedRemoteAuthors(stage, senders);
  const locals = [];
  for (let index = 0; index < counts.local; index += 1) locals.push(await stage.person(`local${index}`));
  const authorIds = [...remoteIds, ...locals.map(({ account }) => account.id)];
  const readerIds = await seedPeople(stage, authorIds.length, 'reader');
  for (const [index, authorId] of authorIds.entries()) await seedFollows(stage, readerIds.slice(index, index + 1), authorId);
  await openFeeds(stage, readerIds);
  await db.query('ANALYZE');
  return {
    mentionedUris: readerIds.slice(0, remoteIds.length).map((id) => `${settings.baseUrl}/ap/users/${id}`),
    remoteIds,
    localIds: locals.map(({ account }) => account.id),
    localTokens: locals.map(({ token }) => token),
    readerIds,
  };
}
