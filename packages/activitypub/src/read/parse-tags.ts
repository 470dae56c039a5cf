import { httpUri } from '../hosts.js';
import { isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { dateOf, typesOf } from './document.js';
import { parseHandle } from './parse-webfinger.js';
import { firstLinkOf } from './references.js';
import type { RemoteEmoji, RemoteMention } from './types.js';

export interface RemoteTags {
  readonly mentions: readonly RemoteMention[];
  readonly hashtags: readonly string[];
  readonly emojis: readonly RemoteEmoji[];
  /** FEP-e232 links to objects. */
  readonly links: readonly JsonObject[];
}

/** Reads `tag`: a list, a single object, or (old Pleroma and PeerTube) lists within a list. */
export function parseTags(value: unknown): RemoteTags {
  const tags = listOf(value)
    .slice(0, LIMITS.tags)
    .flatMap((tag) => (Array.isArray(tag) ? tag : [tag]))
    .slice(0, LIMITS.tags)
    .filter(isJsonObject);
  // Takahe writes `toot:Emoji`.
  const ofType = (type: string): JsonObject[] => tags.filter((tag) => typesOf(tag).some((name) => name.replace(/^.*[:#/]/, '') === type));
  return {
    mentions: onceBy(ofType('Mention').map(mentionOf), (mention) => mention.href),
    hashtags: onceBy(ofType('Hashtag').map(hashtagOf), (name) => name.normalize('NFKC').toLowerCase()),
    emojis: onceBy(ofType('Emoji').map(emojiOf), (emoji) => emoji.shortcode).slice(0, LIMITS.emojis),
    links: ofType('Link'),
  };
}

function onceBy<T>(entries: readonly (T | null)[], keyOf: (entry: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const entry of entries) if (entry !== null && !byKey.has(keyOf(entry))) byKey.set(keyOf(entry), entry);
  return [...byKey.values()];
}

function mentionOf(tag: JsonObject): RemoteMention | null {
  const name = textOf(member(tag, 'name'), LIMITS.nameChars);
  const address = member(tag, 'href');
  const href = httpUri(address) ?? handleUri(typeof address === 'string' ? address : '') ?? handleUri(name ?? '');
  return href === null ? null : { href, name };
}

/** `acct:user@host` for what is a whole handle. */
function handleUri(text: string): string | null {
  const handle = parseHandle(text);
  return handle === null ? null : `acct:${handle.username}@${handle.host}`;
}

function hashtagOf(tag: JsonObject): string | null {
  const name = (textOf(member(tag, 'name'), 200) ?? '').trim().replace(/^[#＃]/, '');
  return name === '' || /[\s#]/.test(name) ? null : name;
}

/** `:name:` or `name` without its colons, and without the host that Misskey adds (`:name@host:`, `:name@.:`). */
export const shortcodeOf = (name: string): string => name.trim().replace(/^:|:$/g, '').replace(/@[\w.:-]*$/, '');

function emojiOf(tag: JsonObject): RemoteEmoji | null {
  const shortcode = shortcodeOf(textOf(member(tag, 'name'), 200) ?? '');
  const url = firstLinkOf(member(tag, 'icon'))?.href;
  // No dot in front and no two: a name must not become a path in anybody's hands.
  if (url === undefined || !/^(?!\.|.*\.\.)[\p{L}\p{N}_+.-]{1,190}$/u.test(shortcode)) return null;
  return { shortcode, url, staticUrl: url, updated: dateOf(member(tag, 'updated')) };
}
