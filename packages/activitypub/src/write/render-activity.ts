import { PUBLIC_URI } from '../hosts.js';
import type { JsonObject } from '../json.js';
import { ACTOR_CONTEXT, CONSENT_TERMS, embedded, isoSeconds, NOTE_CONTEXT, PLAIN_CONTEXT, withContext } from './context.js';
import { renderActor } from './render-actor.js';
import { renderNote, renderTombstone } from './render-note.js';
import type { ActivityEnvelope, FollowDocument, LocalActorDocument, LocalActorUris, LocalNoteDocument, LocalVote } from './types.js';

/*
 * Activities as we send them: `to` and `cc` are always lists, Public by its full IRI, actors as plain IRIs, and what is
 * created, accepted or undone stands inside whole (Mastodon ignores Undo of a bare IRI, Threads answers it with 500).
 */

function render(type: string, context: unknown, envelope: ActivityEnvelope, object: unknown): JsonObject {
  return withContext(context, {
    id: envelope.id,
    type,
    actor: envelope.actorUri,
    ...(envelope.published === undefined ? {} : { published: isoSeconds(envelope.published) }),
    to: [...envelope.to],
    cc: [...envelope.cc],
    object,
  });
}

/** The audience and time are the post's own. */
const noteEnvelope = (id: string, note: LocalNoteDocument, published: Date): ActivityEnvelope => ({
  id,
  actorUri: note.actorUri,
  to: note.to,
  cc: note.cc,
  published,
});

/** @param id the Create's own id, `statusUris(…).activity` */
export const renderCreate = (id: string, note: LocalNoteDocument): JsonObject =>
  render('Create', NOTE_CONTEXT, noteEnvelope(id, note, note.published), embedded(renderNote(note)));

/** @param id one of its own for every edit: receivers drop an id that they have seen */
export const renderUpdate = (id: string, note: LocalNoteDocument): JsonObject =>
  render('Update', NOTE_CONTEXT, noteEnvelope(id, note, note.updated ?? note.published), embedded(renderNote(note)));

/** Deletes a post: the object is its Tombstone. */
export const renderDelete = (envelope: ActivityEnvelope, noteUri: string): JsonObject =>
  render('Delete', NOTE_CONTEXT, envelope, embedded(renderTombstone({ id: noteUri })));

/** The vote itself. Without `content`: that is how it is told from a reply. */
export const renderVoteNote = (vote: LocalVote): JsonObject =>
  withContext(PLAIN_CONTEXT, {
    id: vote.id,
    type: 'Note',
    name: vote.option,
    attributedTo: vote.actorUri,
    inReplyTo: vote.questionUri,
    to: [vote.authorUri],
    cc: [],
  });

/** Told to the poll's author alone. */
export const renderVote = (vote: LocalVote): JsonObject =>
  render('Create', PLAIN_CONTEXT, { id: vote.activityId, actorUri: vote.actorUri, to: [vote.authorUri], cc: [] }, embedded(renderVoteNote(vote)));

/** @param stampUri the consent of whoever wrote what is boosted, where it was asked for */
export const renderAnnounce = (envelope: ActivityEnvelope, noteUri: string, stampUri: string | null = null): JsonObject =>
  stampUri === null
    ? render('Announce', PLAIN_CONTEXT, envelope, noteUri)
    : { ...render('Announce', [PLAIN_CONTEXT, CONSENT_TERMS], envelope, noteUri), announceAuthorization: stampUri, approvedBy: stampUri };

/** @param stampUri the author's consent, where it was asked for */
export const renderLike = (envelope: ActivityEnvelope, noteUri: string, stampUri: string | null = null): JsonObject =>
  stampUri === null
    ? render('Like', PLAIN_CONTEXT, envelope, noteUri)
    : { ...render('Like', [PLAIN_CONTEXT, CONSENT_TERMS], envelope, noteUri), likeAuthorization: stampUri, approvedBy: stampUri };

/** Told to the blocked person's server, and to nobody else. */
export const renderBlock = (id: string, actorUri: string, targetUri: string): JsonObject =>
  render('Block', PLAIN_CONTEXT, { id, actorUri, to: [targetUri], cc: [] }, targetUri);

/** @param follow one that we send, so with an id */
export const renderFollow = (follow: FollowDocument & { readonly id: string }): JsonObject =>
  render('Follow', PLAIN_CONTEXT, { id: follow.id, actorUri: follow.actorUri, to: [follow.objectUri], cc: [] }, follow.objectUri);

const renderAnswer = (type: 'Accept' | 'Reject', id: string, follow: FollowDocument): JsonObject =>
  render(type, PLAIN_CONTEXT, { id, actorUri: follow.objectUri, to: [follow.actorUri], cc: [] }, {
    ...(follow.id === null ? {} : { id: follow.id }),
    type: 'Follow',
    actor: follow.actorUri,
    object: follow.objectUri,
  });

/** From the followed to the follower, with the Follow as it came. */
export const renderAccept = (id: string, follow: FollowDocument): JsonObject => renderAnswer('Accept', id, follow);

/** Refuses a request, or ends a follow that was accepted before. */
export const renderReject = (id: string, follow: FollowDocument): JsonObject => renderAnswer('Reject', id, follow);

/** @param activity the Follow, Like, Announce or Block as it was rendered; its audience is told */
export function renderUndo(id: string, activity: JsonObject): JsonObject {
  const { actor, to, cc } = activity;
  const envelope = { id, actorUri: String(actor), to: (to ?? []) as readonly string[], cc: (cc ?? []) as readonly string[] };
  return render('Undo', activity['@context'], envelope, embedded(activity));
}

/** A changed profile, for everybody who knows it. */
export const renderUpdatePerson = (id: string, actor: LocalActorDocument, published?: Date): JsonObject =>
  render('Update', ACTOR_CONTEXT, { id, actorUri: actor.uris.id, to: [PUBLIC_URI], cc: [actor.uris.followers], published }, embedded(renderActor(actor)));

/** The end of an account: actor and object are the same, which is how receivers know it. */
export const renderDeletePerson = (id: string, actorUri: string): JsonObject =>
  render('Delete', PLAIN_CONTEXT, { id, actorUri, to: [PUBLIC_URI], cc: [] }, actorUri);

/** The account is elsewhere from now on, for those who follow it. */
export const renderMove = (id: string, actorUri: string, followersUri: string, targetUri: string): JsonObject => ({
  ...render('Move', PLAIN_CONTEXT, { id, actorUri, to: [followersUri], cc: [] }, actorUri),
  target: targetUri,
});

/** A post is put on top of the profile, or taken off. */
export const renderFeatured = (type: 'Add' | 'Remove', id: string, actor: Pick<LocalActorUris, 'id' | 'featured' | 'followers'>, noteUri: string): JsonObject => ({
  ...render(type, PLAIN_CONTEXT, { id, actorUri: actor.id, to: [PUBLIC_URI], cc: [actor.followers] }, noteUri),
  target: actor.featured,
});

/** A report, from the server and not from whoever wrote it. The account comes first (Mastodon reads it so), then its posts. */
export const renderFlag = (id: string, instanceActorUri: string, objectUris: readonly string[], comment: string): JsonObject => ({
  ...render('Flag', PLAIN_CONTEXT, { id, actorUri: instanceActorUri, to: [], cc: [] }, [...objectUris]),
  content: comment,
});
