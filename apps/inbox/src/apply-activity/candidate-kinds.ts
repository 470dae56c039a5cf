import type { RemoteActor, RemoteNote } from '@trunkline/activitypub';
import type { AccountId, Result } from '@trunkline/kernel';
import type { ReadActivity, StoredActivity } from './apply-activity.js';
import type { NoteFailure } from './create.js';
import type { FactsOf } from './ports.js';

export interface TogetherRow extends StoredActivity {
  readonly activityType: string;
  readonly trace: string | null;
}

/** What somebody says: `row` and `read` are theirs, also when a group passes it on. */
export interface Said {
  readonly row: TogetherRow;
  readonly read: ReadActivity;
  /** null: their own server sent it. */
  readonly passedOn: PassedOn | null;
  /** Rows that hold one of these lines and came before it are applied before it. */
  readonly waitsFor: readonly string[];
  readonly holds: readonly string[];
}

/** By a group, as FEP-1b12 has it. */
export interface PassedOn {
  readonly groupUri: string;
  /** The Announce. */
  readonly read: ReadActivity;
  /** It is about a post of somebody here. */
  readonly isAboutOurs: boolean;
  /** The member is of the group's own server. */
  readonly isVouched: boolean;
}

/** A Create with its post inline. */
export interface PostCandidate extends Said {
  readonly kind: 'post';
  readonly note: Result<RemoteNote, NoteFailure>;
}

/** A Like, with an emoji or without, or a boost. */
export interface ReactionCandidate extends Said {
  readonly kind: 'reaction';
  readonly facts: FactsOf<'like' | 'reaction' | 'boost'>;
}

/** A Create that is nothing but votes on a poll. */
export interface VoteCandidate extends Said {
  readonly kind: 'vote';
  readonly facts: FactsOf<'vote'>;
}

/** An Update with its post inline. */
export interface EditCandidate extends Said {
  readonly kind: 'edit';
  readonly note: Result<RemoteNote, NoteFailure>;
}

/** An Update with the actor's own document inline. */
export interface ProfileCandidate extends Said {
  readonly kind: 'profile';
  readonly actor: RemoteActor;
}

/** Something of the actor's own ends: a post, or a boost that is undone by its id or by what it boosted. */
export interface EndCandidate extends Said {
  readonly kind: 'end';
  /** null: the Undo says no id. */
  readonly uri: string | null;
  readonly boostedUri: string | null;
}

/** Delete of the actor itself. */
export interface LeaveCandidate extends Said {
  readonly kind: 'leave';
}

/** A group passes on a new post. */
export interface ShareCandidate extends Said {
  readonly kind: 'share';
  readonly passedOn: PassedOn;
  readonly uri: string;
  /** Inline and of the group's own server, whose word is good for it; null: it counts when it is here. */
  readonly note: RemoteNote | null;
}

/** A group shows a post no more, and one of its own server ends. */
export interface WithdrawCandidate extends Said {
  readonly kind: 'withdraw';
  readonly passedOn: PassedOn;
  readonly uri: string;
}

/** It says nothing that is done anything with. */
export interface NothingCandidate extends Said {
  readonly kind: 'nothing';
  readonly reason: string;
}

/** It is applied by itself, and nobody else waits for that. */
export interface AloneCandidate extends Said {
  readonly kind: 'alone';
  /** What is here by then. */
  readonly brings: readonly string[];
}

/** Undo of a Like. */
export interface UnlikeCandidate extends Said {
  readonly kind: 'unlike';
  readonly uri: string | null;
  readonly statusUri: string;
}

/** Undo of a reaction with an emoji. */
export interface UnreactCandidate extends Said {
  readonly kind: 'unreact';
  readonly uri: string | null;
  readonly facts: FactsOf<'reaction'>;
}

/** Follow or Block of somebody here, or what takes it back. */
export interface TieCandidate extends Said {
  readonly kind: 'follow' | 'unfollow' | 'block' | 'unblock';
  /** What is taken back; null: it says no id. */
  readonly undoneUri: string | null;
  readonly targetId: AccountId;
}

/** What may be applied together with others, as far as it can be said without asking anybody. */
export type Candidate =
  | PostCandidate
  | VoteCandidate
  | ReactionCandidate
  | EditCandidate
  | ProfileCandidate
  | EndCandidate
  | LeaveCandidate
  | UnlikeCandidate
  | UnreactCandidate
  | TieCandidate
  | ShareCandidate
  | WithdrawCandidate
  | NothingCandidate
  | AloneCandidate;

/** Whose server sent it. */
export const senderOf = ({ row, passedOn }: Said): string => passedOn?.groupUri ?? row.actorUri;
