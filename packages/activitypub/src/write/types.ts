import type { Interaction } from '../interaction.js';

/** Everything here is given by the caller: URIs absolute, texts already HTML, times as Date. */
export interface LocalImage {
  readonly url: string;
  readonly mediaType: string;
  readonly description?: string | null;
}

export interface LocalEmoji {
  /** Without colons. */
  readonly shortcode: string;
  readonly uri: string;
  readonly url: string;
  readonly mediaType: string;
  readonly updatedAt: Date;
}

export interface LocalTagLink {
  readonly href: string;
  /** `@user@host` of a mention, `#tag` of a hashtag. */
  readonly name: string;
}

/** URIs as `actorUris` makes them. */
export interface LocalActorUris {
  readonly id: string;
  readonly inbox: string;
  readonly sharedInbox: string;
  readonly outbox: string;
  readonly followers: string;
  readonly following: string;
  readonly featured: string;
  readonly keyId: string;
  /** Of the Ed25519 key. */
  readonly proofKeyId: string;
}

/** Whose keys they are, and both of them. */
export interface KeysDocument {
  readonly uris: Pick<LocalActorUris, 'id' | 'keyId' | 'proofKeyId'>;
  readonly publicKeyPem: string;
  /** The Ed25519 key, as `multikeyOfPem` writes it. */
  readonly proofKeyMultibase: string;
}

export interface LocalActorDocument extends KeysDocument {
  readonly uris: LocalActorUris;
  readonly type: 'Person' | 'Service' | 'Group';
  readonly username: string;
  /** `user@host` with LOCAL_DOMAIN. */
  readonly webfinger: string;
  readonly url: string;
  readonly displayName: string;
  readonly summaryHtml: string;
  readonly locked: boolean;
  readonly discoverable: boolean;
  readonly indexable: boolean;
  readonly memorial: boolean;
  readonly suspended: boolean;
  readonly published: Date;
  readonly avatar: LocalImage | null;
  readonly header: LocalImage | null;
  readonly fields: readonly { readonly name: string; readonly valueHtml: string }[];
  readonly emojis: readonly LocalEmoji[];
  readonly hashtags: readonly LocalTagLink[];
  readonly alsoKnownAs: readonly string[];
  readonly movedTo: string | null;
}

export interface InstanceActorDocument extends KeysDocument {
  readonly uris: Pick<LocalActorUris, 'id' | 'inbox' | 'sharedInbox' | 'outbox' | 'keyId' | 'proofKeyId'>;
  /** Host names serve as its user name, as Mastodon does it. */
  readonly username: string;
  readonly webfinger: string;
  readonly url: string;
  readonly displayName: string;
}

export interface LocalAttachment extends LocalImage {
  readonly blurhash?: string | null;
  readonly width?: number | null;
  readonly height?: number | null;
  readonly focus?: readonly [number, number] | null;
  readonly previewUrl?: string | null;
}

export interface Audience {
  readonly to: readonly string[];
  readonly cc: readonly string[];
}

export interface LocalPoll {
  readonly multiple: boolean;
  /** `votes` is null while it is not told. */
  readonly options: readonly { readonly title: string; readonly votes: number | null }[];
  readonly votersCount: number;
  readonly endsAt: Date | null;
  readonly closed: boolean;
}

/** A vote for one option of somebody's poll. */
export interface LocalVote {
  readonly id: string;
  readonly activityId: string;
  readonly actorUri: string;
  readonly option: string;
  readonly questionUri: string;
  readonly authorUri: string;
}

export interface LocalNoteDocument extends Audience {
  readonly id: string;
  readonly url: string;
  readonly actorUri: string;
  readonly contentHtml: string;
  readonly language: string | null;
  readonly spoilerText: string;
  readonly sensitive: boolean;
  readonly published: Date;
  readonly updated: Date | null;
  readonly inReplyToUri: string | null;
  /** Of the thread: `context` (FEP-7888), and `conversation` for older readers; null: not known. */
  readonly contextUri: string | null;
  readonly mentions: readonly LocalTagLink[];
  readonly hashtags: readonly LocalTagLink[];
  readonly emojis: readonly LocalEmoji[];
  readonly attachments: readonly LocalAttachment[];
  readonly repliesUri: string;
  readonly poll?: LocalPoll | null;
  readonly quote?: LocalQuote | null;
  /** Who may quote it: actors, collections, the public. Nobody is the author alone. */
  readonly quotableBy?: { readonly automatic: readonly string[]; readonly manual: readonly string[] };
  /** The consent of the author whom it answers. */
  readonly replyStampUri?: string | null;
  /** Who may like, answer and boost it without asking; absent: whoever sees it. */
  readonly openTo?: Readonly<Partial<Record<Interaction, readonly string[]>>>;
}

/** What a post quotes; `uri` is null when that is gone. `url` is its page. */
export interface LocalQuote {
  readonly uri: string | null;
  readonly url: string;
  readonly stampUri: string | null;
  /** Its author does not want it: only those who know to ask about consent are told what it was. */
  readonly isRefused?: boolean;
}

/** A QuoteRequest of ours, or one that came to us, as it is embedded in its answer. */
export interface QuoteRequestDocument {
  readonly id: string;
  readonly actorUri: string;
  readonly quotedUri: string;
  readonly quoteUri: string;
}

export interface StampDocument {
  readonly id: string;
  readonly authorUri: string;
  readonly quoteUri: string;
  readonly quotedUri: string;
}

/** A request for leave to like, answer or boost: ours, or one that came to us, as it is embedded in its answer. */
export interface InteractionRequestDocument {
  readonly id: string;
  readonly what: Interaction;
  readonly actorUri: string;
  /** The post that is liked, answered or boosted. */
  readonly targetUri: string;
  readonly interactionUri: string;
}

export interface InteractionStampDocument {
  readonly id: string;
  readonly what: Interaction;
  readonly authorUri: string;
  readonly interactionUri: string;
  readonly targetUri: string;
}

/** What every activity of ours carries. Always an id: Misskey drops activities without one. */
export interface ActivityEnvelope extends Audience {
  readonly id: string;
  readonly actorUri: string;
  readonly published?: Date;
}

/** A Follow that came to us or went out, as it is embedded in Accept, Reject and Undo. */
export interface FollowDocument {
  /** Null when the sender gave none. */
  readonly id: string | null;
  readonly actorUri: string;
  readonly objectUri: string;
}

export interface NodeInfoDocument {
  readonly softwareVersion: string;
  readonly repositoryUrl: string | null;
  readonly homepageUrl: string | null;
  readonly openRegistrations: boolean;
  readonly usersTotal: number;
  readonly usersActiveMonth: number;
  readonly usersActiveHalfyear: number;
  readonly localPosts: number;
  readonly nodeName: string;
  readonly nodeDescription: string;
}
