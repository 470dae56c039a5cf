import { isHashtag, normaliseHashtag } from '@trunkline/domain';
import { fail, isSnowflake, ok, type Result, type Snowflake } from '@trunkline/kernel';

/** What a client can listen to. */
export interface Channel {
  /** As messages name it: `['public:local']`, `['hashtag', 'Cats']` with the tag as the client wrote it, `['list', '12']`. */
  readonly name: readonly string[];
  /** Where its messages come from; `nothing`: known to clients, but nothing is ever sent. */
  readonly source: 'user' | 'notifications' | 'list' | 'public' | 'tag' | 'nothing';
  readonly scope: 'read:statuses' | 'read:notifications' | 'read:lists';
  readonly from: 'all' | 'local' | 'remote';
  readonly onlyMedia: boolean;
  /** The normalised tag; null unless `source` is `tag`. */
  readonly tag: string | null;
  /** null unless `source` is `list`. Whose it is has to be looked at. */
  readonly listId: Snowflake | null;
}

export interface ChannelRequest {
  readonly stream: string;
  readonly tag?: unknown;
  readonly list?: unknown;
}

type ChannelFailure = { code: 'unknown_channel' | 'tag_missing' | 'list_missing'; safe: string };

const PLAIN: Omit<Channel, 'name'> = { source: 'nothing', scope: 'read:statuses', from: 'all', onlyMedia: false, tag: null, listId: null };

/** @see https://docs.joinmastodon.org/methods/streaming/#streams */
const CHANNELS: ReadonlyMap<string, Omit<Channel, 'name'>> = new Map([
  ['user', { ...PLAIN, source: 'user' }],
  ['user:notification', { ...PLAIN, source: 'notifications', scope: 'read:notifications' }],
  ['public', { ...PLAIN, source: 'public' }],
  ['public:local', { ...PLAIN, source: 'public', from: 'local' }],
  ['public:remote', { ...PLAIN, source: 'public', from: 'remote' }],
  ['public:media', { ...PLAIN, source: 'public', onlyMedia: true }],
  ['public:local:media', { ...PLAIN, source: 'public', from: 'local', onlyMedia: true }],
  ['public:remote:media', { ...PLAIN, source: 'public', from: 'remote', onlyMedia: true }],
  ['hashtag', { ...PLAIN, source: 'tag' }],
  ['hashtag:local', { ...PLAIN, source: 'tag', from: 'local' }],
  ['list', { ...PLAIN, source: 'list', scope: 'read:lists' }],
  ['direct', PLAIN],
]);

/** A channel by its name and parameters. */
export function channelOf(request: ChannelRequest): Result<Channel, ChannelFailure> {
  const known = CHANNELS.get(request.stream);
  if (known === undefined) return fail({ code: 'unknown_channel', safe: 'Unknown channel type' });
  if (known.source === 'tag') {
    const written = typeof request.tag === 'string' ? request.tag : '';
    const typed = written.replace(/^#/, '');
    if (!isHashtag(typed)) return fail({ code: 'tag_missing', safe: 'Missing tag name parameter' });
    // Clients find their subscription again by the tag as they wrote it: masto.js drops messages named otherwise.
    return ok({ ...known, name: [request.stream, written], tag: normaliseHashtag(typed) });
  }
  if (request.stream === 'list') {
    if (!isSnowflake(request.list)) {
      return fail({ code: 'list_missing', safe: 'Missing list name parameter' });
    }
    return ok({ ...known, name: ['list', request.list], listId: request.list });
  }
  return ok({ ...known, name: [request.stream] });
}

/** Equal for what is one subscription: however a tag is written, it is the same one. */
export const channelKey = ({ name, tag }: Channel): string => (tag === null ? name.join('\n') : `${name[0]}\n${tag}`);
