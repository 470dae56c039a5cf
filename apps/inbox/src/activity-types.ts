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
