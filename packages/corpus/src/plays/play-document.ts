import { readDocument } from '@trunkline/activitypub';
import { resolveAccount, resolveStatus } from '@trunkline/social';
import { addressedToMe, authorOf, seenPost } from '../directions/posts.js';
import { serveQuoted } from '../directions/quoted.js';
import { exchanged, idOf, idsOf, isHttp, isJson, listOf, textOf, type Json } from '../folder/json.js';
import { hashOf } from '../folder/restore.js';
import { keyIdOf, rekeyed, type ActorDocument } from '../world/actors.js';
import { GONE, shown } from '../world/shelf.js';
import type { Scene } from '../stage/scene.js';
import { accountSeen, statusSeen } from '../stage/seen.js';
import { isOfItself, isRule } from './rules.js';
import { notUnderstood, understood, type Judged, type Play, type Player } from './play.js';

/** Where a document stands: at its id, or at an address made up for one that has none. */
const addressOf = (scene: Scene, json: Json): string => (isHttp(json['id']) ? json['id'] : `https://corpus.example/${hashOf(scene.entry.path)}`);

/** A document that somebody pastes into the search. */
export const playObject: Player = async (scene) => {
  const json = isJson(scene.json) ? scene.json : {};
  const address = addressOf(scene, json);
  const authorUri = authorOf(json, '');
  for (const uri of new Set([authorUri, ...idsOf(json['attributedTo'])].filter(isHttp))) {
    const author = scene.person(uri);
    if (uri === authorUri) await scene.meet(author);
  }
  if (scene.entry.isAttack) return playUpload(scene, json, address);
  const document = addressedToMe(scene, json, authorUri);
  serveQuoted(scene, document);
  scene.shelves.put(document, address);
  return {
    act: async () => void (await scene.paste(address)),
    judge: async () => {
      const seen = await seenPost(scene, address, document);
      return seen === null ? whyNot(scene, document, async () => resolveStatus(scene.stage.server.backbone, address)) : understood(seen);
    },
  };
};

/** An attack's object: uploaded as a file to the server whose word it claims, and served by somebody else. */
function playUpload(scene: Scene, json: Json, address: string): Play {
  const elsewhere = `https://attacker.example/${hashOf(scene.entry.path)}`;
  scene.shelves.put(json, address, shown(json, 'application/json'));
  scene.shelves.put(json, elsewhere);
  return {
    act: async () => {
      for (const place of [address, elsewhere]) await scene.paste(place);
    },
    judge: async () => {
      const { status } = await scene.find(address);
      return status === null ? { verdict: 'ignored', rule: 'bad_type', seen: '' } : { ...notUnderstood('an upload is taken for a post', statusSeen(status)), isUnplayed: true };
    },
  };
}

/** A profile that somebody pastes. */
export const playActor: Player = async (scene) => {
  const json = (isJson(scene.json) ? scene.json : {}) as ActorDocument;
  const address = addressOf(scene, json);
  const document = rekeyed(json, scene.stage.world.keys.of(address)) as ActorDocument;
  if (isHttp(json['id'])) scene.serveActor(document);
  else scene.shelves.put(document, address);
  // An attacker serves it from a host of theirs as well.
  const elsewhere = `https://attacker.example/${hashOf(scene.entry.path)}`;
  if (scene.entry.isAttack) scene.shelves.put(document, elsewhere);
  const movedTo = idOf(json['movedTo']);
  if (movedTo !== null) scene.person(movedTo, { alsoKnownAs: [address] });
  return {
    act: async () => {
      await scene.paste(address);
      if (scene.entry.isAttack) await scene.paste(elsewhere);
      await actUnderKeyOfAnother(scene, document);
    },
    judge: async () => {
      const { account } = await scene.find(address);
      if (account !== null) return understood(accountSeen(account));
      const resolve = async () => resolveAccount(scene.stage.server.backbone, address);
      // Kept as its server says, and shown to nobody.
      if (json['suspended'] === true && (await resolve()).ok) return understood('suspended by its own server');
      return whyNot(scene, document, resolve);
    },
  };
};

