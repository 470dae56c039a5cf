import { createFederation, generateCryptoKeyPair, MemoryKvStore, type Federation } from '@fedify/fedify';
import { Create, Note, Person, PUBLIC_COLLECTION, type Recipient } from '@fedify/vocab';
import { serveTasks } from '../harness/worker-process.js';

const NAME = 'fred';
const ORIGIN = new URL('http://bench.example');
/** Recipients of one call, all of which it sends to at once. */
const PER_CALL = 200;

let federation: Federation<void>;
let recipients: Recipient[] = [];

async function open({ hosts }: { readonly hosts: readonly string[] }): Promise<void> {
  const pair = await generateCryptoKeyPair('RSASSA-PKCS1-v1_5');
  federation = createFederation<void>({ kv: new MemoryKvStore(), allowPrivateAddress: true });
  federation
    .setActorDispatcher('/users/{identifier}', (context, identifier) => new Person({ id: context.getActorUri(identifier), preferredUsername: identifier }))
    .setKeyPairsDispatcher(() => [pair]);
  recipients = hosts.map((host) => ({ id: new URL(`http://${host}/users/ann`), inboxId: new URL(`http://${host}/inbox`), endpoints: null }));
}

/** One activity to every host, sent at once and not through a queue: Fedify's cheapest way. */
async function send({ texts }: { readonly texts: readonly string[] }): Promise<void> {
  const context = federation.createContext(ORIGIN, undefined);
  const actor = context.getActorUri(NAME);
  for (const [index, text] of texts.entries()) {
    const id = `${actor.href}/notes/${Date.now()}${index}`;
    const note = new Note({ id: new URL(id), attribution: actor, to: PUBLIC_COLLECTION, content: text });
    const activity = new Create({ id: new URL(`${id}/activity`), actor, object: note, to: PUBLIC_COLLECTION });
    for (let from = 0; from < recipients.length; from += PER_CALL) {
      await context.sendActivity({ identifier: NAME }, recipients.slice(from, from + PER_CALL), activity, { immediate: true });
    }
  }
}

export const serve = (): void => serveTasks({ open, send });
