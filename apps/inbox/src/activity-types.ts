import { readTypeOf, type IncomingActivity, type ReadType } from '@trunkline/activitypub';

/** Types of which apply-activity handles some kind, see `apply-activity/handlers.ts`. Everything else is answered 202 and ignored, without a row. */
export const APPLIED_TYPES = [
  'Accept',
  'Add',
  'Announce',
  'AnnounceRequest',
  'Block',
  'Create',
  'Delete',
  'EmojiReact',
  'Flag',
  'Follow',
  'Like',
  'LikeRequest',
  'Move',
  'QuoteRequest',
  'Reject',
  'Remove',
  'ReplyRequest',
  'Undo',
  'Update',
] as const satisfies readonly ReadType[];

export type AppliedType = (typeof APPLIED_TYPES)[number];

export const isAppliedType = (type: string): type is AppliedType => APPLIED_TYPES.some((known) => known === type);

/** The type under which an activity is stored and handled; null: it is let go. */
export function appliedTypeOf(activity: IncomingActivity): AppliedType | null {
  const type = readTypeOf(activity);
  return type !== null && isAppliedType(type) ? type : null;
}

/** What changes a tie between two people: the last word counts, so that these are applied in the order in which they came. */
const TIE_TYPES: readonly string[] = ['Accept', 'Block', 'Follow', 'Reject', 'Undo'];

export const isTieType = (type: string): boolean => TIE_TYPES.includes(type);