/** A profile that lists a key of another host: it signs in that other's name. */
async function actUnderKeyOfAnother(scene: Scene, document: ActorDocument): Promise<void> {
  const [key] = listOf(document['publicKey']);
  const keyId = isJson(key) ? textOf(key['id']) : null;
  if (!scene.entry.isAttack || !isHttp(keyId) || keyIdOf(document) !== null) return;
  const victim = new URL(keyId);
  victim.hash = '';
  await scene.send({ '@context': 'https://www.w3.org/ns/activitystreams', id: scene.freshId(keyId), type: 'Follow', actor: victim.href, object: scene.me.account.uri }, document, keyId);
}

/** Pages, keys, stamps and their like: fetched by the client of the server, and read by its reader. */
export const playFetched =
  (contentType = 'application/activity+json; charset=utf-8'): Player =>
  async (scene) => {
    const json = isJson(scene.json) ? scene.json : {};
    const address = addressOf(scene, json);
    scene.shelves.put(json, address, shown(json, contentType));
    let judged: Judged = notUnderstood('it was not fetched');
    return {
      act: async () => {
        const mustBeActivity = contentType.includes('activity');
        const fetched = await scene.stage.server.backbone.federation.fetchDocument(address, { mustBeActivity });
        if (!fetched.ok) return void (judged = notUnderstood(`not fetched: ${fetched.error.code}`));
        const read = readDocument(fetched.value.json);
        judged = read.ok ? understood(readSeen(read.value)) : byRule(read.error.code);
      },
      judge: async () => judged,
    };
  };

function readSeen(document: { readonly kind: string }): string {
  const { kind } = document;
  if ('page' in document) return `collection ${JSON.stringify(document.page).length > 2 ? itemsOf(document.page) : ''}`.trim();
  return kind;
}

function itemsOf(page: unknown): string {
  if (!isJson(page)) return '';
  const items = listOf(page['items']).length;
  return `items:${items}${typeof page['totalItems'] === 'number' ? ` of:${page['totalItems']}` : ''}${page['next'] == null ? '' : ' next'}`;
}

/** What was there is gone for good. */
export const playTombstone: Player = async (scene) => {
  const json = isJson(scene.json) ? scene.json : {};
  const address = addressOf(scene, json);
  scene.shelves.put(json, address, { ...GONE, contentType: 'application/activity+json', body: JSON.stringify(json) });
  return {
    act: async () => void (await scene.paste(address)),
    judge: async () => {
      const read = readDocument(exchanged(json, new Map()));
      const { status } = await scene.find(address);
      if (status !== null) return notUnderstood('a tombstone is shown as a post', statusSeen(status));
      return read.ok ? understood('nothing is there') : byRule(read.error.code);
    },
  };
};

/** Nothing came of it: the rule of the reader, or why the server let it go. */
async function whyNot(scene: Scene, json: Json, resolve: () => Promise<{ readonly ok: boolean; readonly error?: { readonly code: string; readonly detail?: string } }>): Promise<Judged> {
  const read = readDocument(json);
  if (!read.ok) return byRule(read.error.code);
  // Read by its own reader and by no other, as keys and stamps are.
  if (read.value.kind === 'keys' || read.value.kind === 'stamp') return understood(read.value.kind);
  const resolved = await resolve();
  if (resolved.ok || resolved.error === undefined) return notUnderstood('it is here, and a client does not see it');
  const { code, detail } = resolved.error;
  for (const rule of [detail, code]) if (rule !== undefined && isRule(rule) && (scene.entry.isAttack || isOfItself(rule))) return byRule(rule);
  return notUnderstood(`${code}${detail === undefined ? '' : `: ${detail}`}`);
}

export const byRule = (rule: string): Judged => (isRule(rule) ? { verdict: 'ignored', rule, seen: '' } : notUnderstood(rule));
