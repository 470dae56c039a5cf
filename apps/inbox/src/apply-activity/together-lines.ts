/** Of what somebody says: what has to be applied before it, and what waits for it. */
export interface Lines {
  readonly waitsFor: readonly string[];
  readonly holds: readonly string[];
}

/** An actor's rows follow each other. */
export const linesOf = (actorUri: string): Lines => ({ waitsFor: [actorUri, looseOf(actorUri)], holds: [actorUri] });

/**
 * What one actor says of several posts, and groups of thousands of members: it follows what that actor says of itself, and only what is
 * about the same.
 */
export function looseLinesOf(actorUri: string, about: readonly string[]): Lines {
  const lines = about.map((what) => `${actorUri} ${what}`);
  return { waitsFor: [actorUri, ...lines, ...lines.map(votesOn)], holds: [looseOf(actorUri), ...lines] };
}

/** Votes of members of a group: those on one post do not wait for each other. */
export function voteLinesOf(groupUri: string, memberUri: string, about: readonly string[]): Lines {
  const [member, lines] = [`${groupUri} ${memberUri}`, about.map((what) => `${groupUri} ${what}`)];
  return { waitsFor: [groupUri, member, ...lines], holds: [looseOf(groupUri), member, ...lines.map(votesOn)] };
}

/** What changes nothing, and has nothing wait for it. */
export const idleLinesOf = (actorUri: string): Lines => ({ waitsFor: [actorUri], holds: [] });

/** All that is loose of an actor: no id is a star. */
const looseOf = (actorUri: string): string => `${actorUri} *`;
const votesOn = (line: string): string => `${line} votes`;
