import { exchanged, idOf, idsOf, isHttp, isJson, listOf, objectIn, textOf, typesIn, type Json } from '../folder/json.js';
import type { Scene, Signer } from '../stage/scene.js';
import { statusSeen } from '../stage/seen.js';
import type { Direction } from './direction.js';
import { isForAll, lostOf } from '../checks/fidelity.js';
import { onceComplete, serveQuoted } from './quoted.js';

const isPublic = (uri: string): boolean => /(?:^|#|:)Public$/.test(uri);
const isFollowers = (uri: string): boolean => /\/followers\/?$|\/followers[?#]/.test(uri);

/** Who wrote it, as far as it says so itself. */
export function authorOf(object: unknown, fallback: string): string {
  if (!isJson(object)) return fallback;
  return idsOf(object['attributedTo']).find((uri) => uri === fallback) ?? idOf(object['attributedTo']) ?? idOf(object['actor']) ?? fallback;
}

/** A post for certain people: one of them is the reader. */
export function addressedToMe(scene: Scene, document: Json, authorUri: string): Json {
  const objects = [document, ...listOf(document['object']).filter(isJson)];
  const audience = [...new Set(objects.flatMap((object) => [...listOf(object['to']), ...listOf(object['cc'])]).filter((uri): uri is string => typeof uri === 'string'))];
  if (audience.some(isPublic) || audience.some(isFollowers)) return document;
  const mentioned = objects.flatMap((object) => listOf(object['tag'])).flatMap((tag) => (isJson(tag) && tag['type'] === 'Mention' ? (textOf(tag['href']) ?? []) : []));
  const [first] = [...audience.filter((uri) => mentioned.includes(uri)), ...audience].filter((uri) => isHttp(uri) && uri !== authorUri);
  return first === undefined ? document : (exchanged(document, new Map([[first, scene.me.account.uri]])) as Json);
}

/**
 * What the reader sees of a post; of one that is here for nobody at all, only that.
 * @throws Error when a client does not see all that the document says
 */
export async function seenPost(scene: Scene, uri: string | null, document: unknown = null): Promise<string | null> {
  if (uri === null) return null;
  const { status } = await scene.find(uri);
  const lost = status === null || !isJson(document) ? [] : lostOf(document, status);
  if (lost.length > 0) throw new Error(`a client does not see ${lost.join(', nor ')}`);
  if (status !== null) return statusSeen(await onceComplete(scene, status));
  const [row] = await scene.stage.server.backbone.store.statusesByUris([uri]);
  if (row === undefined || row.deletedAt !== null || row.visibility !== 'direct') return null;
  if (isJson(document) && isForAll(document)) throw new Error('what is for everybody is here for nobody');
  return 'direct, for nobody here';
}

export const create: Direction = async (scene, activity, actor) => {
  const vote = await castVote(scene, activity, actor);
  if (vote !== null) return vote;
  await scene.meet(actor);
  const cast = addressedToMe(scene, activity, actor.id);
  const object = objectIn(cast);
  const uri = idOf(object);
  serveQuoted(scene, object);
  if (typeof object === 'string' && uri !== null) scene.post(uri, actor.id);
  for (const author of isJson(object) ? idsOf(object['attributedTo']) : []) if (author !== actor.id && new URL(author).host === new URL(actor.id).host) scene.person(author);
  return { activity: cast, look: () => seenPost(scene, uri, saidIn(cast, object)) };
};

/** The post with its audience, which may stand on the activity alone. */
const saidIn = (activity: Json, object: unknown): unknown =>
  isJson(object) && ['to', 'cc', 'bto', 'bcc', 'audience'].every((name) => (object[name] ?? null) === null) ? { ...object, to: activity['to'], cc: activity['cc'] } : object;

/** Votes name an option and hold no text; the poll that they answer is the reader's. */
async function castVote(scene: Scene, activity: Json, actor: Signer) {
  const votes = listOf(activity['object']).filter((object): object is Json => isJson(object) && isVote(object));
  const questionUri = idOf(votes[0]?.['inReplyTo']);
  if (questionUri === null) return null;
  await scene.paste(actor.id);
  const names = [...new Set(votes.map((vote) => String(vote['name']).slice(0, 50)))];
  const poll = await scene.myPost({ status: 'Which?', poll: { options: [...names, 'none of these'], expires_in: 3_600, multiple: names.length > 1 } });
  const exchange = new Map([[questionUri, poll.uri]]);
  for (const uri of votes.flatMap((vote) => idsOf(vote['to']))) if (uri !== actor.id) exchange.set(uri, scene.me.account.uri);
  return {
    activity: exchanged(activity, exchange) as Json,
    look: async () => {
      const seen = await seenPost(scene, poll.uri);
      return seen === null || !/votes:[1-9]/.test(seen) ? null : `my poll: ${seen}`;
    },
  };
}

const isVote = (object: Json): boolean =>
  typesIn(object).includes('Note') && typeof object['name'] === 'string' && (object['content'] ?? '') === '' && object['contentMap'] === undefined && idOf(object['inReplyTo']) !== null;

/** First the post as it was before. How a poll stands is told without a date, and changes no word. */
export const updatePost: Direction = async (scene, activity, actor) => {
  const cast = addressedToMe(scene, activity, actor.id);
  const object = objectIn(cast);
  const uri = idOf(object);
  if (uri === null) return { activity: cast, look: async () => null };
  serveQuoted(scene, object);
  const author = scene.person(authorOf(object, new URL(uri).host === new URL(actor.id).host ? actor.id : scene.freshId(uri)));
  await scene.meet(author);
  await earlier(scene, { ...(isJson(object) ? object : {}), ...(isJson(object) && object['content'] !== undefined ? AS_BEFORE : {}), id: uri, attributedTo: author.id }, author);
  if (author.id !== actor.id) await scene.meet(actor);
  return { activity: cast, look: () => seenPost(scene, uri, isJson(object) && textOf(object['updated']) !== null ? object : null) };
};

/** A teaser would stand for the text of an article. */
const AS_BEFORE = { content: '<p>As it was before.</p>', contentMap: undefined, summary: null, summaryMap: undefined } as const;

/** Makes a post known as if it had come a while ago. */
export async function earlier(scene: Scene, object: Json, author: Signer): Promise<void> {
  const whole: Json = { type: 'Note', content: '<p>As it was before.</p>', published: '2024-05-01T10:00:00Z', to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [], ...object };
  if (scene.isPerson(String(whole['id']))) throw new Error('an account stands where a post should');
  const note: Json = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== 'updated' && name !== 'quote'));
  scene.shelves.put(note);
  if (!scene.isFollowed) {
    await scene.paste(String(note['id']));
    return;
  }
  const base = { '@context': 'https://www.w3.org/ns/activitystreams', id: scene.freshId(author.id), type: 'Create', actor: author.id };
  await scene.mustApply({ ...base, to: note['to'], cc: note['cc'], object: note }, author);
}

