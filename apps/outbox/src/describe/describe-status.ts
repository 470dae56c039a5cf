import {
  actorUris,
  audienceOf,
  PUBLIC_URI,
  renderAnnounce,
  renderCreate,
  statusUris,
  type ActivityEnvelope,
  type JsonObject,
  type LocalActorUris,
  type LocalAttachment,
  type LocalNoteDocument,
  type LocalPoll,
  type LocalQuote,
} from '@trunkline/activitypub';
import { effectivePolicy, tagUrl, type Account, type MediaAttachment, type Mention, type Poll, type QuoteGroup, type Status } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { AskedRow, SocialReads, SocialSettings, ThreadGroup } from '@trunkline/social';
import { describeEmojis } from './describe-actor.js';
import { mediaTypeOf } from './media-type.js';
import { consentOf, waitingAbove } from './resting-on.js';
import { groupsOfAnswers } from './thread-groups.js';

const FALLBACK_TYPES: Readonly<Record<MediaAttachment['kind'], string>> = {
  image: 'image/jpeg',
  gifv: 'video/mp4',
  video: 'video/mp4',
  audio: 'audio/mpeg',
  unknown: 'application/octet-stream',
};

/** What a document about a status needs beside its row. */
export interface StatusSurroundings {
  /** Uri of what it answers. */
  readonly parentUri: string | null;
  /** Of the thread it stands in; null: its beginning is not known here, or has none. */
  readonly contextUri: string | null;
  /** What it quotes, if that is here; deleted ones too. */
  readonly quoted: Status | null;
  /** Leave that it had to be asked for: an answer to, or a boost of, a post elsewhere. */
  readonly asked: AskedRow | null;
  /** Of an answer that everybody may read: the groups in which its thread stands. */
  readonly groups: readonly ThreadGroup[];
  /** What it rests on that did not get the leave it was asked for. */
  readonly restsOn: AskedRow | null;
  /** Of a boost: the boosted status and its author. */
  readonly boosted: { readonly status: Status; readonly author: Account } | null;
}

/** Whether it waits for an author's leave, or did not get it, or rests on what does: nobody else is told of it. */
export const isHeldBack = ({ asked, restsOn }: StatusSurroundings): boolean => [asked, restsOn].some((leave) => leave !== null && leave.state !== 'accepted');

/** The surroundings of many statuses in at most six reads, and three for each that answers or boosts somebody here. A boost whose target is gone is left out. */
export async function surroundingsOf(
  settings: SocialSettings,
  store: Pick<SocialReads, 'statusesByIds' | 'accountsByIds' | 'threadRoots' | 'threadGroups' | 'askedInteractions' | 'ancestorIds'>,
  statuses: readonly Status[],
): Promise<Map<StatusId, StatusSurroundings>> {
  const related = statuses.flatMap((status) => [status.inReplyToId, status.boostOfId, status.quote?.quotedId ?? null]).filter((id) => id !== null);
  const others = related.length === 0 ? [] : await store.statusesByIds([...new Set(related)]);
  const byId = new Map(others.map((status) => [status.id, status]));
  const boostedBy = new Set(statuses.flatMap(({ boostOfId }) => (boostOfId === null ? [] : [byId.get(boostOfId)?.accountId ?? null])));
  const authorIds: AccountId[] = [...boostedBy].filter((id) => id !== null);
  const authors = new Map((authorIds.length === 0 ? [] : await store.accountsByIds(authorIds)).map((author) => [author.id, author]));
  const contexts = await contextsOf(settings, store, statuses);
  const isElsewhere = (id: StatusId | null): boolean => id !== null && byId.get(id)?.local === false;
  const asked = await store.askedInteractions(statuses.filter(({ inReplyToId, boostOfId }) => isElsewhere(inReplyToId) || isElsewhere(boostOfId)).map(({ id }) => id));
  const groups = await groupsOfAnswers(store, statuses);
  const found = new Map<StatusId, StatusSurroundings>();
  for (const status of statuses) {
    const target = status.boostOfId === null ? undefined : byId.get(status.boostOfId);
    const author = target === undefined ? undefined : authors.get(target.accountId);
    const boosted = target === undefined || author === undefined || target.deletedAt !== null ? null : { status: target, author };
    if (status.boostOfId !== null && boosted === null) continue;
    const parentUri = status.inReplyToId === null ? null : (byId.get(status.inReplyToId)?.uri ?? null);
    const quoted = status.quote?.quotedId == null ? null : (byId.get(status.quote.quotedId) ?? null);
    const restsOn = await waitingAbove(store, status, byId.get(status.boostOfId ?? status.inReplyToId ?? status.id));
    found.set(status.id, {
      parentUri: parentUri ?? status.inReplyToUri,
      contextUri: contexts.get(status.conversationId) ?? null,
      quoted,
      asked: asked.get(status.id) ?? null,
      restsOn,
      groups: groups.get(status.id) ?? [],
      boosted,
    });
  }
  return found;
}

/** A thread that began here has a collection of ours; one that began elsewhere keeps the name that its server gave it. */
async function contextsOf(settings: SocialSettings, store: Pick<SocialReads, 'threadRoots'>, statuses: readonly Status[]): Promise<Map<Snowflake, string>> {
  const contexts = new Map<Snowflake, string>();
  const began = (id: StatusId, accountId: AccountId): void => void contexts.set(id, statusUris(settings.baseUrl, accountId, id).context);
  for (const { id, accountId, conversationId, local } of statuses) if (local && conversationId === id) began(id, accountId);
  const others = statuses.filter(({ boostOfId, conversationId }) => boostOfId === null && !contexts.has(conversationId));
  for (const root of others.length === 0 ? [] : await store.threadRoots([...new Set(others.map(({ conversationId }) => conversationId))])) {
    if (root.local) began(root.id, root.accountId);
    else if (root.contextUri !== null) contexts.set(root.id, root.contextUri);
  }
  return contexts;
}

