import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';

/** Everybody whom one viewer has a tie to. */
export interface AllTies {
  /** Followed with the usual options: boosts shown, every language. */
  readonly follows: readonly AccountId[];
  readonly choosyFollows: readonly { readonly accountId: AccountId; readonly showsBoosts: boolean; readonly languages: readonly string[] | null; readonly apart: boolean }[];
  readonly blocks: readonly AccountId[];
  readonly blockedBy: readonly AccountId[];
  readonly mutes: readonly AccountId[];
  /** Milliseconds until the first of the mutes ends by itself; null: none does. */
  readonly mutesEndInMs: number | null;
}

/** What one viewer marked, as far back as `sinceId`; older statuses have to be asked about. */
export interface RecentMarks {
  readonly sinceId: StatusId;
  readonly favourites: readonly StatusId[];
  readonly boosts: readonly StatusId[];
  readonly bookmarks: readonly StatusId[];
  /** All of them: nobody pins many. */
  readonly pins: readonly StatusId[];
}

/** Somebody here who blocks or mutes an account that moves. */
export interface TieToMoved {
  readonly accountId: AccountId;
  readonly blocks: boolean;
  readonly mutes: boolean;
  /** Of the mute. */
  readonly hideNotifications: boolean;
  readonly expiresAt: Date | null;
}

/** What somebody did under an id of their own: to an account, or to a status. */
export interface ActUnder {
  readonly kind: 'follow' | 'block' | 'favourite' | 'reaction';
  readonly objectId: Snowflake;
  /** Its name, of a reaction. */
  readonly emoji: string | null;
}
