import { expect } from '@jest/globals';
import { parseNote } from '../src/read/parse-note.js';
import type { readDocument } from '../src/read/read-document.js';
import type { RemoteActor, RemoteNote } from '../src/read/types.js';

/*
 * What the reference corpus must come to; only reference-corpus.test.ts reads it.
 */

const all = (rule: string, ...names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, rule]));

/** Every file that is let go, and the rule that says so. */
export const IGNORED: Readonly<Record<string, string>> = {
  ...all('bad_emoji', 'attack/emoji-reaction-too-long'),
  ...all('conversation_container', 'fep-examples/feps-fep-171b-Examples'),
  ...all('dislike', 'friendica/activities-dislike_page', 'friendica/activities-undo_dislike_page', 'lemmy/activities-voting-dislike_page'),
  ...all('event_participation', 'mobilizon/mobilizon-invite-activity', 'mobilizon/mobilizon-leave-activity'),
  ...all('group_moderation', 'lemmy/activities-community-lock_page', 'lemmy/activities-community-resolve_report_page', 'lemmy/activities-community-warn', 'mbin/Lock-LockEntryByAuthor'),
  ...all('no_post', 'bookwyrm/bw_edition', 'gotosocial/gts-extractattachments-attachmentableJSON'),
  // The voter names the asker as the author of the vote: a slip of a made-up file.
  ...all('foreign_author', 'synthetic/dj-standard-activity.create'),
  // Test inputs of one server with the ids of another.
  ...all('foreign_id', 'mastodon/vernissage-ActivityDtoDeserialization-personCase03', 'mastodon/vernissage-ActivityDtoDeserialization-personCase05', 'misskey/misskey-like'),
  ...all('foreign_id', 'attack/fedify-example.com-cross-origin-actor', 'attack/dj-invalid-actor_mismatch'),
  ...all('foreign_object', 'attack/dj-invalid-create_without_authority', 'attack/dj-invalid-delete_others_object', 'attack/dj-invalid-update_others_object', 'synthetic/goap-activity_create_multiple_objects'),
  // A moderator of a community elsewhere: only the community itself may pass that on.
  ...all('foreign_object', 'lemmy/activities-community-update_community'),
  // OStatus servers of before 2018 have no ActivityPub link.
  ...all('missing_link', 'attack/spec-webfinger-hacker3', 'mastodon/winterdienst_webfinger'),
  // Stubs of Bridgy Fed's own documents, and examples about other members.
  ...all('missing_inbox', 'bridgy-fed/ap.brid.gy.as2', 'bridgy-fed/eefake.brid.gy.as2', 'mastodon/mdocs-activitypub-Identity_proofs', 'mastodon/mdocs-activitypub-Suspended_flag'),
  ...all('missing_username', 'fep-examples/feps-fep-521a-Example', 'fep-examples/feps-fep-844e-Discovery_through_an_actor'),
  // Ids by DID (FEP-ef61).
  ...all('missing_id', 'fep-examples/feps-fep-ef61-Portable_actors', 'gotosocial/gts-extractpolicy-rawNote'),
  // Examples without an author, and what a client posts to its own server.
  ...all('missing_actor', 'fep-examples/feps-fep-8a8e-Showing_RSVP_status_via_ActivityPub', 'mastodon/mdocs-activitypub-Polls', 'gotosocial/gts-properties-peertubeVideo', 'pleroma/activitypub-client-post-activity'),
  ...all('missing_context', 'gotosocial/gts-resolve-TestResolveNonAPJSONAsAccountable'),
  ...all('missing_type', 'synthetic/goap-object_with_url_collection'),
};

