import { Temporal as Polyfill } from '@js-temporal/polyfill';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFederation, generateCryptoKeyPair, MemoryKvStore, verifyObject, type Context, type Federation, type KeyCache } from '@fedify/fedify';
import { Activity, Collection, Create, Endpoints, Note, Person, PUBLIC_COLLECTION, QuoteAuthorization, Tombstone, type Object as AnyObject, type Recipient } from '@fedify/vocab';

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
  /** How it signs what it sends to a server that it has not met. */
  readonly knocks?: 'cavage' | 'rfc9421';
}

type PersonValues = ConstructorParameters<typeof Person>[0];

/** A signed request that came, and what was answered. */
export interface Knock {
  readonly scheme: 'cavage' | 'rfc9421';
  readonly status: number;
}

const NAME = 'fred';
/** A page of its outbox. */
const PAGE_MAX = 2;
const SPECS = { cavage: 'draft-cavage-http-signatures-12', rfc9421: 'rfc9421' } as const;

/** A server built with Fedify, and fred on it: a foreign implementation, with its own signatures and its own parser. */
export class FedifyPeer {
  /** Activities that arrived with a signature Fedify accepted, oldest first. */
  readonly received: Activity[] = [];
  /** Every POST, oldest first. */
  readonly knocks: Knock[] = [];
  /** Every GET of its actor that was signed. */
  readonly looks: Knock[] = [];
  /** Of every POST, oldest first. */
  readonly bodies: string[] = [];
  /** Who follows fred: to them goes what is for followers. */
  readonly followers: Recipient[] = [];
  /** What fred shows on top of his profile. */
  readonly pinned: Note[] = [];
  /** Consents to quotes, by the last part of their address. */
  readonly stamps = new Map<string, QuoteAuthorization>();
  private readonly people = new Map<string, PersonValues | 'gone'>();
  private readonly pairs = new Map<string, Awaited<ReturnType<typeof generateCryptoKeyPair>>[]>();
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
    const first = options.knocks === undefined ? {} : { firstKnock: SPECS[options.knocks] };
    const federation = createFederation<void>({ kv: new MemoryKvStore(), allowPrivateAddress: true, ...challenge, ...first });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    const peer = new FedifyPeer(server, federation, origin, options);
    peer.declare();
    await peer.introduce(NAME, { name: 'Fred of Fedify' });
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

  /** Signs and delivers as fred, or as somebody else of this server. */
  async send(activity: Activity, inbox: string, actorUri: string, from = NAME): Promise<void> {
    const recipient: Recipient = { id: new URL(actorUri), inboxId: new URL(inbox), endpoints: null };
    await this.context.sendActivity({ identifier: from }, recipient, activity, { immediate: true });
  }

  /** Delivers to all followers of fred, and says who they are (FEP-8fcf). */
  async sendToFollowers(activity: Activity): Promise<void> {
    await this.context.sendActivity({ identifier: NAME }, 'followers', activity, { immediate: true, preferSharedInbox: true, syncCollection: true });
  }

  /** Somebody of this server, new or with other things said of them; keys stay. */
  async introduce(name: string, values: PersonValues = {}): Promise<URL> {
    this.people.set(name, values);
    if (!this.pairs.has(name)) await this.rotate(name);
    return this.context.getActorUri(name);
  }

  /** New keys at the old addresses. */
  async rotate(name = NAME): Promise<void> {
    const pairs = [await generateCryptoKeyPair('RSASSA-PKCS1-v1_5')];
    if (this.options.proves === true) pairs.push(await generateCryptoKeyPair('Ed25519'));
    this.pairs.set(name, pairs);
  }

  /** Their account ends: where their actor was, a Tombstone stands. They can still sign what tells of it. */
  end(name: string): void {
    this.people.set(name, 'gone');
  }

  /** What fred reads at an address or handle, signed. */
  async read(address: string | URL): Promise<AnyObject | null> {
    const documentLoader = await this.context.getDocumentLoader({ identifier: NAME });
    return this.context.lookupObject(address, { documentLoader });
  }

