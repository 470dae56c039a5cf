import type { Entry, Turn } from './folder/entry.js';
import { isHttp, isJson, textsIn } from './folder/json.js';
import { jsonOf, ABREAST_MAX } from './stage/stage.js';

/**
 * Files that are played at the same time: none of them names an address that another one names, so that they cannot touch
 * each other. Attacks are alone, since all that changes is theirs.
 */
export function roundsOf(entries: readonly Entry[]): Turn[][] {
  const rounds: { readonly turns: Turn[]; readonly addresses: Set<string> }[] = [];
  const alone: Turn[][] = [];
  for (const entry of entries) {
    const json = jsonOf(entry);
    if (entry.isAttack) {
      alone.push([{ entry, json, isFollowed: false }], [{ entry, json, isFollowed: true }]);
      continue;
    }
    const addresses = new Set(addressesIn(json));
    let round = rounds.find(({ turns, addresses: taken }) => turns.length < ABREAST_MAX && [...addresses].every((address) => !taken.has(address)));
    if (round === undefined) rounds.push((round = { turns: [], addresses: new Set() }));
    round.turns.push({ entry, json, isFollowed: true });
    for (const address of addresses) round.addresses.add(address);
  }
  return [...rounds.map(({ turns }) => turns), ...alone];
}

/** Addresses of what can be known, and handles; vocabularies are everybody's. */
function addressesIn(json: unknown): string[] {
  const name = isJson(json) ? json['preferredUsername'] : undefined;
  const handle = typeof name === 'string' && isJson(json) && isHttp(json['id']) ? [`${name}@${new URL(json['id']).host}`] : [];
  const handles = textsIn(json).filter((text) => text.startsWith('acct:')).map((text) => text.slice(5));
  // The stand-in for the world hears no scheme: what lies at http and what lies at https are one place to it.
  return [...handle, ...handles, ...textsIn(json).filter((text) => isHttp(text) && !/activitystreams#|\/ns#|\.(?:png|jpe?g|gif|webp|mp4)$/.test(text))].map((text) => text.toLowerCase().replace(/#.*$/, '').replace(/^https?:\/\//, ''));
}