const KINDS: readonly (readonly [RegExp, RegExp])[] = [
  [/^JSON-LD/, /^ignored/],
  [/^WebFinger/, /^webfinger$/],
  [/^NodeInfo index/, /^nodeinfo-links$/],
  [/^NodeInfo/, /^nodeinfo$/],
  [/^Create/, /^(?:create|vote)$/],
  [/^Announce\((?:IRI|\[IRI\]|Note)\)/, /^boost$/],
  [/^Announce\(/, /^group-delivery$/],
  [/^(?:Like|EmojiReact)\(/, /^(?:like|reaction)$/],
  [/^Flag/, /^report$/],
  [/^QuoteRequest/, /^quote-request$/],
  [/^(?:Like|Reply|Announce)Request/, /^interaction-request$/],
  [/^(?:Accept|Reject|Undo|Update|Delete|Follow|Block|Move|Add|Remove)\(/, /^(?:accept|reject|undo|update|delete|follow|block|move|add|remove)$/],
  [/(?:Authorization|Approval)$/, /^stamp$/],
  [/Collection/, /^collection$/],
  [/^Tombstone/, /^tombstone$/],
  // A stub with a key is read for its key.
  [/Person|Service|Application|Group|Organization/, /^(?:actor|keys)$/],
];

export const expectedKind = (type: string): RegExp => KINDS.find(([index]) => index.test(type))?.[1] ?? /^post$/;

type Content = RemoteNote | RemoteActor;
const post = (holds: (note: RemoteNote) => boolean) => (content: Content): boolean | null => ('contentHtml' in content ? holds(content) : null);
const actor = (holds: (actor: RemoteActor) => boolean) => (content: Content): boolean | null => ('inbox' in content ? holds(content) : null);

/** What a note in the index promises of a post or an actor; null: it speaks of the other one. */
export const CARRIES: readonly (readonly [RegExp, (content: Content) => boolean | null])[] = [
  [/custom emoji(?! with id null)/, (content) => content.emojis.length > 0],
  [/focalPoint/, post((note) => note.attachments.some(({ focus }) => focus !== null))],
  [/blurhash/, post((note) => note.attachments.some(({ blurhash }) => blurhash !== null))],
  [/(?:one|any)Of poll/, post((note) => (note.poll?.options.length ?? 0) > 1)],
  [/(?:^|; )votersCount/, post((note) => (note.poll?.votersCount ?? 0) > 0)],
  // Concrete sends an empty quoteUrl with everything.
  [/_misskey_quote|quoteUr[il]|quoteURL/, post((note) => note.quoteUri !== null || note.uri.startsWith('https://cc.mkdir.uk/'))],
  [/interactionPolicy/, post((note) => note.policy !== null)],
  [/commentsEnabled|canReply/, post((note) => typeof note.repliesLocked === 'boolean')],
  [/(?:^|; )source/, post((note) => note.source !== null)],
  [/contentMap without content/, post((note) => note.contentHtml !== '')],
  [/^several languages/, post((note) => note.language !== null)],
  [/poll vote/, post((note) => note.isPollVote && note.choice !== null)],
  [/uses 'as:Public'/, post((note) => note.visibility === 'public' || note.visibility === 'unlisted')],
  [/conversation AND context/, post((note) => note.context === note.conversation && note.context !== null)],
  [/attachment is a Link with href/, post((note) => note.linkUrl !== null)],
  [/quoted post deleted/, post((note) => note.quote !== null && note.quote.uri === null)],
  [/approvedBy/, post((note) => note.replyStampUri !== null)],
  [/expiresAt/, post((note) => note.expiresAt !== null)],
  [/empty text: summary is U\+200B/, post((note) => note.sensitive && note.spoilerText === '')],
  [/PropertyValue fields/, actor(({ fields }) => fields.length > 0)],
  [/movedTo/, actor(({ movedTo }) => movedTo !== null)],
  [/featuredTags/, actor(({ featuredTags }) => featuredTags !== null)],
  [/attributionDomains/, actor(({ attributionDomains }) => attributionDomains.length > 0)],
  [/assertionMethod/, actor(({ multikeys }) => multikeys.length > 0)],
  [/(?:^|; )webfinger/, actor(({ webfingerHandle }) => webfingerHandle !== null)],
  [/no sharedInbox/, actor(({ sharedInbox }) => sharedInbox === null)],
  [/moderators/, actor(({ moderators }) => moderators !== null)],
  [/no publicKey/, actor(({ publicKeys }) => publicKeys.length === 0)],
  // Bridgy Fed of old named its key by something that is no address.
  [/publicKey\.id has no fragment/, actor(({ publicKeys, uri }) => publicKeys.length === 1 || uri.startsWith('https://fed.brid.gy/'))],
];

type Read = ReturnType<typeof readDocument>;
const refused = (code: string) => (read: Read): void => expect(read).toMatchObject({ ok: false, error: { code } });
const understood = (holds: object) => (read: Read): void => expect(read).toMatchObject({ ok: true, value: holds });
/** Whoever says so must still be asked: the reader alone cannot see the fraud. */
const seenLater = understood;

export const ATTACKS: Readonly<Record<string, (read: Read) => void>> = {
  // The post lies elsewhere: only its address is taken, never the text that came along.
  'bogus-mastodon-announce': understood({ facts: { kind: 'boost', uri: 'https://mastodon.social/users/emelie/statuses/101849165031453404', embedded: null } }),
  'dj-invalid-actor_mismatch': refused('foreign_id'),
  'dj-invalid-create_without_authority': refused('foreign_object'),
  'dj-invalid-delete_others_object': refused('foreign_object'),
  'dj-invalid-update_others_object': refused('foreign_object'),
  'emoji-reaction-too-long': refused('bad_emoji'),
  'fedify-example.com-cross-origin-actor': refused('foreign_id'),
  'evil@remote.example_with_keyid_from_admin@mastdon.example.org': understood({ kind: 'actor', actor: { publicKeys: [] } }),
  nonsense_attachment_user: understood({ kind: 'actor', actor: { fields: [] } }),
  'pixelfed-NoteAttachmentTest-invalidMime': (read) => expect(attachmentsIn(read)).toEqual(['image']),
  'pixelfed-NoteAttachmentTest-invalidType': (read) => expect(attachmentsIn(read)).toEqual([]),
  'spec-webfinger-hacker3': refused('missing_link'),
  // WebFinger for the actor's own name must give the same subject.
  'webfinger-graf-imposter-webfinger': seenLater({ kind: 'webfinger', answer: { handle: { host: 'poa.st' }, selfUri: 'https://fba.ryona.agenc/webfingertest' } }),
  'webfinger-imposter-webfinger': seenLater({ kind: 'webfinger', answer: { handle: { host: 'notwhereitshouldbe.com' }, selfUri: 'https://bad.com/webfingertest' } }),
  // An upload served as a post: its content type gives it away.
  'spoofed-object': seenLater({ kind: 'post', post: { uri: 'https://patch.cx/objects/spoof' } }),
};

function attachmentsIn(read: Read): readonly string[] {
  const note = parseNote(read.ok && read.value.kind === 'activity' ? read.value.activity.object.json : null);
  return note.ok ? note.value.attachments.map(({ kind }) => kind) : ['unread'];
}
