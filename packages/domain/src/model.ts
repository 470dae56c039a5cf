import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { QuotePolicy, StatusQuote } from './quote-model.js';

/** The field's four visibilities, as Mastodon names them. */
export type Visibility = 'public' | 'unlisted' | 'private' | 'direct';

export interface CustomEmoji {
  readonly shortcode: string;
  readonly url: string;
  readonly staticUrl: string;
}

export interface ProfileField {
  readonly name: string;
  /** HTML for remote accounts, the text as typed for local ones. */
  readonly value: string;
  readonly verifiedAt: Date | null;
}

/** An account, local (`domain === null`) or remote. Rows are read-only: writing goes through use cases. */
export interface Account {
  readonly id: AccountId;
  readonly username: string;
  /** The handle's host in lower case ASCII, with a port in development; null for local accounts. */
  readonly domain: string | null;
  readonly uri: string;
  readonly url: string;
  readonly displayName: string;
  /** HTML for remote accounts (sanitised), the text as typed for local ones. */
  readonly note: string;
  readonly fields: readonly ProfileField[];
  readonly emojis: readonly CustomEmoji[];
  readonly avatarUrl: string | null;
  readonly headerUrl: string | null;
  readonly actorType: 'Person' | 'Service' | 'Application' | 'Group' | 'Organization';
  readonly locked: boolean;
  readonly discoverable: boolean | null;
  readonly indexable: boolean;
  readonly hideCollections: boolean | null;
  readonly memorial: boolean;
  readonly inboxUrl: string;
  readonly sharedInboxUrl: string | null;
  readonly outboxUrl: string | null;
  readonly followersUrl: string | null;
  readonly followingUrl: string | null;
  readonly featuredUrl: string | null;
  readonly alsoKnownAs: readonly string[];
  readonly movedToUri: string | null;
  readonly followersCount: number;
  readonly followingCount: number;
  readonly statusesCount: number;
  readonly lastStatusAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When a remote profile was last read from its server. */
  readonly fetchedAt: Date | null;
  readonly silencedAt: Date | null;
  readonly suspendedAt: Date | null;
  /** Tombstone: gone for good. */
  readonly deletedAt: Date | null;
}

export interface MediaAttachment {
  readonly id: Snowflake;
  readonly kind: 'image' | 'gifv' | 'video' | 'audio' | 'unknown';
  readonly url: string | null;
  readonly previewUrl: string | null;
  readonly remoteUrl: string | null;
  readonly description: string | null;
  readonly blurhash: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** −1..1 each, as the field writes it. */
  readonly focus: readonly [number, number] | null;
}

export interface Mention {
  readonly accountId: AccountId;
  readonly username: string;
  readonly domain: string | null;
  readonly uri: string;
  readonly url: string;
  /** Addressed but not named in the text: sees the status, is not notified. */
  readonly silent: boolean;
}

/** A question with answers to choose from; it belongs to one status and is known by that status's id. */
export interface Poll {
  readonly multiple: boolean;
  /** Until it ends nobody is told how often what was chosen. */
  readonly hidesTotals: boolean;
  /** Plain text; `votes` is null where the poll's own server does not tell. */
  readonly options: readonly { readonly title: string; readonly votes: number | null }[];
  /** People, not votes; null when it is not told. */
  readonly votersCount: number | null;
  /** null: it never ends by itself. */
  readonly endsAt: Date | null;
  /** It has ended, as of when it was loaded. */
  readonly closed: boolean;
}

/** How many people reacted with one emoji. */
export interface StatusReaction {
  /** The emoji itself, or `shortcode@domain` of a custom one. */
  readonly name: string;
  readonly count: number;
  /** The picture of a custom one. */
  readonly url: string | null;
  readonly staticUrl: string | null;
}

/** What one person answered to one status, beside the marks of `StatusFlags`. */
export interface OwnAnswers {
  readonly accountId: AccountId;
  /** Places of the options voted for, in order. */
  readonly choices: readonly number[];
  /** Names as in `StatusReaction`. */
  readonly reactions: readonly string[];
}

