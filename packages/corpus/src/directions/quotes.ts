import { exchanged, idOf, isJson, objectIn, textOf, typesIn, type Json } from '../folder/json.js';
import type { Scene, Signer } from '../stage/scene.js';
import type { StatusSeen } from '../stage/seen.js';
import type { Direction } from './direction.js';
import { seenPost } from './posts.js';
import { stampOf } from './quoted.js';

/** Somebody asks to quote a post of the reader, who lets everybody. */
export const quoteRequest: Direction = async (scene, activity, actor) => {
  await scene.meet(actor);
  const post = await scene.myPost({ quote_approval_policy: 'public' });
  const quoted = idOf(objectIn(activity));
  const cast = exchanged(activity, new Map(quoted === null ? [] : [[quoted, post.uri]])) as Json;
  const instrument = cast['instrument'];
  const uri = idOf(instrument);
  const note = isJson(instrument) ? instrument : { type: 'Note', content: '<p>See this</p>', published: '2024-05-01T10:00:00Z', to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [], quote: post.uri };
  if (uri !== null) scene.shelves.put({ '@context': 'https://www.w3.org/ns/activitystreams', ...note, id: uri, attributedTo: actor.id });
  return {
    activity: cast,
    look: async () => {
      const answers = scene.sent().filter((type) => type === 'Accept' || type === 'Reject');
      return answers.length === 0 ? null : `answered ${answers.join(' ')}`;
    },
  };
};

interface Quoting {
  readonly post: StatusSeen;
  readonly stampUri: string;
}

/** The reader quotes a post of somebody, whose stamp for it is served at `stampUri`. */
async function quote(scene: Scene, { quotedUri, stampUri, author }: { quotedUri: string; stampUri: string; author: Signer }): Promise<Quoting> {
  const policy = { interactionPolicy: { canQuote: { automaticApproval: ['https://www.w3.org/ns/activitystreams#Public'] } } };
  scene.post(quotedUri, author.id, { attributedTo: author.id, to: ['https://www.w3.org/ns/activitystreams#Public'], ...policy });
  const { status } = await scene.paste(quotedUri);
  if (status === null) throw new Error('what is quoted could not be read');
  const post = await scene.myPost({ status: 'See this', quoted_status_id: status.id });
  scene.shelves.put(stampOf(stampUri, { author: author.id, quoting: post.uri, quoted: quotedUri }));
  return { post, stampUri };
}

const stateOf = async (scene: Scene, id: string): Promise<string | null> => (await scene.me.api.get<StatusSeen>(`/api/v1/statuses/${id}`)).quote?.state ?? null;

/** The answer to a quote of the reader's. */
export const answerToQuote: Direction = async (scene, activity, actor) => {
  await scene.meet(actor);
  const inner = objectIn(activity) as Json;
  const [quotedUri, instrument, asker] = [idOf(objectIn(inner)), idOf(inner['instrument']), idOf(inner['actor'])];
  if (quotedUri === null || instrument === null) return { activity, look: async () => null };
  const stampUri = textOf(activity['result']) ?? idOf(activity['result']) ?? scene.freshId(actor.id);
  const { post } = await quote(scene, { quotedUri, stampUri, author: actor });
  const exchange = new Map([[instrument, post.uri]]);
  if (asker !== null) exchange.set(asker, scene.me.account.uri);
  const requestId = textOf(inner['id']);
  if (requestId !== null) exchange.set(requestId, String((await scene.sentLast('QuoteRequest'))['id']));
  const wanted = typesIn(activity)[0] === 'Accept' ? 'accepted' : 'rejected';
  return { activity: exchanged(activity, exchange) as Json, look: async () => ((await stateOf(scene, post.id)) === wanted ? `my quote: ${wanted}` : null) };
};

/** The stamp of a quote of the reader's is taken back. */
export const revokeStamp: Direction = async (scene, activity, actor) => {
  await scene.meet(actor);
  const stamp = objectIn(activity) as Json;
  const [quotedUri, quoting, stampUri] = [idOf(stamp['interactionTarget']), idOf(stamp['interactingObject']), idOf(stamp)];
  if (quotedUri === null || quoting === null || stampUri === null) return { activity, look: async () => null };
  const { post } = await quote(scene, { quotedUri, stampUri, author: actor });
  const requestUri = `${post.uri}/quote-request`;
  const request = { id: requestUri, type: 'QuoteRequest', actor: scene.me.account.uri, object: quotedUri, instrument: post.uri };
  await scene.mustApply({ '@context': 'https://www.w3.org/ns/activitystreams', id: scene.freshId(actor.id), type: 'Accept', actor: actor.id, result: stampUri, object: request }, actor);
  scene.shelves.putAt(stampUri, { status: 404, contentType: 'text/plain', body: '' });
  return {
    activity: exchanged(activity, new Map([[quoting, post.uri]])) as Json,
    look: async () => {
      const state = await stateOf(scene, post.id);
      return state === 'revoked' || state === 'deleted' ? `my quote: ${state}` : null;
    },
  };
};

/** GotoSocial asks before it lets a like, a reply or a boost of a post of the reader stand. */
export const interactionRequest: Direction = async (scene, activity, actor) => {
  await scene.meet(actor);
  const post = await scene.myPost();
  const uri = idOf(objectIn(activity));
  const cast = exchanged(activity, new Map(uri === null ? [] : [[uri, post.uri]])) as Json;
  const instrument = cast['instrument'];
  if (isJson(instrument)) scene.shelves.put({ '@context': 'https://www.w3.org/ns/activitystreams', ...instrument });
  return {
    activity: cast,
    look: async () => {
      const answers = scene.sent().filter((type) => type === 'Accept' || type === 'Reject');
      const seen = await seenPost(scene, post.uri);
      return answers.length === 0 && (seen === null || !/likes|boosts/.test(seen)) ? null : `my post: ${seen}${answers.length === 0 ? '' : `, answered ${answers.join(' ')}`}`;
    },
  };
};
