import type { JsonObject } from '../json.js';
import { isoSeconds, NOTE_CONTEXT, withContext } from './context.js';
import { quoteFallback, renderQuoteMembers, renderQuoteTag } from './quote-members.js';
import { renderAttachment, renderTags } from './render-tags.js';
import type { LocalNoteDocument, LocalPoll } from './types.js';

/**
 * A local post: a Note, or with a poll a Question. `to` is always there: Misskey takes a post without an audience for public. Nesting stays below
 * Pixelfed's depth of 8 even within an activity, so replies stand as a URI.
 */
export function renderNote(note: LocalNoteDocument): JsonObject {
  const quote = note.quote ?? null;
  const content = quote === null ? note.contentHtml : quoteFallback(quote) + note.contentHtml;
  return withContext(NOTE_CONTEXT, {
    id: note.id,
    type: note.poll == null ? 'Note' : 'Question',
    attributedTo: note.actorUri,
    url: note.url,
    summary: note.spoilerText || null,
    sensitive: note.sensitive,
    content,
    ...(note.language === null ? {} : { contentMap: { [note.language]: content } }),
    published: isoSeconds(note.published),
    // To the millisecond: receivers drop an Update that is not newer, and two edits may fall into one second.
    ...(note.updated === null ? {} : { updated: note.updated.toISOString() }),
    to: [...note.to],
    cc: [...note.cc],
    inReplyTo: note.inReplyToUri,
    ...(note.contextUri === null ? {} : { context: note.contextUri, conversation: note.contextUri }),
    attachment: note.attachments.map(renderAttachment),
    tag: [...renderTags(note), ...(quote === null ? [] : renderQuoteTag(quote))],
    ...(quote === null ? {} : renderQuoteMembers(quote)),
    // Under the name of before GoToSocial 0.20 as well.
    ...(note.replyStampUri == null ? {} : { replyAuthorization: note.replyStampUri, approvedBy: note.replyStampUri }),
    ...renderPolicy(note),
    replies: note.repliesUri,
    ...(note.poll == null ? {} : renderPoll(note.poll)),
  });
}

function renderPoll({ multiple, options, votersCount, endsAt, closed }: LocalPoll): JsonObject {
  const end = endsAt === null ? null : isoSeconds(endsAt);
  return {
    [multiple ? 'anyOf' : 'oneOf']: options.map(({ title, votes }) => ({
      type: 'Note',
      name: title,
      replies: { type: 'Collection', ...(votes === null ? {} : { totalItems: votes }) },
    })),
    votersCount,
    ...(end === null ? {} : { endTime: end }),
    // A date, which all read; a bool is read by few.
    ...(closed && end !== null ? { closed: end } : {}),
  };
}

/** What stands at a deleted post's id (with 410), and in the Delete that says so. */
export const renderTombstone = (tombstone: { readonly id: string; readonly formerType?: string; readonly deleted?: Date }): JsonObject =>
  withContext(NOTE_CONTEXT, {
    id: tombstone.id,
    type: 'Tombstone',
    ...(tombstone.formerType === undefined ? {} : { formerType: tombstone.formerType }),
    ...(tombstone.deleted === undefined ? {} : { deleted: isoSeconds(tombstone.deleted) }),
  });

/** Likes, answers and boosts also under the names of GoToSocial before 0.21. */
function renderPolicy({ quotableBy, openTo }: LocalNoteDocument): JsonObject {
  const open = (name: string, uris: readonly string[] | undefined): JsonObject => (uris === undefined ? {} : { [name]: { automaticApproval: [...uris], always: [...uris] } });
  const policy = {
    ...open('canLike', openTo?.like),
    ...open('canReply', openTo?.reply),
    ...open('canAnnounce', openTo?.announce),
    ...(quotableBy === undefined ? {} : { canQuote: renderRule(quotableBy) }),
  };
  return Object.keys(policy).length === 0 ? {} : { interactionPolicy: policy };
}

/** Lists, also of one: GoToSocial reads both, Mastodon writes lists. */
const renderRule = ({ automatic, manual }: NonNullable<LocalNoteDocument['quotableBy']>): JsonObject => ({
  automaticApproval: [...automatic],
  ...(manual.length === 0 ? {} : { manualApproval: [...manual] }),
});
