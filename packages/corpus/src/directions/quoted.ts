import { until } from '@trunkline/testing';
import { idOf, idsOf, isHttp, isJson, listOf, typesIn, type Json } from '../folder/json.js';
import type { Scene } from '../stage/scene.js';
import type { StatusSeen } from '../stage/seen.js';

const NAMES = ['quote', 'quoteUri', 'quoteUrl', 'quoteURL', '_misskey_quote'] as const;
const CONTEXT = ['https://www.w3.org/ns/activitystreams', { QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization', gts: 'https://gotosocial.org/ns#', interactingObject: { '@id': 'gts:interactingObject', '@type': '@id' }, interactionTarget: { '@id': 'gts:interactionTarget', '@type': '@id' } }];
const LOOK_MS_MAX = 8_000;
const STRANGERS_MET_MAX = 5;

/** The stamp by which an author lets a quote stand. */
export const stampOf = (id: string, { author, quoting, quoted }: { readonly author: string; readonly quoting: string; readonly quoted: string }): Json & { readonly id: string } => ({
  '@context': CONTEXT,
  id,
  type: 'QuoteAuthorization',
  attributedTo: author,
  interactingObject: quoting,
  interactionTarget: quoted,
});

/** What a post quotes can be asked for, and the stamp that it shows. */
export function serveQuoted(scene: Scene, object: unknown): void {
  if (!isJson(object) || scene.entry.isAttack || !isHttp(object['id'])) return;
  const quoted = NAMES.map((name) => idOf(object[name])).find((uri) => uri !== null);
  if (quoted === undefined || quoted === null) return;
  const post = scene.post(quoted, `${new URL(quoted).origin}/corpus/quoted`);
  const [author, stampUri] = [idOf(post['attributedTo']), idOf(object['quoteAuthorization'])];
  if (author !== null && stampUri !== null) scene.shelves.put(stampOf(stampUri, { author, quoting: object['id'], quoted }));
}

/** People whom a post names and addresses, and who can be asked for. */
function strangersIn(scene: Scene, object: Json): string[] {
  const addressed = new Set([...idsOf(object['to']), ...idsOf(object['cc'])]);
  const hrefs = listOf(object['tag']).flatMap((tag) => (isJson(tag) && typesIn(tag).includes('Mention') && typeof tag['href'] === 'string' ? [tag['href']] : []));
  return [...new Set(hrefs)].filter((href) => addressed.has(href) && href !== idOf(object['attributedTo']) && scene.stage.world.document(href) !== undefined).slice(0, STRANGERS_MET_MAX);
}

/** The post once what belongs to it was looked up, which nobody waits for: its parent, whom it names, and the stamp that it shows. */
export async function onceComplete(scene: Scene, status: StatusSeen): Promise<StatusSeen> {
  const document = isJson(scene.json) ? scene.json : {};
  const object = isJson(document['object']) ? document['object'] : document;
  const parentUri = idOf(object['inReplyTo']);
  // Parents of what somebody pastes are not asked for, unless it quotes them too.
  const isSought = parentUri !== null && (object !== document || NAMES.some((name) => idOf(object[name]) === parentUri)) && scene.stage.world.document(parentUri) !== undefined;
  const showsStamp = idOf(object['quoteAuthorization']) !== null;
  const named = object === document ? 0 : strangersIn(scene, object).length;
  const isComplete = (now: StatusSeen): boolean =>
    !(showsStamp && now.quote?.state === 'pending') && !(isSought && now.in_reply_to_id === null) && now.mentions.length >= named;
  if (isComplete(status)) return status;
  const look = async (): Promise<StatusSeen | null> => {
    const now = await scene.me.api.get<StatusSeen>(`/api/v1/statuses/${status.id}`);
    return isComplete(now) ? now : null;
  };
  return until('what belongs to a post', look, LOOK_MS_MAX).catch(() => status);
}