/** A local status as its Note needs it. */
export function describeNote(settings: SocialSettings, status: Status, { parentUri, contextUri, quoted, asked, groups }: StatusSurroundings): LocalNoteDocument {
  const author = actorUris(settings.baseUrl, status.accountId);
  const uris = statusUris(settings.baseUrl, status.accountId, status.id);
  const named = status.mentions.filter((mention) => !mention.silent);
  return {
    id: uris.id,
    url: status.url,
    actorUri: author.id,
    contentHtml: status.content,
    language: status.language,
    spoilerText: status.spoilerText,
    sensitive: status.sensitive,
    published: status.createdAt,
    updated: status.editedAt,
    inReplyToUri: parentUri,
    contextUri,
    mentions: named.map((mention) => ({ href: mention.uri, name: mentionName(settings, mention) })),
    hashtags: status.tags.map((name) => ({ href: tagUrl(settings.baseUrl, name), name: `#${name}` })),
    emojis: describeEmojis(status.emojis, status.editedAt ?? status.createdAt),
    attachments: status.media.flatMap(describeAttachment),
    repliesUri: uris.replies,
    poll: status.poll === null ? null : describePoll(status.poll),
    quote: describeQuote(status, quoted),
    replyStampUri: consentOf(asked),
    quotableBy: describePolicy(status, author),
    openTo: openTo(status, author),
    ...audienceOf(status.visibility, author.followers, [...status.mentions, ...groups].map(({ uri }) => uri)),
  };
}

/** Hidden totals are told to nobody before its end. */
const describePoll = ({ multiple, hidesTotals, options, votersCount, endsAt, closed }: Poll): LocalPoll => ({
  multiple,
  options: options.map(({ title, votes }) => ({ title, votes: hidesTotals && !closed ? null : votes })),
  votersCount: votersCount ?? 0,
  endsAt,
  closed,
});

/** Also while its author has not answered; of what was refused or taken back no link is left. */
function describeQuote({ quote }: Status, quoted: Status | null): LocalQuote | null {
  if (quote === null || quoted === null) return null;
  if (quoted.deletedAt !== null) return { uri: null, url: quoted.url, stampUri: null };
  const isRefused = quote.state === 'rejected' || quote.state === 'revoked';
  return { uri: quoted.uri, url: quoted.url, stampUri: quote.state === 'accepted' ? quote.stampUri : null, isRefused };
}

/** Nobody is said by naming the author alone (FEP-044f): saying nothing would leave it to others. */
function describePolicy(status: Status, author: LocalActorUris): NonNullable<LocalNoteDocument['quotableBy']> {
  const names: Readonly<Record<QuoteGroup, string | null>> = { public: PUBLIC_URI, followers: author.followers, following: author.following, other: null };
  const { automatic, manual } = effectivePolicy(status);
  const urisOf = (groups: readonly QuoteGroup[]): string[] => groups.flatMap((group) => names[group] ?? []);
  const atOnce = urisOf(automatic);
  return { automatic: atOnce.length === 0 && manual.length === 0 ? [author.id] : atOnce, manual: urisOf(manual) };
}

/** Whoever sees a post may like and answer it; what not everybody sees is its author's alone to boost, and names the public nowhere. */
function openTo({ visibility }: Status, author: LocalActorUris): NonNullable<LocalNoteDocument['openTo']> {
  const isOpen = visibility === 'public' || visibility === 'unlisted';
  return isOpen ? { like: [PUBLIC_URI], reply: [PUBLIC_URI], announce: [PUBLIC_URI] } : { announce: [author.id] };
}

const mentionName = (settings: SocialSettings, { username, domain }: Mention): string => `@${username}@${domain ?? settings.localDomain}`;

function describeAttachment(media: MediaAttachment): LocalAttachment[] {
  if (media.url === null) return [];
  const { url, description, blurhash, width, height, focus, previewUrl } = media;
  return [{ url, mediaType: mediaTypeOf(url, FALLBACK_TYPES[media.kind]), description, blurhash, width, height, focus, previewUrl }];
}

/** Who hears of a boost: the booster's followers, or everybody, and the boosted author. */
export function announceEnvelope(settings: SocialSettings, boost: Status, boostedAuthorUri: string): ActivityEnvelope {
  const booster = actorUris(settings.baseUrl, boost.accountId);
  return {
    id: statusUris(settings.baseUrl, boost.accountId, boost.id).activity,
    actorUri: booster.id,
    published: boost.createdAt,
    ...audienceOf(boost.visibility, booster.followers, [boostedAuthorUri]),
  };
}

/** The Create of a local status, or the Announce of a boost. */
export function renderPublication(settings: SocialSettings, status: Status, around: StatusSurroundings): JsonObject {
  if (around.boosted !== null) return renderAnnounce(announceEnvelope(settings, status, around.boosted.author.uri), around.boosted.status.uri, consentOf(around.asked));
  return renderCreate(statusUris(settings.baseUrl, status.accountId, status.id).activity, describeNote(settings, status, around));
}
