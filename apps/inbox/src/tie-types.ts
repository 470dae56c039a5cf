/** What changes a tie between two people: the last word counts, so that these are applied in the order in which they came. */
const TIE_TYPES: readonly string[] = ['Accept', 'Block', 'Follow', 'Reject', 'Undo'];

export const isTieType = (type: string): boolean => TIE_TYPES.includes(type);
