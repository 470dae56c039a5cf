import { sameHost } from '../../hosts.js';
import { typesOf } from '../document.js';
import type { IncomingActivity } from '../types.js';
import { readAnnounce } from './announce.js';
import { readAnswer, readUndo } from './carried.js';
import { ignore, type FactsReader, type FactsResult, type Nesting } from './context.js';
import { IGNORED_TYPES, isReadType, plainType, type ReadType } from './known-types.js';
import { readCreate, readDelete, readUpdate } from './objects.js';
import { readEmojiReact, readLike } from './reactions.js';
import { readBlock, readFlag, readFollow, readInteractionRequest, readMembership, readMove, readQuoteRequest } from './relations.js';

const READERS: Record<ReadType, FactsReader> = {
  Accept: readAnswer('accept'),
  Add: readMembership('add'),
  Announce: readAnnounce,
  AnnounceRequest: readInteractionRequest('announce'),
  Block: readBlock,
  Create: readCreate,
  Delete: readDelete,
  EmojiReact: readEmojiReact,
  Flag: readFlag,
  Follow: readFollow,
  Like: readLike,
  LikeRequest: readInteractionRequest('like'),
  Move: readMove,
  QuoteRequest: readQuoteRequest,
  Reject: readAnswer('reject'),
  Remove: readMembership('remove'),
  ReplyRequest: readInteractionRequest('reply'),
  Undo: readUndo,
  Update: readUpdate,
};

/** Announce(Undo(Block)) is the deepest that is sent. */
const DEPTH_MAX = 3;

/**
 * What an activity says, whatever its sender's shape: see `ActivityFacts`. What lies on another host than its actor's is
 * let go here already; that the signer is the actor, and all that needs a lookup, is the caller's to check.
 *
 * @returns the rule by which it is let go on purpose; `unknown_type` alone means that nobody here knows the type
 */
export const activityFacts = (activity: IncomingActivity): FactsResult => read(activity, { depth: 0, groupUri: null });

/** The type that an activity is read as: without its namespace, `EmojiReaction` as `EmojiReact`; null when it is not read. */
export const readTypeOf = ({ raw }: IncomingActivity): ReadType | null => typesOf(raw).map(plainType).find(isReadType) ?? null;

function read(activity: IncomingActivity, nesting: Nesting): FactsResult {
  if (nesting.depth >= DEPTH_MAX) return ignore('too_deep');
  if (activity.id !== null && !sameHost(activity.id, activity.actorUri)) return ignore('foreign_id');
  const type = readTypeOf(activity);
  if (type !== null) return READERS[type](activity, nesting, read);
  const types = typesOf(activity.raw).map(plainType);
  return ignore(types.map((name) => IGNORED_TYPES.get(name)).find((rule) => rule !== undefined) ?? 'unknown_type');
}
