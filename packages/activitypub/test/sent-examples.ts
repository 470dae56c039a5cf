import { createPrivateKey, createPublicKey } from 'node:crypto';
import { snowflake } from '@trunkline/kernel';
import { audienceOf } from '../src/audience.js';
import { PUBLIC_URI } from '../src/hosts.js';
import type { JsonObject } from '../src/json.js';
import { multikeyOfPem } from '../src/proofs/multikey.js';
import { proveActivity } from '../src/proofs/prove-activity.js';
import { actorUris, followersSyncUri, followUri, instanceActorUris, interactionRequestUri, interactionStampUri, likeUri, quoteRequestUri, quoteStampUri, relayFollowUri, statusUris, voteUris } from '../src/uris.js';
import * as activity from '../src/write/render-activity.js';
import { renderActor, renderGoneActor, renderInstanceActor } from '../src/write/render-actor.js';
import { renderContextCollection, renderOrderedCollection, renderOrderedCollectionPage, renderRepliesCollection } from '../src/write/render-collection.js';
import { renderNodeInfo, renderNodeInfoLinks, renderWebfinger } from '../src/write/render-discovery.js';
import { renderAcceptInteraction, renderInteractionRequest, renderInteractionStamp, renderRejectInteraction } from '../src/write/render-interaction.js';
import { renderNote, renderTombstone } from '../src/write/render-note.js';
import { renderAcceptQuote, renderDeleteStamp, renderQuoteRequest, renderRejectQuote, renderStamp } from '../src/write/render-quote.js';
import type { LocalActorDocument, LocalNoteDocument } from '../src/write/types.js';

/* What docs/federation-examples.md shows as sent, under the names that stand there: what the writers print for these inputs. */

const BASE = 'https://social.example';
const BOB = 'https://far.example/users/bob';
const FAR_NOTE = 'https://far.example/notes/7';
const KEY = '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n';
/** A key that anybody can make, so that the page can show what it signed: Ed25519 signs the same alike. */
const PROOF_KEY = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]), format: 'der', type: 'pkcs8' });
const MULTIKEY = multikeyOfPem(createPublicKey(PROOF_KEY).export({ type: 'spki', format: 'pem' }).toString());
const at = new Date('2026-11-22T07:00:00Z');
const later = new Date('2026-11-22T08:00:00.250Z');

const ann = actorUris(BASE, snowflake('1'));
const server = instanceActorUris(BASE);
const post = statusUris(BASE, snowflake('1'), snowflake('3'));
const boost = statusUris(BASE, snowflake('1'), snowflake('4'));

const person: LocalActorDocument = {
  uris: ann, type: 'Person', username: 'ann', webfinger: 'ann@social.example', url: `${BASE}/@ann`, displayName: 'Ann', summaryHtml: '<p>Hi</p>', publicKeyPem: KEY, proofKeyMultibase: MULTIKEY,
  locked: false, discoverable: true, indexable: true, memorial: false, suspended: false, published: at, avatar: { url: `${BASE}/media/a.png`, mediaType: 'image/png' }, header: null,
  fields: [{ name: 'Home', valueHtml: '<a href="https://ann.example">ann.example</a>' }], emojis: [], hashtags: [], alsoKnownAs: ['https://old.example/users/ann'], movedTo: null,
};

const note: LocalNoteDocument = {
  id: post.id, url: `${BASE}/@ann/3`, actorUri: ann.id, contentHtml: '<p>Hello</p>', language: 'en', spoilerText: '', sensitive: false, published: at, updated: null,
  inReplyToUri: null, contextUri: post.context, mentions: [], hashtags: [], emojis: [], attachments: [], repliesUri: post.replies, quotableBy: { automatic: [PUBLIC_URI], manual: [] },
  openTo: { like: [PUBLIC_URI], reply: [PUBLIC_URI], announce: [PUBLIC_URI] },
  ...audienceOf('public', ann.followers, []),
};