  /** Everything in a collection, over all its pages, as fred reads it. */
  async readAll(address: URL): Promise<AnyObject[]> {
    const collection = await this.read(address);
    if (!(collection instanceof Collection)) throw new Error(`${address.href} is no collection`);
    const documentLoader = await this.context.getDocumentLoader({ identifier: NAME });
    const items: AnyObject[] = [];
    for await (const item of this.context.traverseCollection(collection, { documentLoader })) if (!('href' in item)) items.push(item);
    return items;
  }

  /** The address of a consent of fred's. */
  stampUri(id: string): URL {
    return this.context.getObjectUri(QuoteAuthorization, { identifier: NAME, id });
  }

  /** A public note of fred's that can also be fetched. */
  note(id: string, text: string, values: ConstructorParameters<typeof Note>[0] = {}): Note {
    const address = { identifier: NAME, id };
    const note = new Note({
      id: this.context.getObjectUri(Note, address),
      replies: this.context.getCollectionUri('replies', address),
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

  private declare(): void {
    this.federation
      .setActorDispatcher('/users/{identifier}', (context, identifier) => this.actor(context, identifier))
      .setKeyPairsDispatcher((_context, identifier) => this.pairs.get(identifier) ?? [])
      .authorize(async (context) => this.options.guards !== true || (await context.getSignedKeyOwner()) !== null);
    this.federation.setFollowersDispatcher('/users/{identifier}/followers', (_context, _identifier, _cursor, base) => ({
      items: this.followers.filter(({ id }) => base === undefined || id?.origin === base.origin),
    }));
    this.federation.setFeaturedDispatcher('/users/{identifier}/featured', () => ({ items: this.pinned }));
    this.federation
      .setOutboxDispatcher('/users/{identifier}/outbox', (_context, _identifier, cursor) => this.outboxPage(Number(cursor ?? '0')))
      .setFirstCursor(() => '0')
      .setCounter(() => this.notes.size);
    this.federation.setObjectDispatcher(Note, '/users/{identifier}/notes/{id}', (_context, { id }) => this.notes.get(id) ?? null);
    this.federation.setObjectDispatcher(QuoteAuthorization, '/users/{identifier}/stamps/{id}', (_context, { id }) => this.stamps.get(id) ?? null);
    this.federation.setCollectionDispatcher('replies', Note, '/users/{identifier}/notes/{id}/replies', (_context, { id }) => {
      const parent = this.notes.get(id)?.id?.href;
      return { items: [...this.notes.values()].filter(({ replyTargetId }) => replyTargetId?.href === parent) };
    });
    this.federation.setInboxListeners('/users/{identifier}/inbox', '/inbox').on(Activity, (_context, activity) => void this.received.push(activity));
  }

  private async actor(context: Context<void>, name: string): Promise<Person | Tombstone | null> {
    const values = this.people.get(name);
    if (values === undefined) return null;
    if (values === 'gone') return new Tombstone({ id: context.getActorUri(name), deleted: nowInstant() });
    const keys = await context.getActorKeyPairs(name);
    return new Person({
      id: context.getActorUri(name),
      preferredUsername: name,
      inbox: context.getInboxUri(name),
      outbox: context.getOutboxUri(name),
      endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
      followers: context.getFollowersUri(name),
      featured: context.getFeaturedUri(name),
      publicKey: keys[0]?.cryptographicKey,
      assertionMethods: keys.map(({ multikey }) => multikey),
      ...values,
    });
  }

  /** The newest first. */
  private outboxPage(from: number): { items: Activity[]; nextCursor: string | null } {
    const notes = [...this.notes.values()].reverse();
    const items = notes.slice(from, from + PAGE_MAX).map((object) => new Create({ id: new URL('#create', object.id ?? this.uri), actor: this.uri, object, to: PUBLIC_COLLECTION }));
    return { items, nextCursor: from + PAGE_MAX < notes.length ? String(from + PAGE_MAX) : null };
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
