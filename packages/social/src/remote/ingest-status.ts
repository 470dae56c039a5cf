import { htmlToText, parseLocalUri, sanitizeHtml, type RemoteNote } from '@trunkline/activitypub';
import { StatusEditedV1 } from '@trunkline/contracts';
import { normaliseHashtag, type Account, type MediaAttachment, type Status } from '@trunkline/domain';
import { nowDate, type AccountId } from '@trunkline/kernel';
import type { NewStatus } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import { saveAndAnnounce } from '../statuses/publish-status.js';
import { mediaRule, publishedOr } from './ingest-account.js';

/** An Update of something unknown counts as its Create only while it is this young. */
const LATE_CREATE_MS = 24 * 60 * 60 * 1000;

export type IngestOutcome = 'stored' | 'known' | 'tombstone' | 'foreign_author' | 'ignored';

/** A note that its author's own server vouched for → a status, announced once. Hidden ties are the rules' business. */
export async function ingestStatus(ports: SocialPorts, author: Account, note: RemoteNote): Promise<IngestOutcome> {
  if (note.isPollVote) return 'ignored';
  if (parseLocalUri(ports.settings.baseUrl, note.uri) !== null) return 'foreign_author';
  const [known] = await ports.store.statusesByUris([note.uri]);
  if (known !== undefined) return outcomeOfKnown(known, author);
  if ((await ports.store.isTombstoned(author.uri, [note.uri])).has(note.uri)) return 'tombstone';
  const row = await newRemoteStatus(ports, author, note);
  const stored = await ports.store.transaction(async (tx) => {
    const statusId = await saveAndAnnounce(tx, row);
    if (statusId !== null) await tx.adoptOrphans(note.uri, { id: statusId, accountId: author.id });
    return statusId !== null;
  });
  if (stored) return 'stored';
  const [raced] = await ports.store.statusesByUris([note.uri]);
  return raced === undefined ? 'tombstone' : outcomeOfKnown(raced, author);
}

const outcomeOfKnown = (known: Status, author: Account): IngestOutcome => {
  if (known.accountId !== author.id) return 'foreign_author';
  return known.deletedAt === null ? 'known' : 'tombstone';
};

/** The author's server says the status changed. Counters alone (no newer `updated`) are no edit. */
export async function ingestEdit(ports: SocialPorts, author: Account, note: RemoteNote): Promise<IngestOutcome | 'edited'> {
  const [known] = await ports.store.statusesByUris([note.uri]);
  if (known === undefined) {
    const published = publishedOr(note.published, nowDate(ports.clock)).getTime();
    return ports.clock.nowMs() - published > LATE_CREATE_MS ? 'ignored' : ingestStatus(ports, author, note);
  }
  if (known.accountId !== author.id || known.local) return 'foreign_author';
  if (known.deletedAt !== null) return 'tombstone';
  if (note.updated === null) return 'ignored';
  const editedAt = publishedOr(note.updated, nowDate(ports.clock));
  const body = await bodyOf(ports, author, note);
  return ports.store.transaction(async (tx) => {
    const changed = await tx.editStatus(known.id, { ...body, text: null, editedAt });
    if (!changed) return 'known' as const;
    await tx.appendEvent(StatusEditedV1, { statusId: known.id, authorId: author.id, local: false, editedAt: editedAt.toISOString() });
    return 'edited' as const;
  });
}

async function newRemoteStatus(ports: SocialPorts, author: Account, note: RemoteNote): Promise<NewStatus> {
  const createdAt = publishedOr(note.published, nowDate(ports.clock));
  const id = ports.ids.at(createdAt.getTime());
  const updated = note.updated === null ? null : publishedOr(note.updated, nowDate(ports.clock));
  const parent = note.inReplyToUri === null ? undefined : (await ports.store.statusesByUris([note.inReplyToUri]))[0];
  return {
    ...(await bodyOf(ports, author, note)),
    id,
    accountId: author.id,
    uri: note.uri,
    url: note.url,
    local: false,
    text: null,
    visibility: note.visibility,
    inReplyToId: parent?.id ?? null,
    inReplyToAccountId: parent?.accountId ?? null,
    inReplyToUri: parent === undefined ? note.inReplyToUri : null,
    boostOfId: null,
    conversationId: parent?.conversationId ?? id,
    conversationUri: note.context ?? note.conversation,
    applicationName: null,
    applicationWebsite: null,
    createdAt,
    // An Update that came first made it; an older one that comes later must find out.
    editedAt: updated !== null && updated > createdAt ? updated : null,
  };
}

async function bodyOf(ports: SocialPorts, author: Account, note: RemoteNote) {
  const isWelcome = mediaRule(ports, author.domain);
  return {
    content: sanitizeHtml(note.contentHtml),
    spoilerText: htmlToText(note.spoilerText),
    sensitive: note.sensitive || note.spoilerText !== '',
    language: note.language,
    media: note.attachments.filter(isWelcome).map((attachment): MediaAttachment => mediaOf(ports, attachment)),
    emojis: note.emojis.filter(isWelcome).map(({ shortcode, url, staticUrl }) => ({ shortcode, url, staticUrl })),
    mentions: await mentionsOf(ports, author, note),
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

/**
 * People named in tags who are also addressed, and silent ones: addressed, not named. Only accounts known here:
 * others cannot read it from us.
 */
async function mentionsOf(ports: SocialPorts, author: Account, note: RemoteNote): Promise<{ accountId: AccountId; silent: boolean }[]> {
  const named = new Set(note.mentions.map((mention) => mention.href));
  const addressed = new Set([...note.to, ...note.cc]);
  const accounts = await ports.store.accountsByUris([...new Set([...named, ...addressed])]);
  return accounts
    .filter((account) => account.id !== author.id && account.deletedAt === null)
    .map((account) => ({ accountId: account.id, silent: !(named.has(account.uri) && addressed.has(account.uri)) }));
}
