import { randomUUID } from 'node:crypto';
import { parseActivity, parseNote, sanitizeHtml, type RemoteNote } from '@trunkline/activitypub';
import { ACCOUNTS, COUNT, FOLLOWED, INSERT, LOCK, ORPHANS, SETTLE, TELL } from './bare-statements.js';

/** A statement that each connection parses and plans once. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Client {
  query<R>(statement: string | (Statement & { readonly values: readonly unknown[] })): Promise<{ rows: R[] }>;
  release(): void;
}

export interface Stored {
  readonly id: string;
  readonly body: string;
}

interface Post {
  readonly id: string;
  readonly note: RemoteNote;
  readonly accountId: string;
  readonly mentionedIds: readonly string[];
}

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

const run = async <R>(client: Client, statement: Statement, ...values: readonly unknown[]): Promise<R[]> => (await client.query<R>({ ...statement, values })).rows;

/**
 * What the server's statements write for a batch of Creates, and nothing around them: whom they name, whether their
 * authors are followed, then in one transaction the locks by uri, rows with mentions and tags, counters, events, answers
 * that waited, and the marks in the ledger.
 */
export async function applyBare(client: Client, rows: readonly Stored[]): Promise<void> {
  const notes = rows.map(({ id, body }) => ({ id, note: noteIn(body) }));
  const named = ({ note }: { readonly note: RemoteNote }): string[] => [...note.mentions.map(({ href }) => href), ...note.to, ...note.cc].filter((uri) => uri !== PUBLIC);
  const uris = [...new Set(notes.flatMap((one) => [one.note.attributedTo, ...named(one)]))];
  const accounts = new Map((await run<{ id: string; uri: string }>(client, ACCOUNTS, uris, uris.length)).map(({ id, uri }) => [uri, id]));
  const posts = notes.map((one): Post => ({
    ...one,
    accountId: accounts.get(one.note.attributedTo) ?? '',
    mentionedIds: [...new Set(named(one))].flatMap((uri) => accounts.get(uri) ?? []),
  }));
  const authorIds = [...new Set(posts.map(({ accountId }) => accountId))];
  const followed = await run(client, FOLLOWED, authorIds, authorIds.length);
  if (followed.length !== authorIds.length) throw new Error('an author is not followed');
  await client.query('BEGIN');
  await run(client, LOCK, posts.map(({ note }) => note.uri));
  await insert(client, posts);
  await run(client, COUNT, posts.map(({ accountId }) => accountId), posts.map(({ note }) => note.published));
  await run(
    client,
    TELL,
    posts.map(({ id }) => id),
    posts.map(() => randomUUID()),
    posts.map(({ id, accountId, note }) => JSON.stringify({ statusId: id, authorId: accountId, visibility: note.visibility, publishedAt: note.published })),
  );
  await run(client, ORPHANS, posts.map(({ note }) => note.uri), posts.map(({ id }) => id), posts.map(({ accountId }) => accountId));
  await run(client, SETTLE, posts.map(({ id }) => id), posts.map(() => null), new Date());
  await client.query('COMMIT');
}

function noteIn(body: string): RemoteNote {
  const activity = parseActivity(JSON.parse(body));
  const note = activity.ok ? parseNote(activity.value.object.json, { actorUri: activity.value.actorUri }) : activity;
  if (!note.ok) throw new Error('a body could not be read');
  return note.value;
}

async function insert(client: Client, posts: readonly Post[]): Promise<void> {
  const mentions = posts.flatMap(({ id, mentionedIds }) => mentionedIds.map((accountId) => ({ id, accountId })));
  const tags = posts.flatMap(({ id, note }) => note.hashtags.map((tag) => ({ id, tag })));
  const made = await run(
    client,
    INSERT,
    JSON.stringify(posts.map(columnsOf)),
    mentions.map(({ id }) => id),
    mentions.map(({ accountId }) => accountId),
    mentions.map(() => false),
    tags.map(({ id }) => id),
    tags.map(({ tag }) => tag),
  );
  if (made.length !== posts.length) throw new Error('a status was known');
}

const columnsOf = ({ id, note, accountId }: Post) => ({
  id,
  account_id: accountId,
  uri: note.uri,
  url: note.url,
  local: false,
  content: sanitizeHtml(note.contentHtml),
  spoiler_text: note.spoilerText,
  sensitive: note.sensitive,
  visibility: note.visibility,
  language: note.language,
  in_reply_to_uri: note.inReplyToUri,
  conversation_id: id,
  media: note.attachments,
  emojis: note.emojis,
  tags: note.hashtags,
  created_at: note.published,
});
