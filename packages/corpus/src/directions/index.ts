import { isJson, objectIn, typesIn, type Json } from '../folder/json.js';
import { kindOf } from '../folder/kind-of.js';
import type { Direction } from './direction.js';
import { groupDelivery, membership } from './groups.js';
import { answerToFollow, block, follow, move, report, updateActor } from './people.js';
import { announce, create, remove, updatePost } from './posts.js';
import { answerToQuote, interactionRequest, quoteRequest, revokeStamp } from './quotes.js';
import { react } from './reactions.js';
import { undo } from './undo.js';

const STAMP = /Authorization$|Approval$/;

/** Whoever does not know what to set up lets the actor be known, and sends. */
const plain: Direction = async (scene, activity, actor) => {
  await scene.meet(actor);
  return { activity, look: async () => null };
};

const byType: Readonly<Record<string, (activity: Json) => Direction>> = {
  Accept: (activity) => answerTo(activity),
  Add: () => membership,
  Announce: (activity) => (kindOf(objectIn(activity)) === 'activity' ? groupDelivery : announce),
  AnnounceRequest: () => interactionRequest,
  Block: () => block,
  Create: () => create,
  Delete: (activity) => (typesOfObject(activity).some((type) => STAMP.test(type)) ? revokeStamp : remove),
  Dislike: () => react,
  EmojiReact: () => react,
  Flag: () => report,
  Follow: () => follow,
  Like: () => react,
  LikeRequest: () => interactionRequest,
  Move: () => move,
  QuoteRequest: () => quoteRequest,
  Reject: (activity) => answerTo(activity),
  Remove: () => membership,
  ReplyRequest: () => interactionRequest,
  Undo: () => undo,
  // What becomes a Tombstone is gone.
  Update: (activity) => (typesOfObject(activity).includes('Tombstone') ? remove : kindOf(objectIn(activity)) === 'actor' || objectIn(activity) === activity['actor'] ? updateActor : updatePost),
};

const typesOfObject = (activity: Json): readonly string[] => typesIn(objectIn(activity));

function answerTo(activity: Json): Direction {
  const inner = objectIn(activity);
  if (isJson(inner) && typesIn(inner).includes('QuoteRequest')) return answerToQuote;
  return answerToFollow;
}

/** How the stage is set for an activity. */
export function directionFor(activity: Json): Direction {
  const type = typesIn(activity).find((name) => name in byType);
  return type === undefined ? plain : (byType[type]?.(activity) ?? plain);
}
