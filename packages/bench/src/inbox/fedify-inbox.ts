import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFederation, MemoryKvStore, type Federation } from '@fedify/fedify';
import { Create, Person } from '@fedify/vocab';
import { getDocumentLoader } from '@fedify/vocab-runtime';
import { serveTasks } from '../harness/worker-process.js';
import type { Sender } from '../harness/remote-authors.js';

let handled = 0;

/** Fedify's inbox at its best: keys in memory, no queue, no database, a handler that does nothing. */
async function listen({ senders }: { readonly senders: readonly Sender[] }): Promise<number> {
  const actors = new Map(senders.flatMap((sender) => [[sender.actorUri, actorOf(sender)], [sender.keyId, actorOf(sender)]] as const));
  const preloaded = getDocumentLoader();
  const federation = createFederation<void>({
    kv: new MemoryKvStore(),
    documentLoaderFactory: () => async (url: string) => {
      const document = actors.get(url);
      // Contexts that Fedify brings along.
      return document === undefined ? preloaded(url) : { contextUrl: null, documentUrl: url, document };
    },
  });
  federation.setActorDispatcher('/users/{identifier}', (context, identifier) => new Person({ id: context.getActorUri(identifier) }));
  federation.setInboxListeners('/users/{identifier}/inbox', '/inbox').on(Create, () => void (handled += 1));
  const server = createServer((request, response) => void answer(federation, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const actorOf = ({ actorUri, keyId, publicKeyPem }: Sender): object => ({
  '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
  id: actorUri,
  type: 'Person',
  preferredUsername: 'ann',
  inbox: `${actorUri}/inbox`,
  publicKey: { id: keyId, owner: actorUri, publicKeyPem },
});

async function answer(federation: Federation<void>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]));
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const answered = await federation.fetch(new Request(url, { method: 'POST', headers, body: Buffer.concat(chunks) }), { contextData: undefined });
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.end(Buffer.from(await answered.arrayBuffer()));
}

export const serve = (): void => serveTasks({ listen, handled: () => handled });
