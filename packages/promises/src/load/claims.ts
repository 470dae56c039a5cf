import type { Claim, Effect } from '../check/history.js';
import type { Cast, Step } from './plan.js';

/** How a status of a token and version reads; the observer reads it back. */
export const textOf = (token: string, version: number): string => `${token} v${version}`;

/** Names of facts, shared by those who claim them and those who look for them. */
export const factKey = {
  status: (token: string) => `status:${token}`,
  /** What a remote holds of a status when it does what it is sent, in the order in which it comes. */
  held: (remote: string, token: string) => `held:${remote}:${token}`,
  feed: (reader: string, token: string) => `feed:${reader}:${token}`,
  copy: (remote: string, token: string) => `copy:${remote}:${token}`,
  favourite: (who: string, token: string) => `favourite:${who}:${token}`,
  boost: (who: string, token: string) => `boost:${who}:${token}`,
  follow: (who: string, whom: string) => `follow:${who}->${whom}`,
  notice: (type: string, who: string, token: string) => `notice:${type}:${who}:${token}`,
} as const;

/** State of a fact that is only there or not. */
export const THERE = 'there';

/** What has to be true once a step is acknowledged. */
export function claimsOf(step: Step, cast: Cast): { claims: Claim[]; effects: Effect[] } {
  const { op: order, who, object } = step;
  const isLocal = !cast.remotes.includes(who);
  switch (step.kind) {
    case 'post':
    case 'edit':
    case 'delete': {
      const wanted = step.kind === 'delete' ? null : textOf(object, step.version ?? 0);
      const keys = [factKey.status(object), ...(isLocal ? cast.remotes.map((remote) => factKey.held(remote, object)) : [])];
      // Told once, and of what lasts: whatever becomes of it later, it stands.
      const told: Claim[] = step.names === undefined ? [] : [{ key: factKey.notice('mention', who, object), wanted: THERE, order }];
      return { claims: [...keys.map((key) => ({ key, wanted, order })), ...told], effects: step.kind === 'post' ? reachOf(step, cast, isLocal) : [] };
    }
    // Who takes it back is told of no more, whichever of the two is handled first.
    case 'favourite':
    case 'boost':
      return { claims: reactionClaims(step.kind, step, THERE), effects: [] };
    case 'unfavourite':
      return { claims: reactionClaims('favourite', step, null), effects: [] };
    case 'unboost':
      return { claims: reactionClaims('boost', step, null), effects: [] };
    case 'follow':
    case 'unfollow':
      return { claims: [{ key: factKey.follow(who, object), wanted: step.kind === 'follow' ? THERE : null, order }], effects: [] };
  }
}

/** Whose feeds and which servers a new post reaches: once in a feed, at least once at a server. */
function reachOf({ who, object }: Step, cast: Cast, isLocal: boolean): Effect[] {
  const feeds = cast.writers.filter((reader) => reader !== who).map((reader) => ({ key: factKey.feed(reader, object), atLeast: 1, atMost: 1 }));
  const copies = isLocal ? cast.remotes.map((remote) => ({ key: factKey.copy(remote, object), atLeast: 1, atMost: null })) : [];
  return [...feeds, ...copies];
}

const reactionClaims = (kind: 'favourite' | 'boost', { who, object, op: order }: Step, wanted: string | null): Claim[] => [
  { key: factKey[kind](who, object), wanted, order },
  { key: factKey.notice(kind, who, object), wanted, order },
];
