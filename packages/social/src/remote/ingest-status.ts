import { htmlToText, parseLocalUri, sanitizeHtml, type RemoteNote } from '@trunkline/activitypub';
import { StatusEditedV1, StatusTalliedV1 } from '@trunkline/contracts';
import { normaliseHashtag, type Account, type MediaAttachment, type Status } from '@trunkline/domain';
import { nowDate } from '@trunkline/kernel';
import { rulesOfNote } from '../interactions/ask-leave.js';
import { pollOf, sameOptions } from './read-poll.js';
import type { NewStatus, NewerEmoji } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { saveAndAnnounceAll } from '../statuses/publish-status.js';
import { policyOfNote, quoteOfNote } from '../quotes/read-remote.js';
import { reviseQuote } from '../quotes/revise-quote.js';
import { mediaRule, newerEmojis, publishedOr } from './ingest-account.js';
import { mentionsOf, peopleNamed, type NamedPeople } from './named-people.js';

/** An Update of something unknown counts as its Create only while it is this young. */
const LATE_CREATE_MS = 24 * 60 * 60 * 1000;
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
  const newer = note.emojis.length === 0 ? [] : newerEmojis(author.uri, note.emojis.filter(mediaRule(ports, author.domain)), nowDate(ports.clock));
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
    return row === null ? [] : [{ uri: status.uri, id: row.id, accountId: status.accountId }];
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

/** `told`: how its poll stands was told, which is no edit. */
export type EditOutcome = IngestOutcome | 'edited' | 'told';

/** The author's server says the status changed. Counters alone, without a newer `updated` or other words, are no edit. */
export async function ingestEdit(ports: SocialPorts, author: Account, note: RemoteNote): Promise<EditOutcome> {
  const [known] = await ports.store.statusesByUris([note.uri]);
  if (known === undefined) {
    const published = publishedOr(note.published, nowDate(ports.clock)).getTime();
    if (ports.clock.nowMs() - published > LATE_CREATE_MS) return 'ignored';
    const outcome = await ingestStatus(ports, author, note);
    if (outcome !== 'known') return outcome;
    // Its Create was written between our look and our row, by another copy: what came here is an edit of that.
    const [written] = await ports.store.statusesByUris([note.uri]);
    return written === undefined ? outcome : editKnown(ports, author, note, written);
  }
  return editKnown(ports, author, note, known);
}

async function editKnown(ports: SocialPorts, author: Account, note: RemoteNote, known: Status): Promise<EditOutcome> {
  if (known.accountId !== author.id || known.local) return 'foreign_author';
  if (known.deletedAt !== null) return 'tombstone';
  const poll = note.poll === null ? null : pollOf(note.poll);
  const samePoll = poll !== null && known.poll !== null && sameOptions(poll, known.poll);
  const body = bodyOf(ports, author, note, await peopleNamed(ports, [note]));
  const editedAt = whenEdited(ports, { note, known, body });
  // Some servers date every Update: what else is the same was not edited.
  if (samePoll && (editedAt === null || editedAt <= (known.editedAt ?? known.createdAt) || says(body) === says(known))) {
    await ports.store.transaction(async (tx) => {
      const isNews = await tx.tellPoll(known.id, poll);
      if (isNews) await tx.appendEvent(StatusTalliedV1, { statusId: known.id, authorId: known.accountId, local: false, ended: false });
    });
    await reviseQuote(ports, { author, note, known, isEdit: false });
    return 'told';
  }
  if (editedAt === null) return (await reviseQuote(ports, { author, note, known, isEdit: false })) ? 'edited' : 'ignored';
  const outcome = await ports.store.transaction(async (tx) => {
    const changed = await tx.editStatus(known.id, { ...body, text: null, editedAt });
    if (!changed) return 'known' as const;
    await tx.noteEmojis(newerEmojis(author.uri, note.emojis.filter(mediaRule(ports, author.domain)), nowDate(ports.clock)));
    if (samePoll) await tx.tellPoll(known.id, poll);
    else if (poll !== null || known.poll !== null) await tx.replacePoll(known.id, poll);
    await tx.appendEvent(StatusEditedV1, { statusId: known.id, authorId: author.id, local: false, editedAt: editedAt.toISOString() });
    return 'edited' as const;
  });
  return (await reviseQuote(ports, { author, note, known, isEdit: outcome === 'edited' })) ? 'edited' : outcome;
}

/** Some servers date no Update at all: one that says other words was edited now. How a poll stands comes without a date too. */
function whenEdited(ports: SocialPorts, { note, known, body }: { readonly note: RemoteNote; readonly known: Status; readonly body: Words }): Date | null {
  const now = nowDate(ports.clock);
  const told = note.updated === null ? null : publishedOr(note.updated, now);
  // Ghost dates the first edit like the post itself.
  const isOfPost = told !== null && known.editedAt === null && told.getTime() === known.createdAt.getTime() && words(body) !== words(known);
  if (told !== null) return isOfPost ? new Date(told.getTime() + 1) : told;
  return note.poll === null && known.poll === null && words(body) !== words(known) ? now : null;
}

type Words = Pick<Status, 'content' | 'spoilerText' | 'media'>;

const words = ({ content, spoilerText, media }: Words): string => JSON.stringify([content, spoilerText, media.map(({ description }) => description)]);

/** What readers see of it, to be compared. */
const says = ({ content, spoilerText, sensitive, language, media }: Pick<Status, 'content' | 'spoilerText' | 'sensitive' | 'language' | 'media'>): string =>
  JSON.stringify([content, spoilerText, sensitive, language, media.map(({ remoteUrl, description }) => [remoteUrl, description])]);

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
  };
}

function bodyOf(ports: SocialPorts, author: Account, note: RemoteNote, people: NamedPeople) {
  const isWelcome = mediaRule(ports, author.domain);
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
