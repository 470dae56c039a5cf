import type { RemoteNote } from '@trunkline/activitypub';
import { StatusEditedV1, StatusTalliedV1 } from '@trunkline/contracts';
import { isNarrower, type Account, type Poll, type Status, type Visibility } from '@trunkline/domain';
import { nowDate } from '@trunkline/kernel';
import type { NewerEmoji, StandingEdit } from '../ports/store-rows.js';
import { settleReply } from '../interactions/settle-reply.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { reviseQuotes } from '../quotes/revise-quote.js';
import { tracesOf, type Caused } from '../statuses/caused.js';
import { mediaRule, newerEmojis, publishedOr } from './ingest-account.js';
import { bodyOf, ingestStatus, type IngestOutcome } from './ingest-status.js';
import { peopleNamed, type NamedPeople } from './named-people.js';
import { audienceTold } from './narrowed-audience.js';
import { pollOf, sameOptions } from './read-poll.js';

/** An Update of something unknown counts as its Create only while it is this young. */
const LATE_CREATE_MS = 24 * 60 * 60 * 1000;

/** Of those who are dropped from a post, so many are told by name. */
const DROPPED_MAX = 20;

/** `told`: how its poll stands was told, which is no edit. */
export type EditOutcome = IngestOutcome | 'edited' | 'told' | 'unchanged';

/** A post as its author's server tells it again, and as it stands here. */
export type RetoldPost = Caused<{ readonly author: Account; readonly note: RemoteNote; readonly known: Status }>;

/** What is to be done about it, or why nothing. */
export type ReadEdit = { readonly post: RetoldPost; readonly refused: IngestOutcome } | ToldEdit;

interface ToldEdit {
  readonly post: RetoldPost;
  readonly body: ReturnType<typeof bodyOf>;
  /** null: its server dates no edit. */
  readonly editedAt: Date | null;
  readonly poll: Poll | null;
  /** Its poll asks what it asked before. */
  readonly samePoll: boolean;
  /** Nothing but how its poll stands. */
  readonly isTold: boolean;
  /** Whom it is for, where it says so plainly. */
  readonly audience: Visibility | null;
  readonly newer: readonly NewerEmoji[];
}

/** The author's server says the status changed. Counters alone, without a newer `updated` or other words, are no edit. */
export async function ingestEdit(ports: SocialPorts, author: Account, note: RemoteNote): Promise<EditOutcome> {
  const [known] = await ports.store.statusesByUris([note.uri]);
  if (known === undefined) {
    if (isTooLate(ports, note)) return 'ignored';
    const outcome = await ingestStatus(ports, author, note);
    if (outcome !== 'known') return outcome;
    // Its Create was written between our look and our row, by another copy: what came here is an edit of that.
    const [written] = await ports.store.statusesByUris([note.uri]);
    return written === undefined ? outcome : editKnown(ports, author, note, written);
  }
  return editKnown(ports, author, note, known);
}

/** Whether an Update of something that is not here is no Create of it either. */
export const isTooLate = (ports: Pick<SocialPorts, 'clock'>, note: RemoteNote): boolean =>
  ports.clock.nowMs() - publishedOr(note.published, nowDate(ports.clock)).getTime() > LATE_CREATE_MS;

async function editKnown(ports: SocialPorts, author: Account, note: RemoteNote, known: Status): Promise<EditOutcome> {
  const read = readEdit(ports, { author, note, known }, await peopleNamed(ports, [note]));
  const [outcome = 'ignored'] = await ports.store.transaction((tx) => storeEdits(tx, [read]));
  return 'refused' in read || !(await bringsLeave(ports, note, known)) ? outcome : 'edited';
}

/** An answer that waits for the leave of whom it answers names a consent now: true, when that holds. Leave makes no edit. */
async function bringsLeave(ports: SocialPorts, { uri, replyStampUri }: RemoteNote, known: Status): Promise<boolean> {
  if (replyStampUri === null || known.inReplyToUri === null) return false;
  await ports.store.transaction((tx) => tx.consents.tellReplyStamps([{ statusId: known.id, uri: replyStampUri }]));
  return (await settleReply(ports, uri)) === 'accepted';
}