const answer: LocalNoteDocument = {
  ...note, contentHtml: '<p>@bob look :cat: #cats</p>', spoilerText: 'Cats', sensitive: true, inReplyToUri: FAR_NOTE, contextUri: 'https://far.example/contexts/7',
  mentions: [{ href: BOB, name: '@bob@far.example' }], hashtags: [{ href: `${BASE}/tags/cats`, name: '#cats' }],
  emojis: [{ shortcode: 'cat', uri: `${BASE}/media/cat.png`, url: `${BASE}/media/cat.png`, mediaType: 'image/png', updatedAt: at }],
  attachments: [{ url: `${BASE}/media/b.jpg`, mediaType: 'image/jpeg', description: 'A cat', blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', width: 1200, height: 800, focus: [0, 0.5] }],
  ...audienceOf('unlisted', ann.followers, [BOB]),
};

const poll = (votes: readonly [number, number], closed: boolean) => ({
  multiple: false, options: [{ title: 'Tea', votes: votes[0] }, { title: 'Rum', votes: votes[1] }], votersCount: votes[0] + votes[1], endsAt: new Date('2026-11-23T07:00:00Z'), closed,
});

const quoting: LocalNoteDocument = { ...note, quote: { uri: FAR_NOTE, url: 'https://far.example/@bob/7', stampUri: 'https://far.example/stamps/3' } };
const request = { id: quoteRequestUri(BASE, snowflake('1'), snowflake('3')), actorUri: ann.id, quotedUri: FAR_NOTE, quoteUri: post.id };
const asked = { id: 'https://far.example/quote_requests/9', actorUri: BOB, quotedUri: post.id, quoteUri: 'https://far.example/notes/9' };
const stamp = { id: quoteStampUri(BASE, snowflake('1'), snowflake('9')), authorUri: ann.id, quoteUri: asked.quoteUri, quotedUri: post.id };

const wishing = { id: 'https://far.example/requests/1', what: 'like', actorUri: BOB, targetUri: post.id, interactionUri: 'https://far.example/likes/1' } as const;
const wished = { id: interactionRequestUri(BASE, snowflake('1'), 'reply', snowflake('3')), what: 'reply', actorUri: ann.id, targetUri: FAR_NOTE, interactionUri: post.id } as const;
const likeStamp = interactionStampUri(BASE, snowflake('1'), 'like', snowflake('9'));

const follow = activity.renderFollow({ id: followUri(BASE, snowflake('1'), snowflake('5')), actorUri: ann.id, objectUri: BOB });
const asking = { id: 'https://far.example/follows/5', actorUri: BOB, objectUri: ann.id };
const like = activity.renderLike({ id: likeUri(BASE, snowflake('1'), snowflake('6')), actorUri: ann.id, to: [BOB], cc: [] }, FAR_NOTE);
const announce = activity.renderAnnounce({ id: boost.activity, actorUri: ann.id, published: at, ...audienceOf('public', ann.followers, [BOB]) }, FAR_NOTE);
const block = activity.renderBlock(`${ann.id}#blocks/8`, ann.id, BOB);
const relayFollow = activity.renderFollow({ id: relayFollowUri(BASE, snowflake('2')), actorUri: server.id, objectUri: PUBLIC_URI });
const vote = voteUris(BASE, snowflake('1'), snowflake('7'));
const toBob = (id: string) => ({ id, actorUri: ann.id, to: [BOB], cc: [] });
const RELAY = 'https://relay.example/actor';

export const SENT: Readonly<Record<string, JsonObject>> = {
  Person: renderActor(person),
  'instance actor': renderInstanceActor({ uris: server, username: 'social.example', webfinger: 'social.example@social.example', url: `${BASE}/about`, displayName: 'Social', publicKeyPem: KEY, proofKeyMultibase: MULTIKEY }),
  'deleted account': renderGoneActor({ uris: ann, publicKeyPem: KEY, proofKeyMultibase: MULTIKEY, deleted: at }),
  Note: renderNote(answer),
  Question: renderNote({ ...note, poll: poll([2, 1], false) }),
  'quoting Note': renderNote(quoting),
  QuoteAuthorization: renderStamp(stamp),
  LikeAuthorization: renderInteractionStamp({ id: likeStamp, what: 'like', authorUri: ann.id, interactionUri: wishing.interactionUri, targetUri: post.id }),
  Tombstone: renderTombstone({ id: post.id, formerType: 'Note', deleted: at }),
  'Create(Note)': activity.renderCreate(post.activity, note),
  'Update(Note)': activity.renderUpdate(`${post.id}#updates/${later.getTime()}`, { ...note, contentHtml: '<p>Hello!</p>', updated: later }),
  'Update(Question)': activity.renderUpdate(`${post.id}#updates/poll/12`, { ...note, poll: poll([3, 1], true) }),
  'Create(vote)': activity.renderVote({ id: vote.id, activityId: vote.activity, actorUri: ann.id, option: 'Tea', questionUri: 'https://far.example/polls/1', authorUri: BOB }),
  'Delete(Tombstone)': activity.renderDelete({ id: `${post.id}#delete`, actorUri: ann.id, ...audienceOf('public', ann.followers, []) }, post.id),
  Announce: announce,
  'Announce with its proof': proveActivity(announce, { keyId: ann.proofKeyId, privateKey: PROOF_KEY }, at),
  'Undo(Announce)': activity.renderUndo(`${ann.id}#undos/statuses/4`, announce),
  Like: like,
  'Undo(Like)': activity.renderUndo(`${ann.id}#undos/likes/6`, like),
  Follow: follow,
  'Undo(Follow)': activity.renderUndo(`${ann.id}#undos/follows/5`, follow),
  'Accept(Follow)': activity.renderAccept(`${ann.id}#accepts/follows/5`, asking),
  'Reject(Follow)': activity.renderReject(`${ann.id}#rejects/follows/5`, asking),
  Block: block,
  'Undo(Block)': activity.renderUndo(`${String(block['id'])}/undo`, block),
  'Update(Person)': activity.renderUpdatePerson(`${ann.id}#updates/9`, { ...person, movedTo: 'https://new.example/users/ann' }, at),
  'Delete(Person)': activity.renderDeletePerson(`${ann.id}#delete`, ann.id),
  Move: activity.renderMove(`${ann.id}#moves/10`, ann.id, ann.followers, 'https://new.example/users/ann'),
  Add: activity.renderFeatured('Add', `${ann.id}#pins/11`, ann, post.id),
  Remove: activity.renderFeatured('Remove', `${ann.id}#pins/11/undo`, ann, post.id),
  Flag: activity.renderFlag(`${server.id}#flags/12`, server.id, [BOB, FAR_NOTE], 'Spam'),
  QuoteRequest: renderQuoteRequest(request, BOB, { ...quoting, quote: { uri: FAR_NOTE, url: 'https://far.example/@bob/7', stampUri: null } }),
  'Accept(QuoteRequest)': renderAcceptQuote(toBob(`${ann.id}#accepts/quote_requests/9/1795330800000`), asked, stamp.id),
  'Reject(QuoteRequest)': renderRejectQuote(toBob(`${ann.id}#rejects/quote_requests/13`), asked),
  'Delete(QuoteAuthorization)': renderDeleteStamp({ id: `${ann.id}#deletes/quote_authorizations/9`, actorUri: ann.id, to: [PUBLIC_URI], cc: [] }, stamp),
  ReplyRequest: renderInteractionRequest(wished, BOB, renderNote({ ...note, inReplyToUri: FAR_NOTE })),
  'Like, agreed to': activity.renderLike({ id: String(like['id']), actorUri: ann.id, to: [BOB], cc: [] }, FAR_NOTE, 'https://far.example/stamps/6'),
  'Announce, agreed to': activity.renderAnnounce({ id: boost.activity, actorUri: ann.id, published: at, ...audienceOf('public', ann.followers, [BOB]) }, FAR_NOTE, 'https://far.example/stamps/4'),
  'Create(Note), agreed to': activity.renderCreate(post.activity, { ...note, inReplyToUri: FAR_NOTE, replyStampUri: 'https://far.example/stamps/3' }),
  'Accept(LikeRequest)': renderAcceptInteraction(toBob(`${ann.id}#accepts/like_requests/13`), wishing, likeStamp),
  'Reject(AnnounceRequest)': renderRejectInteraction(toBob(`${ann.id}#rejects/announce_requests/13`), { ...wishing, id: 'https://far.example/requests/3', what: 'announce', interactionUri: 'https://far.example/boosts/3' }),
  'Follow of a relay': relayFollow,
  'Undo(Follow) of a relay': activity.renderUndo(`${String(relayFollow['id'])}/undo`, relayFollow),
  'Accept(Follow) of a relay': activity.renderAccept(`${server.id}#accepts/14`, { id: 'https://relay.example/activities/1', actorUri: RELAY, objectUri: server.id }),
  'Announce to a relay': activity.renderAnnounce({ id: `${server.id}#announces/3`, actorUri: server.id, published: at, to: [PUBLIC_URI, RELAY], cc: [] }, post.id),
  followers: renderOrderedCollection({ id: ann.followers, totalItems: 41, first: `${ann.followers}?page=true` }),
  'followers, hidden': renderOrderedCollection({ id: ann.followers, totalItems: 41 }),
  'followers, a page': renderOrderedCollectionPage({ id: `${ann.followers}?page=true`, partOf: ann.followers, totalItems: 41, next: `${ann.followers}?page=true&max_id=2`, items: [BOB] }),
  'followers of one server': renderOrderedCollection({ id: followersSyncUri(BASE, snowflake('1')), totalItems: 1, items: [BOB] }),
  'outbox, a page': renderOrderedCollectionPage({ id: `${ann.outbox}?page=true`, partOf: ann.outbox, prev: `${ann.outbox}?page=true&min_id=4`, items: [announce] }),
  featured: renderOrderedCollection({ id: ann.featured, totalItems: 1, items: [post.id] }),
  replies: renderRepliesCollection({ id: post.replies, items: [FAR_NOTE] }),
  'context of a thread': renderContextCollection({ id: post.context, ownerUri: ann.id, totalItems: 2, first: `${post.context}?page=true` }),
  WebFinger: renderWebfinger({ handle: 'ann@social.example', actorUri: ann.id, profileUrl: person.url, subscribeTemplate: `${BASE}/authorize_interaction?uri={uri}`, avatar: person.avatar }),
  'NodeInfo, where': renderNodeInfoLinks(BASE, server.id),
  NodeInfo: renderNodeInfo('2.1', {
    softwareVersion: '0.1.0', repositoryUrl: null, homepageUrl: null, openRegistrations: true, usersTotal: 40, usersActiveMonth: 12, usersActiveHalfyear: 20, localPosts: 300,
    nodeName: 'Social', nodeDescription: 'A small server',
  }),
};
