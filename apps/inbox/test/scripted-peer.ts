import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import { signRequest } from '@trunkline/http-signatures';
import { freePort, laterThanBefore } from '@trunkline/testing';

const ACTIVITY_TYPE = 'application/activity+json';

export interface PeerActor {
  readonly uri: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly document: Readonly<Record<string, unknown>>;
}

/** Another server, as far as its documents and what it sends go. Answers what stands in `documents`, else 404. */
export class ScriptedPeer {
  /** By path; a number is a status to answer with. */
  readonly documents = new Map<string, unknown>();
  /** Paths asked for. */
  readonly asked: string[] = [];
  private counter = 0;

  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async start(port?: number): Promise<ScriptedPeer> {
    const chosen = port ?? (await freePort());
    const server = createServer();
    const peer = new ScriptedPeer(chosen, server);
    server.on('request', (incoming, answer) => {
      const url = new URL(incoming.url ?? '/', peer.url);
      peer.asked.push(url.pathname);
      const found = url.pathname === '/.well-known/webfinger' ? peer.webfinger(url) : peer.documents.get(url.pathname);
      if (found === undefined || typeof found === 'number') return answer.writeHead(found ?? 404).end();
      const type = url.pathname === '/.well-known/webfinger' ? 'application/jrd+json' : ACTIVITY_TYPE;
      return answer.writeHead(200, { 'Content-Type': type }).end(JSON.stringify(found));
    });
    await new Promise<void>((resolve) => server.listen(chosen, 'localhost', resolve));
    return peer;
  }

  get host(): string {
    return `localhost:${this.port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** An id that nobody had before. */
  id(kind: string): string {
    this.counter += 1;
    return `${this.url}/${kind}/${this.counter}`;
  }

  actor(name: string): PeerActor {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const uri = `${this.url}/users/${name}`;
    const document = {
      '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
      id: uri,
      type: 'Person',
      preferredUsername: name,
      inbox: `${uri}/inbox`,
      outbox: `${uri}/outbox`,
      followers: `${uri}/followers`,
      endpoints: { sharedInbox: `${this.url}/inbox` },
      publicKey: { id: `${uri}#main-key`, owner: uri, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) },
    };
    this.documents.set(`/users/${name}`, document);
    return { uri, keyId: `${uri}#main-key`, privateKey, document };
  }

  /** A post of this actor, published here so that it can be fetched. */
  note(author: PeerActor, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> & { id: string } {
    const note = {
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: this.id('notes'),
      type: 'Note',
      attributedTo: author.uri,
      content: '<p>hello</p>',
      to: ['https://www.w3.org/ns/activitystreams#Public'],
      cc: [`${author.uri}/followers`],
      published: laterThanBefore(),
      ...more,
    };
    this.documents.set(new URL(note.id).pathname, note);
    return note;
  }

  /** An activity around an object (or its id), with an id of its own unless given. */
  activity(type: string, actor: PeerActor, object: unknown, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> & { id: string } {
    return { '@context': 'https://www.w3.org/ns/activitystreams', id: this.id(type.toLowerCase()), type, actor: actor.uri, object, ...more };
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private webfinger(url: URL): unknown {
    const name = /^acct:([^@]+)@(.+)$/.exec(url.searchParams.get('resource') ?? '')?.[1] ?? '';
    if (!this.documents.has(`/users/${name}`)) return 404;
    return {
      subject: `acct:${name}@${this.host}`,
      links: [{ rel: 'self', type: ACTIVITY_TYPE, href: `${this.url}/users/${name}` }],
    };
  }
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** POSTs bytes as they are. `host`: the Host header. */
export function post(port: number, path: string, headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString(), headers: answer.headers }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** POSTs an activity to an inbox, signed by this actor. */
export async function deliver(
  inbox: { readonly domain: string; readonly port: number; readonly path?: string },
  as: Pick<PeerActor, 'keyId' | 'privateKey'>,
  activity: unknown,
  date = new Date(),
): Promise<Answer> {
  const body = Buffer.from(JSON.stringify(activity));
  const path = inbox.path ?? '/inbox';
  const headers = await signRequest({
    method: 'POST',
    url: `http://${inbox.domain}${path}`,
    headers: { 'Content-Type': ACTIVITY_TYPE },
    body,
    keyId: as.keyId,
    privateKey: as.privateKey,
    date,
  });
  return post(inbox.port, path, headers, body);
}
