import type { JsonObject } from '../json.js';
import { isoSeconds, NOTE_CONTEXT, withContext } from './context.js';
import { renderAttachment, renderTags } from './render-tags.js';
import type { LocalNoteDocument } from './types.js';

/**
 * A local post. `to` is always there: Misskey takes a post without an audience for public. Nesting stays below
 * Pixelfed's depth of 8 even within an activity, so replies stand as a URI.
 */
export function renderNote(note: LocalNoteDocument): JsonObject {
  return withContext(NOTE_CONTEXT, {
    id: note.id,
    type: 'Note',
    attributedTo: note.actorUri,
    url: note.url,
    summary: note.spoilerText || null,
    sensitive: note.sensitive,
    content: note.contentHtml,
    ...(note.language === null ? {} : { contentMap: { [note.language]: note.contentHtml } }),
    published: isoSeconds(note.published),
    // To the millisecond: receivers drop an Update that is not newer, and two edits may fall into one second.
    ...(note.updated === null ? {} : { updated: note.updated.toISOString() }),
    to: [...note.to],
    cc: [...note.cc],
    inReplyTo: note.inReplyToUri,
    ...(note.contextUri === null ? {} : { context: note.contextUri, conversation: note.contextUri }),
    attachment: note.attachments.map(renderAttachment),
    tag: renderTags(note),
    replies: note.repliesUri,
  });
}

/** What stands at a deleted post's id (with 410), and in the Delete that says so. */
export const renderTombstone = (tombstone: { readonly id: string; readonly formerType?: string; readonly deleted?: Date }): JsonObject =>
  withContext(NOTE_CONTEXT, {
    id: tombstone.id,
    type: 'Tombstone',
    ...(tombstone.formerType === undefined ? {} : { formerType: tombstone.formerType }),
    ...(tombstone.deleted === undefined ? {} : { deleted: isoSeconds(tombstone.deleted) }),
  });
