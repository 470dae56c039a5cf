import { htmlToText, parseLocalUri, sanitizeHtml, type RemoteNote } from '@trunkline/activitypub';
import { normaliseHashtag, type Account, type MediaAttachment, type Status } from '@trunkline/domain';
import { nowDate } from '@trunkline/kernel';
import { rulesOfNote } from '../interactions/ask-leave.js';
import { settleReply } from '../interactions/settle-reply.js';
import { pollOf } from './read-poll.js';
import type { NewStatus, NewerEmoji } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { saveAndAnnounceAll } from '../statuses/publish-status.js';
import { policyOfNote, quoteOfNote } from '../quotes/read-remote.js';
import { mediaRule, newerEmojis, publishedOr } from './ingest-account.js';
import { mentionsOf, peopleNamed, type NamedPeople } from './named-people.js';

/** What was fetched, not sent, is news only while it is this young. As Mastodon's real-time window (4.6). */
const NEWS_MS = 6 * 60 * 60 * 1000;

export type IngestOutcome = 'stored' | 'known' | 'tombstone' | 'foreign_author' | 'ignored';

/** A note that its author's own server vouched for; visibility read with the author's followers collection. */
export interface RemotePost {
  readonly author: Account;
  readonly note: RemoteNote;
  /** The cause as a traceparent, when it is another than the trace in which this runs. */
  readonly trace?: string | null;
  /** Stored without telling anybody: it was written long ago and is read now because of something else. */
  readonly quiet?: boolean;
}

/** A status for a post, or why there will be none. */
export type ReadPost = { readonly post: RemotePost; readonly status: NewStatus; readonly newer: readonly NewerEmoji[] } | { readonly post: RemotePost; readonly refused: IngestOutcome };

/** What became of a post. `orphan`: it answers something that is not here. */
export interface Ingested {
  readonly outcome: IngestOutcome;
  readonly orphan: boolean;
}

/**
 * A note that its author's own server vouched for → a status, announced once. Hidden ties are the rules' business.
 * `fetched`: nobody sent it; an old one goes into no feed and notifies nobody.
 */
export async function ingestStatus(ports: SocialPorts, author: Account, note: RemoteNote, { fetched = false } = {}): Promise<IngestOutcome> {
  const refused = refusalOf(ports, note);
  if (refused !== null) return refused;
  const [standing] = await ports.store.statusesByUris([note.uri]);
  if (standing !== undefined) return outcomeOfKnown(standing, author);
  const people = await peopleNamed(ports, [note]);
  const quiet = fetched && !isNews(ports, note);
  const read = readPost(ports, { author, note, quiet }, people);
  const [ingested] = await ports.store.transaction((tx) => storePosts(tx, [read]));
  if (ingested?.outcome === 'stored' && ingested.orphan && note.replyStampUri !== null) await settleReply(ports, note.uri);
  return ingested?.outcome ?? 'ignored';
}

/** Whether what was not sent is told of all the same. */
export const isNews = (ports: Pick<SocialPorts, 'clock'>, note: Pick<RemoteNote, 'published'>): boolean =>
  ports.clock.nowMs() - publishedOr(note.published, nowDate(ports.clock)).getTime() <= NEWS_MS;

/** Without asking anybody. `people`: the accounts known here by what notes call them, `peopleNamed`. */
export function readPost(ports: SocialPorts, post: RemotePost, people: NamedPeople): ReadPost {
  const refused = refusalOf(ports, post.note);
  if (refused !== null) return { post, refused };
  const { author, note } = post;
  const newer = note.emojis.length === 0 ? [] : newerEmojis(author.uri, note.emojis.filter(mediaRule(ports, author)), nowDate(ports.clock));
  return { post, status: newRemoteStatus(ports, post, people), newer };
}

function refusalOf(ports: Pick<SocialPorts, 'settings'>, note: RemoteNote): IngestOutcome | null {
  if (note.isPollVote) return 'ignored';
  return parseLocalUri(ports.settings.baseUrl, note.uri) === null ? null : 'foreign_author';
}

