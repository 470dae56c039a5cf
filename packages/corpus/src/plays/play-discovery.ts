import { readDocument } from '@trunkline/activitypub';
import { isHttp, isJson, listOf, textOf, type Json } from '../folder/json.js';
import { ableToSign, inventedActor, rekeyed, type ActorDocument } from '../world/actors.js';
import { shown } from '../world/shelf.js';
import type { Scene } from '../stage/scene.js';
import { accountSeen } from '../stage/seen.js';
import { byRule } from './play-document.js';
import { notUnderstood, understood, type Player } from './play.js';

const JRD = 'application/jrd+json; charset=utf-8';

/** Somebody types a handle; its host answers with this. Whom it leads to is captured or invented. */
export const playWebfinger: Player = async (scene) => {
  const json = isJson(scene.json) ? scene.json : {};
  const subject = (textOf(json['subject']) ?? '').replace(/^acct:/i, '');
  const selfUri = selfOf(json);
  // Hubzilla of 2018 answered with the name alone; others with the address of a page, to whoever asked about that.
  const isPage = isHttp(subject);
  const [name = '', named] = isPage && selfUri !== null ? [String(inventedActor(selfUri, json)['preferredUsername'])] : subject.split('@');
  const host = named ?? (selfUri === null ? '' : new URL(selfUri).host);
  const asked = scene.entry.isAttack && selfUri !== null ? `${name}@${new URL(selfUri).host}` : `${name}@${host}`;
  if (host !== '') serve(scene, json, { asked, host, selfUri, name });
  return {
    act: async () => void (await scene.paste(`@${asked}`)),
    judge: async () => {
      const { account } = selfUri === null ? { account: null } : await scene.find(selfUri);
      if (account !== null) return understood(accountSeen(account));
      const read = readDocument(json);
      if (!read.ok) return byRule(read.error.code);
      if (scene.entry.isAttack) return byRule('spoofed');
      if (isPage) return byRule('webfinger_subject');
      const found = await scene.stage.server.backbone.federation.resolveHandle(asked);
      return notUnderstood(found.ok ? 'it leads to an account that is not found' : `${found.error.code} ${JSON.stringify(found.error.context ?? {})}`);
    },
  };
};

function serve(scene: Scene, json: Json, { asked, host, selfUri, name }: { asked: string; host: string; selfUri: string | null; name: string }): void {
  const answer = shown(json, JRD);
  const hosts = scene.entry.isAttack ? [asked.split('@')[1] ?? ''] : [host, ...(selfUri === null ? [] : [new URL(selfUri).host])];
  for (const place of hosts) scene.shelves.webfingers.set(`${place.toLowerCase()} acct:${name}@${place}`.toLowerCase(), answer);
  if (selfUri === null) return;
  // The actor goes by the name under which it is found.
  const captured = scene.stage.world.document(selfUri);
  const plain = captured === undefined || typeof captured['inbox'] !== 'string' ? inventedActor(selfUri, json) : (captured as ActorDocument);
  const pair = scene.stage.world.keys.of(selfUri);
  scene.shelves.put(rekeyed(ableToSign({ ...plain, preferredUsername: name }, pair), pair) as ActorDocument);
}

function selfOf(json: Json): string | null {
  const self = listOf(json['links']).find((link) => isJson(link) && link['rel'] === 'self' && /activity\+json|ld\+json/.test(String(link['type'])));
  return isJson(self) && isHttp(self['href']) ? self['href'] : null;
}

/** Where WebFinger is asked for; a person's own XRD of the time before has other templates. */
const lrddOf = (text: string): string | null =>
  (text.match(/<(?:\w+:)?Link\b[^>]*>/gi) ?? []).filter((link) => /\brel=["']lrdd["']/.test(link)).map((link) => /\btemplate=["']([^"']+)["']/.exec(link)?.[1]?.replaceAll('&amp;', '&') ?? null).find((template) => template !== null) ?? null;

/** A host that answers WebFinger only where its host-meta says. */
export const playHostMeta: Player = async (scene) => {
  const text = scene.entry.text ?? '';
  const template = lrddOf(text);
  if (template === null || !URL.canParse(template)) return { act: async () => undefined, judge: async () => byRule('missing_link') };
  const { host, protocol } = new URL(template);
  const person = scene.person(`${protocol}//${host}/users/found_by_host_meta`);
  const handle = `found_by_host_meta@${host}`;
  scene.shelves.putAt(`${protocol}//${host}/.well-known/host-meta`, { status: 200, contentType: 'application/xrd+xml', body: text });
  const links = [{ rel: 'self', type: 'application/activity+json', href: person.id }];
  scene.shelves.putAt(template.replace('{uri}', encodeURIComponent(`acct:${handle}`)), shown({ subject: `acct:${handle}`, links }, JRD));
  return {
    act: async () => void (await scene.paste(`@${handle}`)),
    judge: async () => {
      const { account } = await scene.find(person.id);
      return account === null ? notUnderstood('nobody is found by it') : understood(`host-meta, ${accountSeen(account)}`);
    },
  };
};
