/** What GoToSocial's authors give leave for. */
export const INTERACTIONS = ['like', 'reply', 'announce'] as const;
export type Interaction = (typeof INTERACTIONS)[number];
