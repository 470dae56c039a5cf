import { normaliseHashtag } from './hashtags.js';
import { mentionKey } from './format.js';
import type { TextToken } from './tokens.js';

/** Mentions that one status may carry, hashtags likewise: what stands beyond is plain to everybody, and costs nothing. */
export const MENTIONS_MAX = 100;
export const HASHTAGS_MAX = 100;

/** The distinct people named, in order; `key` finds them in the context of `formatStatus`. */
export function mentionsIn(tokens: readonly TextToken[]): { key: string; username: string; host: string | null }[] {
  const found = new Map<string, { key: string; username: string; host: string | null }>();
  for (const token of tokens) {
    if (token.kind !== 'mention' || found.size >= MENTIONS_MAX) continue;
    const key = mentionKey(token.username, token.host);
    if (!found.has(key)) found.set(key, { key, username: token.username, host: token.host });
  }
  return [...found.values()];
}

/** The distinct hashtags, in order, as first typed. */
export function hashtagsIn(tokens: readonly TextToken[]): string[] {
  const found = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'hashtag' || found.size >= HASHTAGS_MAX) continue;
    const normal = normaliseHashtag(token.name);
    if (normal !== '' && !found.has(normal)) found.set(normal, token.name);
  }
  return [...found.values()];
}
