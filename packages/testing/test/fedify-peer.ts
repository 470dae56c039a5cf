import { Temporal as Polyfill } from '@js-temporal/polyfill';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFederation, generateCryptoKeyPair, MemoryKvStore, verifyObject, type Federation, type KeyCache } from '@fedify/fedify';
import {
  Accept,
  Activity,
  Announce,
  Create,
  Delete,
  Endpoints,
  Follow,
  Like,
  Note,
  Person,
  PUBLIC_COLLECTION,
  Undo,
  Update,
  type Recipient,
} from '@fedify/vocab';

/** Node has no Temporal yet; Fedify runs on the polyfill and is typed with the global one. */
export const nowInstant = (): Temporal.Instant => Polyfill.Now.instant() as unknown as Temporal.Instant;

export interface FedifyOptions {
  /** Answers 401 to what is signed otherwise. */
  readonly takes?: 'cavage' | 'rfc9421';
  /** Asks for a signature of a certain form, with a nonce. */
  readonly challenges?: boolean;
  /** Gives its actor to nobody whose request is not signed, in the scheme that it takes. */
  readonly guards?: boolean;
  /** Has an Ed25519 key as well, with which it signs what it says (FEP-8b32). */
  readonly proves?: boolean;
}

/** A signed request that came, and what was answered. */
export interface Knock {
  readonly scheme: 'cavage' | 'rfc9421';
  readonly status: number;
}

const NAME = 'fred';
const KINDS = [Accept, Announce, Create, Delete, Follow, Like, Undo, Update] as const;

/** One person on a server built with Fedify: a foreign implementation, with its own signatures and its own parser. */
export class FedifyPeer {
  /** Activities that arrived with a signature Fedify accepted, oldest first. */
  readonly received: Activity[] = [];
  /** Every POST, oldest first. */
  readonly knocks: Knock[] = [];
  /** Every GET of its actor that was signed. */
  readonly looks: Knock[] = [];
  /** Of every POST, oldest first. */
  readonly bodies: string[] = [];
  private readonly keys = new Map<string, Awaited<ReturnType<KeyCache['get']>>>();
  private readonly notes = new Map<string, Note>();

  private constructor(
    private readonly server: Server,
    private readonly federation: Federation<void>,
    readonly origin: string,
    private readonly options: FedifyOptions,
  ) {}

  static async start(options: FedifyOptions = {}): Promise<FedifyPeer> {
    const challenge = options.challenges === true ? { inboxChallengePolicy: { enabled: true, requestNonce: true } } : {};
    const federation = createFederation<void>({ kv: new MemoryKvStore(), allowPrivateAddress: true, ...challenge });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    const peer = new FedifyPeer(server, federation, origin, options);
    await peer.declare();
    server.on('request', (request, response) => void peer.serve(request, response));
    return peer;
  }

  get host(): string {
    return new URL(this.origin).host;
  }

  get handle(): string {
    return `${NAME}@${this.host}`;
  }

  get uri(): URL {
    return this.context.getActorUri(NAME);
  }

  /** The shared inbox. */
  get inbox(): string {
    return this.context.getInboxUri().href;
  }

  /** Whether Fedify's own verifier takes this for what its actor said, by the proof in it (FEP-8b32). */
  async believes(body: string): Promise<boolean> {
    const { documentLoader, contextLoader } = this.context;
    const keyCache: KeyCache = { get: async (id) => this.keys.get(id.href), set: async (id, key) => void this.keys.set(id.href, key) };
    return (await verifyObject(Activity, JSON.parse(body), { documentLoader, contextLoader, keyCache })) !== null;
  }

  /** What arrived of a kind. */
  of<T extends Activity>(kind: abstract new (...values: never[]) => T): T[] {
    return this.received.filter((activity): activity is T => activity instanceof kind);
  }

  /** Signs and delivers as fred. */
  async send(activity: Activity, inbox: string, actorUri: string): Promise<void> {
    const recipient: Recipient = { id: new URL(actorUri), inboxId: new URL(inbox), endpoints: null };
    await this.context.sendActivity({ identifier: NAME }, recipient, activity, { immediate: true });
  }

  /** A public note of fred's that can also be fetched. */
  note(id: string, text: string, values: ConstructorParameters<typeof Note>[0] = {}): Note {
    const note = new Note({
      id: this.context.getObjectUri(Note, { identifier: NAME, id }),
      attribution: this.uri,
      to: PUBLIC_COLLECTION,
      cc: this.context.getFollowersUri(NAME),
      content: `<p>${text}</p>`,
      published: nowInstant(),
      ...values,
    });
    this.notes.set(id, note);
    return note;
  }

  forget(id: string): void {
    this.notes.delete(id);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private get context() {
    return this.federation.createContext(new URL(this.origin), undefined);
  }

  private async declare(): Promise<void> {
    const pairs = [await generateCryptoKeyPair('RSASSA-PKCS1-v1_5')];
    if (this.options.proves === true) pairs.push(await generateCryptoKeyPair('Ed25519'));
    this.federation
      .setActorDispatcher('/users/{identifier}', async (context, identifier) => {
        if (identifier !== NAME) return null;
        const keys = await context.getActorKeyPairs(identifier);
        return new Person({
          id: context.getActorUri(identifier),
          preferredUsername: NAME,
          name: 'Fred of Fedify',
          inbox: context.getInboxUri(identifier),
          endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
          followers: context.getFollowersUri(identifier),
          publicKey: keys[0]?.cryptographicKey,
          assertionMethods: keys.map(({ multikey }) => multikey),
        });
      })
      .setKeyPairsDispatcher((_context, identifier) => (identifier === NAME ? pairs : []))
      .authorize(async (context) => this.options.guards !== true || (await context.getSignedKeyOwner()) !== null);
    this.federation.setFollowersDispatcher('/users/{identifier}/followers', () => ({ items: [] }));
    this.federation.setObjectDispatcher(Note, '/users/{identifier}/notes/{id}', (_context, { id }) => this.notes.get(id) ?? null);
    const inbox = this.federation.setInboxListeners('/users/{identifier}/inbox', '/inbox');
    for (const kind of KINDS) inbox.on(kind as typeof Activity, (_context, activity) => void this.received.push(activity));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const scheme = request.headers['signature-input'] === undefined ? 'cavage' : 'rfc9421';
    const isPost = request.method === 'POST';
    const isLook = this.options.guards === true && request.method === 'GET' && request.url === this.uri.pathname;
    const isRefused = (isPost || isLook) && this.options.takes !== undefined && this.options.takes !== scheme;
    const answer = isRefused ? new Response('sign it otherwise', { status: 401 }) : await this.answer(request);
    if (isPost) this.knocks.push({ scheme, status: answer.status });
    if (isLook && request.headers['signature'] !== undefined) this.looks.push({ scheme, status: answer.status });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  private async answer(request: IncomingMessage): Promise<Response> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET' } = request;
    const headers = new Headers();
    for (let index = 0; index < request.rawHeaders.length; index += 2) headers.append(request.rawHeaders[index] ?? '', request.rawHeaders[index + 1] ?? '');
    const body = method === 'GET' || method === 'HEAD' ? null : Buffer.concat(chunks);
    if (body !== null) this.bodies.push(body.toString('utf8'));
    return this.federation.fetch(new Request(new URL(request.url ?? '/', this.origin), { method, headers, body }), { contextData: undefined });
  }
}
