import type { Failure } from '@trunkline/kernel';
import type { IncomingActivity, ObjectRef, RemoteEmoji } from '../types.js';

/** Why an activity that can be read is let go on purpose. A closed set, so that it can label a metric. */
export type IgnoreRule =
  /** Of the activity or of its object: nobody here knows it. The only rule that means "not understood". */
  | 'unknown_type'
  | 'missing_object'
  /** Its object does not say what it is. */
  | 'missing_type'
  | 'missing_target'
  /** Its id lies on another host than its actor. */
  | 'foreign_id'
  /** Nobody speaks for what lies on another host. */
  | 'foreign_object'
  | 'foreign_author'
  | 'foreign_actor'
  | 'too_deep'
  /** Written for one device of somebody, which nobody has here. */
  | 'encrypted'
  /** An object that is no post: books, tracks, playlists, wiki pages. */
  | 'no_post'
  | 'dislike'
  | 'bad_emoji'
  /** Views, listens and reads are counters that nobody can check. */
  | 'view_counter'
  /** Invite, Join, Leave: taking part in events and groups. */
  | 'event_participation'
  /** Lock, Warn, Resolve: for moderators of groups, of which we host none. */
  | 'group_moderation'
  /** ForgeFed: rights in repositories, and what was pushed to them. */
  | 'forge'
  /** Who of us is featured where (FEP-7aa9): asked, never agreed to. */
  | 'featured_collection'
  /** Someone's container of a conversation (FEP-171b): its posts come by themselves. */
  | 'conversation_container'
  /** Arrive, Travel, Bite and their like say nothing to a reader. */
  | 'no_meaning';

export type IgnoredActivity = Failure<IgnoreRule>;

/** The activity that another one answers, ends or carries, as far as it came along. */
export interface CarriedActivity {
  /** Its id; null when it came whole without one (Mastodon's Undo of old). */
  readonly uri: string | null;
  /** Whose it is, the wrapper's own where it leaves that out; null with `facts`. */
  readonly actorUri: string | null;
  /** Null when only its id came, or is left to match by. */
  readonly facts: ActivityFacts | null;
}

export type ReportFacts = {
  readonly kind: 'report';
  /** Accounts and posts as listed: Mastodon, GotoSocial and Akkoma put the account first, Lemmy and Mbin name one post. */
  readonly objectUris: readonly string[];
  /** Misskey names the account alone and its posts by addresses within the text. */
  readonly linkedUris: readonly string[];
  /** Plain text; empty when none. */
  readonly comment: string;
};

/**
 * What an activity says, of any server's shape. Nothing is proven: the caller checks the signer, and fetches what only
 * an id or another's word vouches for.
 */
export type ActivityFacts =
  /** `objectUri` is the public collection when a relay is followed, or follows. */
  | { readonly kind: 'follow'; readonly objectUri: string }
  /** `resultUri` is the stamp that allows a quote, reply, like or boost. `targetUri`: GotoSocial names the post that it is about. */
  | { readonly kind: 'accept' | 'reject'; readonly answered: CarriedActivity; readonly resultUri: string | null; readonly targetUri: string | null }
  | { readonly kind: 'undo'; readonly undone: CarriedActivity }
  /** Posts: inline, or only their ids (wrapped activities, GotoSocial's outbox). */
  | { readonly kind: 'create'; readonly posts: readonly ObjectRef[] }
  /** GotoSocial packs the votes of a multiple choice into one activity. */
  | { readonly kind: 'vote'; readonly questionUri: string; readonly votes: readonly { readonly uri: string | null; readonly choice: string }[] }
  | { readonly kind: 'update'; readonly what: 'account' | 'post' | 'stamp' | 'unknown'; readonly object: ObjectRef }
  /** `reason` is a moderator's (Lemmy); plain text. */
  | { readonly kind: 'delete'; readonly what: 'account' | 'stamp' | 'unknown'; readonly uri: string; readonly reason: string }
  /** `embedded` is the booster's own post, which may be too private to fetch; what others wrote is never believed. */
  | { readonly kind: 'boost'; readonly uri: string; readonly embedded: ObjectRef | null }
  /** FEP-1b12: a group passes on what a member did. The group's word: fetch `activity.id`, or what it is about. */
  | { readonly kind: 'group-delivery'; readonly groupUri: string; readonly activity: IncomingActivity; readonly facts: ActivityFacts }
  | { readonly kind: 'like'; readonly uri: string }
  /** Exactly one grapheme, or the name of `custom` without colons. */
  | { readonly kind: 'reaction'; readonly uri: string; readonly emoji: string; readonly custom: RemoteEmoji | null }
  /** With `groupUri`: a moderator's ban from a community, or from the whole server. */
  | { readonly kind: 'block'; readonly uri: string; readonly groupUri: string | null; readonly endsAt: string | null; readonly removesPosts: boolean }
  | ReportFacts
  /** `pulled`: the new account says so itself (FEP-7628); only the old one's `movedTo` proves it. */
  | { readonly kind: 'move'; readonly fromUri: string; readonly toUri: string; readonly pulled: boolean }
  /** `hashtag` without `#`; the collection is somebody's pins, a group's moderators or pins. */
  | { readonly kind: 'add' | 'remove'; readonly collectionUri: string; readonly object: ObjectRef; readonly hashtag: string | null }
  | { readonly kind: 'quote-request'; readonly quotedUri: string; readonly quote: ObjectRef }
  /** GotoSocial asks before it lets a reply, like or boost stand on a post whose author approves by hand. */
  | { readonly kind: 'interaction-request'; readonly what: 'reply' | 'like' | 'announce'; readonly objectUri: string; readonly instrument: ObjectRef };
