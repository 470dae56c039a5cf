import type { Visibility } from '@trunkline/domain';
import type { Failure } from '@trunkline/kernel';
import type { JsonObject } from '../json.js';

/** Why a document was refused. A closed set, so that it can label a metric. */
export type ReadFailureCode =
  | 'not_an_object'
  | 'too_deep'
  | 'too_large'
  | 'forbidden_keyword'
  | 'missing_context'
  | 'missing_id'
  | 'missing_type'
  | 'wrong_type'
  | 'missing_actor'
  | 'missing_inbox'
  | 'missing_username'
  | 'host_mismatch'
  | 'missing_subject'
  | 'missing_link';

export type ReadFailure = Failure<ReadFailureCode>;

/** An object, an IRI, or an object that names its IRI. */
export interface ObjectRef {
  readonly uri: string | null;
  readonly json: JsonObject | null;
}

/** An activity as far as all types share it. Types that we do not handle come through: callers ignore them. */
export interface IncomingActivity {
  /** Null when absent or no http(s) URL: Mastodon's Add and Remove have none. */
  readonly id: string | null;
  readonly type: string;
  readonly actorUri: string;
  /** The first of `objects`; both members null when there is none. */
  readonly object: ObjectRef;
  /** Flag lists several, GotoSocial packs poll votes into a list. Capped. */
  readonly objects: readonly ObjectRef[];
  readonly target: ObjectRef;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  /** ISO 8601 UTC, null when absent or unreadable. */
  readonly published: string | null;
  /** The whole activity, cleaned. */
  readonly raw: JsonObject;
}

export interface RemoteEmoji {
  /** Without colons. Its scope is the sender's host, whatever host the image has. */
  readonly shortcode: string;
  readonly url: string;
  readonly staticUrl: string;
  /** ISO 8601 UTC: when the image changed last. */
  readonly updated: string | null;
}

export interface RemotePublicKey {
  readonly id: string;
  readonly owner: string;
  readonly pem: string;
  /** ISO 8601, UTC: nothing that it signs after this counts. Absent: its owner names no end. */
  readonly endsAt?: string;
}

export type ActorType = 'Person' | 'Service' | 'Application' | 'Group' | 'Organization';

export interface RemoteActor {
  readonly uri: string;
  readonly type: ActorType;
  readonly username: string;
  /** `user@host` as the actor claims it (FEP-2c59), unproven until WebFinger agrees. */
  readonly webfingerHandle: string | null;
  readonly displayName: string;
  /** As it came: sanitise before storing. */
  readonly summaryHtml: string;
  /** The profile page; the actor's id when it names none or one on another host. */
  readonly url: string;
  readonly inbox: string;
  readonly sharedInbox: string | null;
  readonly outbox: string | null;
  readonly followers: string | null;
  readonly following: string | null;
  readonly featured: string | null;
  /** Only keys on the actor's own host that name it as owner. May be empty. */
  readonly publicKeys: readonly RemotePublicKey[];
  readonly avatarUrl: string | null;
  readonly headerUrl: string | null;
  readonly locked: boolean;
  /** Null when the actor says nothing. */
  readonly discoverable: boolean | null;
  readonly indexable: boolean;
  readonly bot: boolean;
  readonly group: boolean;
  readonly memorial: boolean;
  readonly suspended: boolean;
  readonly alsoKnownAs: readonly string[];
  readonly movedTo: string | null;
  /** Values are HTML as they came. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly emojis: readonly RemoteEmoji[];
  readonly published: string | null;
  readonly updated: string | null;
  /** Pinned hashtags. */
  readonly featuredTags: string | null;
  /** Ed25519 and other keys of FEP-521a, only those on the actor's own host that it controls. */
  readonly multikeys: readonly RemoteMultikey[];
  /** Hosts whose pages may name this actor as their author. Lower case ASCII. */
  readonly attributionDomains: readonly string[];
  /** A group's moderators (FEP-1b12): a collection or the only one of them. */
  readonly moderators: string | null;
  readonly postingRestrictedToMods: boolean;
  /** Its posts must not be shown to visitors who are not signed in (GotoSocial, Misskey). */
  readonly hiddenFromVisitors: boolean;
}

export interface RemoteMultikey {
  readonly id: string;
  readonly controller: string;
  /** Multibase of a multicodec key, as it came. */
  readonly publicKeyMultibase: string;
}

export interface RemoteMention {
  /** The actor's id, or (Minds and others) a profile page; `acct:user@host` where there is no address but a whole handle. */
  readonly href: string;
  readonly name: string | null;
}

export interface RemoteAttachment {
  readonly kind: 'image' | 'video' | 'audio' | 'unknown';
  readonly url: string;
  readonly previewUrl: string | null;
  readonly mediaType: string | null;
  readonly description: string | null;
  readonly blurhash: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** −1..1 each. */
  readonly focus: readonly [number, number] | null;
}

export interface RemotePoll {
  readonly multiple: boolean;
  /** Plain text; `votes` is null while they are hidden. */
  readonly options: readonly { readonly title: string; readonly votes: number | null }[];
  /** People, not votes; null when it is not told. */
  readonly votersCount: number | null;
  /** ISO 8601 UTC: when it ends or has ended; null when never, or unknown. */
  readonly endsAt: string | null;
  /** Closed whatever the time is. */
  readonly closed: boolean;
}

export interface RemoteEvent {
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  /** Plain text: its name and address. */
  readonly place: string | null;
  /** Where it is held online. */
  readonly placeUrl: string | null;
}

