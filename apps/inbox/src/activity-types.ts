/** What apply-activity has a handler for. Everything else is answered 202 and ignored, without a row. */
export const APPLIED_TYPES = [
  'Accept',
  'Announce',
  'Block',
  'Create',
  'Delete',
  'Flag',
  'Follow',
  'Like',
  'Reject',
  'Undo',
  'Update',
] as const;
export type AppliedType = (typeof APPLIED_TYPES)[number];

export const isAppliedType = (type: string): type is AppliedType => APPLIED_TYPES.some((known) => known === type);

/** What changes a tie between two people: the last word counts, so that these are applied in the order in which they came. */
const TIE_TYPES: readonly string[] = ['Accept', 'Block', 'Follow', 'Reject', 'Undo'];
export const isTieType = (type: string): boolean => TIE_TYPES.includes(type);