/** Stores and announces those that are new, as if they came one by one in this order. */
export async function storePosts(tx: SocialTransaction, posts: readonly ReadPost[]): Promise<Ingested[]> {
  const given = posts.flatMap((read) => ('status' in read ? [{ status: read.status, trace: read.post.trace, quiet: read.post.quiet === true }] : []));
  await tx.noteEmojis(posts.flatMap((read) => ('newer' in read ? read.newer : [])));
  const saved = new Map((await saveAndAnnounceAll(tx, given)).map((row, index) => [given[index]?.status, row]));
  await tx.adoptOrphans(given.flatMap(({ status }) => {
    const row = saved.get(status) ?? null;
    return row?.isAwaited !== true ? [] : [{ uri: status.uri, id: row.id, accountId: status.accountId }];
  }));
  const standing = await tx.statusesByUris(given.flatMap(({ status }) => (saved.get(status) == null ? [status.uri] : [])));
  const known = new Map(standing.map((status) => [status.uri, status]));
  return posts.map((read) => {
    if ('refused' in read) return { outcome: read.refused, orphan: false };
    const row = saved.get(read.status) ?? null;
    if (row !== null) return { outcome: 'stored', orphan: read.status.inReplyToUri !== null && row.inReplyToId === null };
    const other = known.get(read.status.uri);
    return { outcome: other === undefined ? 'tombstone' : outcomeOfKnown(other, read.post.author), orphan: false };
  });
}

const outcomeOfKnown = (known: Status, author: Account): IngestOutcome => {
  if (known.accountId !== author.id) return 'foreign_author';
  return known.deletedAt === null ? 'known' : 'tombstone';
};

function newRemoteStatus(ports: SocialPorts, { author, note }: RemotePost, people: NamedPeople): NewStatus {
  const createdAt = publishedOr(note.published, nowDate(ports.clock));
  const id = ports.ids.at(createdAt.getTime());
  const updated = note.updated === null ? null : publishedOr(note.updated, nowDate(ports.clock));
  return {
    ...bodyOf(ports, author, note, people),
    id,
    accountId: author.id,
    uri: note.uri,
    url: note.url,
    local: false,
    text: null,
    poll: note.poll === null ? null : pollOf(note.poll),
    visibility: note.visibility,
    // The parent is looked up where the row is written: it may come at the same time.
    inReplyToId: null,
    inReplyToAccountId: null,
    inReplyToUri: note.inReplyToUri,
    boostOfId: null,
    conversationId: id,
    conversationUri: note.context ?? note.conversation,
    applicationName: null,
    applicationWebsite: null,
    createdAt,
    // An Update that came first made it; an older one that comes later must find out.
    editedAt: updated !== null && updated > createdAt ? updated : null,
    quote: quoteOfNote(note),
    quotePolicy: policyOfNote(note, author),
    interactionRules: rulesOfNote(note, author),
    replyStampUri: note.inReplyToUri === null ? null : note.replyStampUri,
  };
}

/** What a post says, as it is stored. */
export function bodyOf(ports: SocialPorts, author: Account, note: RemoteNote, people: NamedPeople) {
  const isWelcome = mediaRule(ports, author);
  return {
    content: sanitizeHtml(note.poll === null ? note.contentHtml : note.bodyHtml),
    spoilerText: htmlToText(note.spoilerText),
    sensitive: note.sensitive || note.spoilerText !== '',
    language: note.language,
    media: note.attachments.filter(isWelcome).map((attachment): MediaAttachment => mediaOf(ports, attachment)),
    emojis: note.emojis.filter(isWelcome).map(({ shortcode, url, staticUrl }) => ({ shortcode, url, staticUrl })),
    mentions: mentionsOf(author, note, people),
    tags: note.hashtags.filter((tag) => normaliseHashtag(tag) !== ''),
  };
}

function mediaOf(ports: SocialPorts, attachment: RemoteNote['attachments'][number]): MediaAttachment {
  return {
    id: ports.ids.next(),
    kind: attachment.kind,
    url: attachment.url,
    previewUrl: attachment.previewUrl ?? (attachment.kind === 'image' ? attachment.url : null),
    remoteUrl: attachment.url,
    description: attachment.description,
    blurhash: attachment.blurhash,
    width: attachment.width,
    height: attachment.height,
    focus: attachment.focus,
  };
}