/** What is deleted was there before, and is found no more. */
export const remove: Direction = async (scene, activity, actor) => {
  const uri = idOf(objectIn(activity));
  if (uri === null) return { activity, look: async () => null };
  if (uri === actor.id) return deleteActor(scene, activity, actor);
  // What an attacker deletes is another's, at their own host as well.
  const isTheirs = !scene.entry.isAttack && new URL(uri).host === new URL(actor.id).host;
  const author = isTheirs ? actor : scene.person(scene.freshId(uri));
  await scene.meet(author);
  await earlier(scene, { id: uri, attributedTo: author.id }, author);
  if (author.id !== actor.id) await scene.meet(actor);
  const { status } = await scene.find(uri);
  if (status === null) throw new Error('what is deleted was not there before');
  return {
    activity,
    look: async () => {
      const after = await scene.me.api.ask('GET', `/api/v1/statuses/${status.id}`);
      return after.status === 404 ? 'post is gone' : null;
    },
  };
};

async function deleteActor(scene: Scene, activity: Json, actor: Signer) {
  const account = await scene.meet(actor);
  return {
    activity,
    look: async () => {
      const { account: after } = await scene.find(actor.id);
      if (after !== null) return null;
      const shown = account === null ? 404 : (await scene.me.api.ask('GET', `/api/v1/accounts/${account.id}`)).status;
      return `account is gone, ${shown}`;
    },
  };
}

/** A boost is seen among the booster's posts. */
export const announce: Direction = async (scene, activity, actor) => {
  await scene.meet(actor);
  const uris = idsOf(activity['object']);
  for (const uri of scene.entry.isAttack ? [] : uris) scene.post(uri, authorOf(objectIn(activity), boostedAuthor(scene, uri, actor)));
  return { activity, look: () => seenBoost(scene, actor.id) };
};

/** Somebody at the post's host; whose post lies below their own address wrote it. */
const boostedAuthor = (scene: Scene, uri: string, actor: Signer): string => (uri.startsWith(`${actor.id}/`) ? actor.id : `${new URL(uri).origin}/corpus/author-of-${scene.entry.path.length}`);

export const seenBoost = async (scene: Scene, actorUri: string): Promise<string | null> => {
  const { account } = await scene.find(actorUri);
  if (account === null) return null;
  const statuses = await scene.me.api.get<Parameters<typeof statusSeen>[0][]>(`/api/v1/accounts/${account.id}/statuses`);
  const boost = statuses.find((status) => status.reblog !== null);
  return boost === undefined ? null : statusSeen(boost);
};
