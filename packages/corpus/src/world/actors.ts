import { hashOf } from '../folder/restore.js';
import { isHttp, isJson, listOf, textOf, textsIn, type Json } from '../folder/json.js';
import type { KeyPair } from './keys.js';

export type ActorDocument = Json & { readonly id: string };

/** The document with a key of ours in the place of its own, under the same key id. Where there is none, none is added. */
export function rekeyed(document: Json, pair: KeyPair): Json {
  if (document['publicKey'] === undefined) return document;
  const [first, ...others] = listOf(document['publicKey']);
  if (!isJson(first)) return document;
  const key = { ...first, publicKeyPem: pair.publicKeyPem };
  return { ...document, publicKey: Array.isArray(document['publicKey']) ? [key, ...others] : key };
}

/** The document with a key that can sign, for those of whom no usable one was captured. */
export function ableToSign(document: ActorDocument, pair: KeyPair): ActorDocument {
  return keyIdOf(document) === null ? { ...document, publicKey: { id: `${document.id}#main-key`, owner: document.id, publicKeyPem: pair.publicKeyPem } } : document;
}

/** Where its key is, when it lies with the actor. */
export function keyIdOf(document: ActorDocument): string | null {
  const [key] = listOf(document['publicKey']);
  if (!isJson(key) || !isHttp(key['id'])) return null;
  return new URL(key['id']).host === new URL(document.id).host ? key['id'] : null;
}

/** Somebody of whom nothing was captured but the address: what a server needs to take their word. */
export function inventedActor(uri: string, about: unknown, more: Json = {}): ActorDocument {
  const { origin } = new URL(uri);
  const username = nameIn(uri);
  const followers = textsIn(about).find((text) => text.startsWith(uri) && /followers\/?$/.test(text));
  return {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    id: uri,
    type: 'Person',
    preferredUsername: username,
    name: username,
    summary: '',
    url: uri,
    inbox: `${origin}/corpus/${hashOf(uri)}/inbox`,
    outbox: `${origin}/corpus/${hashOf(uri)}/outbox`,
    followers: followers ?? `${uri.replace(/\/$/, '')}/followers`,
    featured: `${origin}/corpus/${hashOf(uri)}/featured`,
    endpoints: { sharedInbox: `${origin}/inbox` },
    publicKey: { id: `${uri}#main-key`, owner: uri, publicKeyPem: '' },
    ...more,
  };
}

/** A user name made of an address: its last telling part. */
function nameIn(uri: string): string {
  const parts = new URL(uri).pathname.split('/').map((part) => safe(decoded(part))).filter((part) => part !== '' && !/^(?:u|c|m|users?|profile|actor|author|api|ap)$/.test(part));
  return parts.at(-1) ?? `somebody_${hashOf(uri)}`;
}

const safe = (text: string): string => text.replace(/^@/, '').replace(/@.*$/, '').replaceAll(/[^\w.-]/g, '').replaceAll(/^[.-]+|[.-]+$/g, '').slice(0, 30);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `name@host` under which WebFinger has to know an actor: the handle it claims, and its name at the host of its id. */
export function handlesOf(document: Json): string[] {
  const { id } = document;
  if (!isHttp(id)) return [];
  const name = textOf(document['preferredUsername']);
  const claimed = textOf(document['webfinger'])?.replace(/^acct:/, '').replace(/^@/, '');
  return [...(name === null ? [] : [`${name}@${new URL(id).host}`]), ...(claimed === undefined ? [] : [claimed])].map((handle) => handle.toLowerCase());
}