/** A status, or a boost (`boostOfId` set, no content). */
export interface Status {
  readonly id: StatusId;
  readonly accountId: AccountId;
  readonly uri: string;
  readonly url: string;
  readonly local: boolean;
  /** Sanitised HTML. */
  readonly content: string;
  /** As typed; local statuses only. */
  readonly text: string | null;
  readonly spoilerText: string;
  readonly sensitive: boolean;
  readonly visibility: Visibility;
  readonly language: string | null;
  readonly inReplyToId: StatusId | null;
  readonly inReplyToAccountId: AccountId | null;
  /** Set while the parent is not known here yet. */
  readonly inReplyToUri: string | null;
  readonly boostOfId: StatusId | null;
  readonly conversationId: Snowflake;
  readonly applicationName: string | null;
  readonly applicationWebsite: string | null;
  readonly media: readonly MediaAttachment[];
  readonly emojis: readonly CustomEmoji[];
  readonly mentions: readonly Mention[];
  /** Names without `#`, as the author wrote them. */
  readonly tags: readonly string[];
  readonly poll: Poll | null;
  /** The most frequent first. */
  readonly reactions: readonly StatusReaction[];
  readonly repliesCount: number;
  readonly boostsCount: number;
  readonly favouritesCount: number;
  /** Living quotes that its author agreed to. */
  readonly quotesCount: number;
  readonly quote: StatusQuote | null;
  /** null: the author said nothing, see `effectivePolicy`. */
  readonly quotePolicy: QuotePolicy | null;
  readonly createdAt: Date;
  readonly editedAt: Date | null;
  /** Tombstone: content is gone, uri and reach stay. */
  readonly deletedAt: Date | null;
}

/** What one person did with one status. */
export interface StatusFlags {
  readonly favourited: boolean;
  readonly boosted: boolean;
  readonly bookmarked: boolean;
  readonly muted: boolean;
  readonly pinned: boolean;
}

/** How the viewer stands to another account. */
export interface Relationship {
  readonly accountId: AccountId;
  readonly following: boolean;
  readonly showBoosts: boolean;
  readonly notify: boolean;
  readonly languages: readonly string[] | null;
  readonly followedBy: boolean;
  readonly requested: boolean;
  readonly requestedBy: boolean;
  readonly blocking: boolean;
  readonly blockedBy: boolean;
  readonly muting: boolean;
  readonly mutingNotifications: boolean;
  /** When the mute ends by itself; null: never, or there is none. */
  readonly mutingExpiresAt: Date | null;
  readonly domainBlocking: boolean;
  readonly note: string;
}

export type NotificationType =
  | 'mention'
  | 'follow'
  | 'follow_request'
  | 'favourite'
  | 'reblog'
  | 'status'
  | 'update'
  | 'poll'
  | 'quote'
  | 'quoted_update'
  | 'admin.sign_up'
  | 'admin.report';

export interface Notification {
  readonly id: Snowflake;
  readonly accountId: AccountId;
  readonly type: NotificationType;
  readonly fromAccountId: AccountId;
  readonly statusId: StatusId | null;
  readonly reportId: Snowflake | null;
  readonly createdAt: Date;
}

export type DomainSeverity = 'noop' | 'silence' | 'suspend';

export interface DomainRule {
  readonly id: Snowflake;
  readonly domain: string;
  readonly severity: DomainSeverity;
  readonly rejectMedia: boolean;
  readonly rejectReports: boolean;
  readonly privateComment: string | null;
  readonly publicComment: string | null;
  readonly obfuscate: boolean;
  readonly createdAt: Date;
}

export type RegistrationMode = 'open' | 'approved' | 'none';

export interface ServerRule {
  readonly id: Snowflake;
  readonly text: string;
  readonly hint: string;
}

/** Everything that moderation decides and every process holds in memory. */
export interface PolicySnapshot {
  /** Rises with every change; a poll compares it. */
  readonly version: number;
  readonly domainRules: readonly DomainRule[];
  /** The only hosts spoken to in limited federation mode. */
  readonly allowedDomains: readonly string[];
  readonly limitedFederation: boolean;
  readonly registrations: RegistrationMode;
  readonly approvalReasonRequired: boolean;
  readonly serverRules: readonly ServerRule[];
}

export interface Report {
  readonly id: Snowflake;
  readonly accountId: AccountId;
  readonly targetAccountId: AccountId;
  readonly statusIds: readonly StatusId[];
  readonly ruleIds: readonly Snowflake[];
  readonly comment: string;
  readonly category: 'spam' | 'legal' | 'violation' | 'other';
  readonly forwarded: boolean;
  /** Servers of people whom the reported posts answer, which the reporter wants told as well. */
  readonly forwardToDomains?: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly actionTakenAt: Date | null;
  readonly actionTakenByAccountId: AccountId | null;
  readonly assignedAccountId: AccountId | null;
}

export type Role = 'User' | 'Moderator' | 'Admin' | 'Owner';

/** A person who can sign in here; the account is what others see of them. */
export interface User {
  readonly id: Snowflake;
  readonly accountId: AccountId;
  readonly email: string;
  readonly role: Role;
  readonly locale: string;
  readonly confirmedAt: Date | null;
  readonly approved: boolean;
  readonly disabled: boolean;
  /** Why they want to join, where sign-ups need approval. */
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly lastActiveAt: Date | null;
  readonly defaultVisibility: Visibility;
  readonly defaultSensitive: boolean;
  readonly defaultLanguage: string | null;
  /** Who may quote their new posts. */
  readonly defaultQuotePolicy: 'public' | 'followers' | 'nobody';
}