/** Without asking anybody. `people`: the accounts known here by what notes call them, `peopleNamed`. */
export function readEdit(ports: SocialPorts, post: RetoldPost, people: NamedPeople): ReadEdit {
  const { author, note, known } = post;
  if (known.accountId !== author.id || known.local) return { post, refused: 'foreign_author' };
  if (known.deletedAt !== null) return { post, refused: 'tombstone' };
  const now = nowDate(ports.clock);
  const poll = note.poll === null ? null : pollOf(note.poll);
  const samePoll = poll !== null && known.poll !== null && sameOptions(poll, known.poll);
  const body = bodyOf(ports, author, note, people);
  const audience = audienceTold(note, people);
  const editedAt = whenEdited(post, { body, audience }, now);
  // Some servers date every Update: what else is the same was not edited.
  const isTold = samePoll && (editedAt === null || editedAt <= (known.editedAt ?? known.createdAt) || says(body) === says(known));
  const newer = note.emojis.length === 0 ? [] : newerEmojis(author.uri, note.emojis.filter(mediaRule(ports, author)), now);
  return { post, body, editedAt, poll, samePoll, isTold, audience, newer };
}

/** Many, each status once. What they quote and who may quote them may change without an edit. */
export async function storeEdits(tx: SocialTransaction, reads: readonly ReadEdit[]): Promise<EditOutcome[]> {
  const told = reads.filter((read): read is ToldEdit => 'body' in read);
  const given = told.flatMap(({ post, body, audience, editedAt, isTold }) => (isTold || editedAt === null ? [] : [{ ...body, statusId: post.known.id, text: null, audience, editedAt }]));
  const edited = await tx.editStatuses(given);
  const edits = told.filter(({ post }) => edited.has(post.known.id));
  await tx.noteEmojis(edits.flatMap(({ newer }) => newer));
  await storePolls(tx, told, edits);
  await tx.appendEvents(StatusEditedV1, edits.map((edit) => editedEvent(edit, edited.get(edit.post.known.id))), tracesOf(edits.map(({ post }) => post)));
  const revised = await reviseQuotes(tx, told.map(({ post }) => ({ ...post, isEdit: edited.has(post.known.id) })));
  return reads.map((read) => {
    if ('refused' in read) return read.refused;
    if (read.isTold) return 'told';
    const { id } = read.post.known;
    if (edited.has(id) || revised.has(id)) return 'edited';
    return read.editedAt === null ? 'unchanged' : 'known';
  });
}

function editedEvent({ post: { known, author }, editedAt }: ToldEdit, standing: StandingEdit | undefined) {
  const { narrowedFrom = null, droppedIds = [] } = standing ?? {};
  return {
    statusId: known.id,
    authorId: author.id,
    local: false,
    editedAt: (editedAt ?? known.createdAt).toISOString(),
    ...(narrowedFrom === null ? {} : { narrowedFrom }),
    ...(droppedIds.length === 0 ? {} : { droppedIds: droppedIds.slice(0, DROPPED_MAX) }),
  };
}

/** Polls whose options are others now are rare, and go one by one. */
async function storePolls(tx: SocialTransaction, told: readonly ToldEdit[], edits: readonly ToldEdit[]): Promise<void> {
  const tallies = [...told.filter(({ isTold }) => isTold), ...edits.filter(({ samePoll }) => samePoll)];
  const changed = await tx.tellPolls(tallies.flatMap(({ post, poll }) => (poll === null ? [] : [{ statusId: post.known.id, poll }])));
  const news = told.filter(({ isTold, post }) => isTold && changed.has(post.known.id)).map(({ post }) => post);
  await tx.appendEvents(StatusTalliedV1, news.map(({ known }) => ({ statusId: known.id, authorId: known.accountId, local: false, ended: false })), tracesOf(news));
  for (const { post, poll, samePoll } of edits) {
    if (!samePoll && (poll !== null || post.known.poll !== null)) await tx.replacePoll(post.known.id, poll);
  }
}

/** Some servers date no Update at all: one that says other words, or is for fewer people, was edited now. How a poll stands comes without a date too. */
function whenEdited({ note, known }: RetoldPost, { body, audience }: { readonly body: Words; readonly audience: Visibility | null }, now: Date): Date | null {
  const told = note.updated === null ? null : publishedOr(note.updated, now);
  // Ghost dates the first edit like the post itself.
  const isOfPost = told !== null && known.editedAt === null && told.getTime() === known.createdAt.getTime() && words(body) !== words(known);
  if (told !== null) return isOfPost ? new Date(told.getTime() + 1) : told;
  const isChanged = words(body) !== words(known) || (audience !== null && isNarrower(audience, known.visibility));
  return note.poll === null && known.poll === null && isChanged ? now : null;
}

type Words = Pick<Status, 'content' | 'spoilerText' | 'media'>;

const words = ({ content, spoilerText, media }: Words): string => JSON.stringify([content, spoilerText, media.map(({ description }) => description)]);

/** What readers see of it, to be compared. */
const says = ({ content, spoilerText, sensitive, language, media }: Pick<Status, 'content' | 'spoilerText' | 'sensitive' | 'language' | 'media'>): string =>
  JSON.stringify([content, spoilerText, sensitive, language, media.map(({ remoteUrl, description }) => [remoteUrl, description])]);
