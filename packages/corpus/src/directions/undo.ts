import { exchanged, idOf, isJson, objectIn, textOf, typesIn, type Json } from '../folder/json.js';
import type { Scene, Signer } from '../stage/scene.js';
import type { Direction, Prepared } from './direction.js';
import { block, follow, tieWith } from './people.js';
import { announce, earlier, seenBoost, seenPost } from './posts.js';
import { quoteRequest } from './quotes.js';
import { react, seenReactions } from './reactions.js';

/** First what is undone happens; what is seen afterwards is that it is not there any more. */
export const undo: Direction = async (scene, activity, actor) => {
  const inner = objectIn(activity);
  // Only an id: of a Follow, the one thing that is undone so.
  if (!isJson(inner)) return undoFollow(scene, activity, actor, { '@context': activity['@context'], id: textOf(inner), type: 'Follow', actor: actor.id, object: 'https://receiver.example/me' });
  const [type] = typesIn(inner);
  switch (type) {
    case 'Follow':
      return undoFollow(scene, activity, actor, inner);
    case 'Like':
    case 'EmojiReact':
    case 'Dislike':
      return undoReaction(scene, activity, actor, inner);
    case 'Announce':
      return undoAnnounce(scene, activity, actor, inner);
    case 'Block':
      return undoBlock(scene, activity, actor, inner);
    case 'Delete':
      return undoDelete(scene, activity, actor, inner);
    case 'QuoteRequest':
      return undoQuoteRequest(scene, activity, actor, inner);
    default:
      await scene.meet(actor);
      return { activity, look: async () => null };
  }
};

const whole = (activity: Json, inner: Json): Json => ({ '@context': activity['@context'], ...inner, actor: inner['actor'] ?? activity['actor'] });
const within = (activity: Json, inner: Json): Json => (isJson(objectIn(activity)) ? { ...activity, object: { ...(objectIn(activity) as Json), object: inner['object'] } } : activity);

async function undoFollow(scene: Scene, activity: Json, actor: Signer, inner: Json): Promise<Prepared> {
  const before = await follow(scene, whole(activity, inner), actor);
  await scene.mustApply(before.activity, actor);
  if ((await tieWith(scene, actor.id))?.followed_by !== true) throw new Error('nothing was there to undo');
  return { activity: within(activity, before.activity), look: async () => ((await tieWith(scene, actor.id))?.followed_by === false ? 'follows no more' : null) };
}

async function undoReaction(scene: Scene, activity: Json, actor: Signer, inner: Json): Promise<Prepared> {
  const before = await react(scene, whole(activity, inner), actor);
  const uri = String(before.activity['object']);
  if (typesIn(inner)[0] !== 'Dislike') await scene.mustApply(before.activity, actor);
  const { status } = await scene.find(uri);
  return { activity: within(activity, before.activity), look: async () => (status !== null && (await seenReactions(scene, status.id)) === null ? 'likes no more' : null) };
}

async function undoAnnounce(scene: Scene, activity: Json, actor: Signer, inner: Json): Promise<Prepared> {
  const before = await announce(scene, whole(activity, inner), actor);
  await scene.mustApply(before.activity, actor);
  if ((await seenBoost(scene, actor.id)) === null) throw new Error('nothing was there to undo');
  return { activity, look: async () => ((await seenBoost(scene, actor.id)) === null ? 'boosts no more' : null) };
}

async function undoBlock(scene: Scene, activity: Json, actor: Signer, inner: Json): Promise<Prepared> {
  const before = await block(scene, whole(activity, inner), actor);
  await scene.mustApply(before.activity, actor);
  return { activity: within(activity, before.activity), look: async () => ((await tieWith(scene, actor.id))?.blocked_by === false ? 'blocks no more' : null) };
}

/** Whoever asked to quote the reader, who let them, does not want to any more. */
async function undoQuoteRequest(scene: Scene, activity: Json, actor: Signer, inner: Json): Promise<Prepared> {
  const before = await quoteRequest(scene, whole(activity, inner), actor);
  await scene.mustApply(before.activity, actor);
  const quoting = idOf(before.activity['instrument']);
  const look = async (): Promise<string | null> => {
    const seen = await seenPost(scene, quoting);
    return seen?.includes('quote:accepted') === true ? null : `quotes no more: ${seen ?? 'not here'}`;
  };
  return { activity: within(activity, before.activity), look };
}

/** Lemmy brings back what was deleted. */
async function undoDelete(scene: Scene, activity: Json, actor: Signer, inner: Json): Promise<Prepared> {
  const uri = idOf(inner['object']);
  const account = await scene.meet(actor);
  // Misskey says that whom it suspends is deleted, and takes that back.
  if (uri === actor.id) {
    await scene.mustApply({ ...whole(activity, inner), id: idOf(inner) ?? scene.freshId(actor.id) }, actor);
    const isShown = async (): Promise<boolean> => account !== null && (await scene.me.api.ask('GET', `/api/v1/accounts/${account.id}`)).status === 200;
    if (await isShown()) throw new Error('nobody was gone who could come back');
    return { activity, look: async () => ((await isShown()) ? 'is there again' : null) };
  }
  if (uri !== null && new URL(uri).host === new URL(actor.id).host) {
    await earlier(scene, { id: uri, attributedTo: actor.id }, actor);
    await scene.mustApply(exchanged(whole(activity, inner), new Map()) as Json, actor);
  }
  return { activity, look: async () => ((await seenPost(scene, uri)) === null ? 'stays deleted' : 'lives again') };
}