export interface RemoteQuote {
  /** Null when the quoted post is gone (a Tombstone without an id). */
  readonly uri: string | null;
  /** The quoted author's stamp (FEP-044f), unproven: fetch it, read it with `parseStamp`. */
  readonly stampUri: string | null;
  /** Named by one of the members of before FEP-044f, which never come with a stamp. */
  readonly legacy: boolean;
}

/** Who may do it at once and who after asking: actors, their collections, the public. Nobody is the author's own id. */
export interface PolicyRule {
  readonly automatic: readonly string[];
  readonly manual: readonly string[];
}

/** Advice (GotoSocial, FEP-044f); null for what the author says nothing about. */
export type InteractionPolicy = Readonly<Record<'like' | 'reply' | 'announce' | 'quote', PolicyRule | null>> & {
  /** Its server takes LikeRequest, ReplyRequest and AnnounceRequest. */
  readonly byRequest: boolean;
};

export interface RemoteNote {
  readonly uri: string;
  /** The page for people; the id when it names none or one on another host. */
  readonly url: string;
  readonly attributedTo: string;
  readonly type: string;
  /** Content, or title + text + link for converted types. As it came: sanitise before storing. */
  readonly contentHtml: string;
  /** BCP 47, null when unknown. */
  readonly language: string | null;
  /** Plain text. */
  readonly spoilerText: string;
  readonly sensitive: boolean;
  readonly visibility: Visibility;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  /** `to` and `cc` could be read as they are, and name somebody other than the author. */
  readonly isPlainlyAddressed: boolean;
  readonly inReplyToUri: string | null;
  readonly published: string | null;
  readonly updated: string | null;
  readonly mentions: readonly RemoteMention[];
  /** Without `#`, each once (case folded), as first written. */
  readonly hashtags: readonly string[];
  readonly emojis: readonly RemoteEmoji[];
  readonly attachments: readonly RemoteAttachment[];
  /** An IRI or a `tag:` URI, often not resolvable: good for grouping only. */
  readonly conversation: string | null;
  readonly context: string | null;
  readonly quoteUri: string | null;
  readonly quote: RemoteQuote | null;
  readonly repliesUri: string | null;
  readonly likesUri: string | null;
  readonly sharesUri: string | null;
  readonly likesTotal: number | null;
  readonly sharesTotal: number | null;
  /** A Note with a name and no content that answers a Question: no post of its own. */
  readonly isPollVote: boolean;
  /** The option that a vote chooses; null for everything else. */
  readonly choice: string | null;
  /** Of a Question. `contentHtml` repeats the options as a list; `bodyHtml` does not. */
  readonly poll: RemotePoll | null;
  /** `contentHtml` without what it repeats of `poll`. */
  readonly bodyHtml: string;
  /** Plain text; empty when there is none. Converted types show it in `contentHtml`. */
  readonly title: string;
  /** The link that a link post is about (Lemmy), or the page of a preview card (FEP-8967). */
  readonly linkUrl: string | null;
  readonly event: RemoteEvent | null;
  /** What the author typed (MFM, Markdown, plain text), for their own edits only. */
  readonly source: { readonly text: string; readonly mediaType: string | null } | null;
  /** The communities that it was posted to (FEP-1b12), as it says. */
  readonly audience: readonly string[];
  readonly policy: InteractionPolicy | null;
  /** The stamp that lets a reply stand on a thread whose author approves by hand (GotoSocial), unproven. */
  readonly replyStampUri: string | null;
  /** Comments are closed (PeerTube, Lemmy). */
  readonly repliesLocked: boolean;
  /** When it must vanish: stories of Pixelfed. */
  readonly expiresAt: string | null;
}

/** A Tombstone: what it was, where that is told. */
export interface RemoteTombstone {
  readonly uri: string;
  readonly formerType: string | null;
  readonly deleted: string | null;
}

export type StampKind = 'quote' | 'like' | 'reply' | 'announce';

/** An author's consent to one interaction with one of their posts; it lies on the author's own host. */
export interface RemoteStamp {
  readonly uri: string;
  readonly kind: StampKind;
  readonly attributedTo: string;
  /** The quote, reply, like or boost. */
  readonly interactingUri: string;
  /** The post of the author. */
  readonly targetUri: string;
}

export interface CollectionPage {
  readonly id: string | null;
  readonly type: 'Collection' | 'OrderedCollection' | 'CollectionPage' | 'OrderedCollectionPage';
  readonly totalItems: number | null;
  /** Its `uri` may be null when the page stands inline; read that with `parseCollectionPage` again. */
  readonly first: ObjectRef;
  readonly next: string | null;
  readonly partOf: string | null;
  /** `items` or `orderedItems`, capped. */
  readonly items: readonly ObjectRef[];
}

export interface WebfingerAnswer {
  readonly subject: string;
  /** Of an `acct:` subject. Host in lower case ASCII, with a port if one is written. */
  readonly handle: { readonly username: string; readonly host: string } | null;
  /** The actor's id. */
  readonly selfUri: string;
  readonly profileUrl: string | null;
  readonly subscribeTemplate: string | null;
  readonly aliases: readonly string[];
}

export interface NodeInfo {
  readonly version: string;
  readonly softwareName: string;
  readonly softwareVersion: string;
  readonly protocols: readonly string[];
  readonly openRegistrations: boolean;
  readonly usersTotal: number | null;
  readonly usersActiveMonth: number | null;
  readonly localPosts: number | null;
}
