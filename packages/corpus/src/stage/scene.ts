import { acceptFollow } from '@trunkline/social';
import { postSigned, until, type SentAnswer, type TestPerson } from '@trunkline/testing';
import type { AccountId } from '@trunkline/kernel';
import type { Entry, Turn } from '../folder/entry.js';
import { idOf, idsOf, isHttp, typesIn, type Json } from '../folder/json.js';
import { kindOf } from '../folder/kind-of.js';
import { hashOf } from '../folder/restore.js';
import { ableToSign, inventedActor, keyIdOf, rekeyed, type ActorDocument } from '../world/actors.js';
import { deliveredBy } from '../world/world.js';
import type { Shelf } from '../world/shelf.js';
import type { AccountSeen, StatusSeen } from './seen.js';
import type { Stage } from './stage.js';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const LOOK_MS_MAX = 10_000;

/** Somebody of the world who can sign. */
export type Signer = ActorDocument;

/** How an activity ended: `applied`, `ignored: why`, `waits: why`; null: there is no row of it. */
type End = string | null;

/** One file in play: who reads it, what can be asked for about it, and what may be done to bring it about. */
export class Scene {
  private readonly shelf: Shelf;
  private count = 0;

  readonly entry: Entry;
  readonly json: unknown;
  readonly isFollowed: boolean;

  constructor(
    readonly stage: Stage,
    turn: Turn,
    readonly me: TestPerson,
  ) {
    this.entry = turn.entry;
    this.json = turn.json;
    this.isFollowed = turn.isFollowed;
    this.shelf = stage.world.openScene();
  }

  close(): void {
    this.stage.world.closeScene(this.shelf);
  }

  get shelves(): Shelf {
    return this.shelf;
  }

  /** An id under the host of another that nobody has used. */
  freshId(beside: string): string {
    this.count += 1;
    return `${new URL(beside).origin}/corpus/${hashOf(this.entry.path)}/${this.count}`;
  }

  /** Somebody who can sign: as captured, or invented. `more` changes what their document says from now on. */
  person(uri: string, more: Json = {}): Signer {
    const { world } = this.stage;
    const captured = world.document(uri);
    const isUsable = captured !== undefined && kindOf(captured) === 'actor' && typeof captured['inbox'] === 'string' && typeof captured['preferredUsername'] === 'string';
    const plain = isUsable ? (captured as ActorDocument) : inventedActor(uri, this.json, this.freeName(uri));
    const pair = world.keys.of(uri);
    const document = rekeyed(ableToSign({ ...plain, ...more }, pair), pair) as ActorDocument;
    this.serveActor(document);
    return document;
  }

  serveActor(document: ActorDocument): void {
    this.shelf.put(document);
    const keyId = keyIdOf(document);
    // A key with an address of its own: whoever asks for it gets the actor, as of GotoSocial.
    if (keyId !== null && !keyId.startsWith(`${document.id}#`)) this.shelf.put(document, keyId);
  }

  /** Whether somebody's profile stands at an address, where no post may be put in its place. */
  isPerson(uri: string): boolean {
    return kindOf(this.stage.world.document(uri)) === 'actor';
  }

  /** A post that can be asked for: as captured, or invented. Where somebody's profile stands, that. */
  post(uri: string, authorUri: string, more: Json = {}): Json & { readonly id: string } {
    if (this.isPerson(uri)) return this.person(uri);
    const captured = this.stage.world.document(uri);
    const invented = { type: 'Note', content: '<p>Something that was said before.</p>', published: '2024-05-01T10:00:00Z', to: [PUBLIC], cc: [] };
    const isPost = captured !== undefined && kindOf(captured) === 'object' && captured['attributedTo'] !== undefined;
    const authors = isPost ? idsOf(captured['attributedTo']) : [authorUri];
    for (const author of authors) this.person(author);
    const post = { '@context': 'https://www.w3.org/ns/activitystreams', ...(isPost ? captured : { ...invented, attributedTo: authorUri }), id: uri, ...more };
    this.shelf.put(post);
    return post;
  }

  /** Has the server read what stands at an address, as somebody who pastes it. */
  async paste(address: string): Promise<{ readonly account: AccountSeen | null; readonly status: StatusSeen | null }> {
    return this.search(address, true);
  }

  /** What the reader finds of it here, without asking anybody. */
  async find(address: string): Promise<{ readonly account: AccountSeen | null; readonly status: StatusSeen | null }> {
    return this.search(address, false);
  }

  /** Makes the server know somebody, and the reader follow them, unless strangers speak here. */
  async meet(person: Signer): Promise<AccountSeen | null> {
    const { account } = await this.paste(person.id);
    if (account !== null && this.isFollowed) await this.follow(account);
    return account;
  }

  async follow(account: AccountSeen): Promise<void> {
    await this.askToFollow(account);
    await acceptFollow(this.stage.server.backbone, this.me.account.id, account.id as AccountId);
  }

  async askToFollow(account: AccountSeen): Promise<void> {
    await this.me.api.post(`/api/v1/accounts/${account.id}/follow`);
  }

  /** The reader's last activity of a type, as it was delivered. */
  async sentLast(type: string): Promise<Json> {
    return until(`a ${type} of ours`, () => deliveredBy(this.stage.world, this.me.account.uri, type).at(-1)?.activity ?? null, LOOK_MS_MAX);
  }

  /** A post of the reader, with its id as others know it. */
  async myPost(more: Json = {}): Promise<StatusSeen> {
    return this.me.api.post<StatusSeen>('/api/v1/statuses', { status: 'Here I am', ...more });
  }

  /** POSTs an activity, signed by somebody. */
  send(activity: Json, as: Signer, keyId?: string): Promise<SentAnswer> {
    return this.sendText(JSON.stringify(activity), as, keyId);
  }

  /** POSTs any text, signed by somebody. */
  sendText(text: string, as: Signer, keyId = keyIdOf(as) ?? `${as.id}#main-key`): Promise<SentAnswer> {
    const { server, world } = this.stage;
    const { privateKey } = world.keys.of(as.id);
    // Headers hold no letters beyond ASCII.
    return postSigned(`${server.url}/inbox`, text, { keyId: /^[\x21-\x7E]+$/.test(keyId) ? keyId : new URL(keyId).href, privateKey }, { host: server.domain });
  }

  /** Sends what has to be known before, and waits until it was worked on. @throws Error unless it was applied */
  async mustApply(activity: Json, as: Signer): Promise<void> {
    const { status, body } = await this.send(activity, as);
    if (status !== 202) throw new Error(`before it ${String(activity['type'])} was answered ${status}: ${body.slice(0, 200)}`);
    const end = await until(`the end of ${String(activity['type'])}`, async () => {
      const found = await this.endOf(activity);
      return found?.startsWith('pending') === true ? null : (found ?? 'let go at the door');
    }, LOOK_MS_MAX);
    if (end !== 'applied') throw new Error(`before it ${String(activity['type'])} was ${end}`);
  }

  /** What became of an activity that was sent. */
  async endOf(activity: Json): Promise<End> {
    const { db } = this.stage.server.backbone;
    const id = isHttp(activity['id']) ? activity['id'] : null;
    const actorUri = idOf(activity['actor']);
    // Of what has neither there can be no row, and any would be another's.
    if (id === null && actorUri === null) return null;
    const [row] = await db.query<{ state: string; reason: string | null }>(
      `SELECT state, reason FROM federation.inbound WHERE ($1::text IS NULL OR activity_id = $1) AND ($2::text IS NULL OR actor_uri = $2) AND activity_type = ANY($3) ORDER BY id DESC LIMIT 1`,
      [id, id === null ? actorUri : null, [...[activity['type']].flat().filter((type) => typeof type === 'string'), ...typesIn(activity)]],
    );
    if (row === undefined) return null;
    if (row.state === 'stored') return row.reason === null ? 'pending' : `waits: ${row.reason}`;
    return row.reason === null ? row.state : `${row.state}: ${row.reason}`;
  }

  /** Types of what the server delivered for the reader, in order. */
  sent(): string[] {
    return this.stage.world.delivered.filter(({ activity }) => activity['actor'] === this.me.account.uri).map(({ activity }) => String(activity['type']));
  }

  private async search(address: string, resolve: boolean): Promise<{ readonly account: AccountSeen | null; readonly status: StatusSeen | null }> {
    const found = await this.me.api.get<{ accounts: AccountSeen[]; statuses: StatusSeen[] }>(`/api/v2/search?q=${encodeURIComponent(address)}&resolve=${resolve}`);
    return { account: found.accounts[0] ?? null, status: found.statuses[0] ?? null };
  }

  /** A name that nobody else at the host has. */
  private freeName(uri: string): Json {
    const invented = inventedActor(uri, null);
    const name = String(invented['preferredUsername']);
    const other = this.stage.world.actorOf(`${name}@${new URL(uri).host}`);
    return other === undefined || other === uri ? {} : { preferredUsername: `${name.slice(0, 20)}_${hashOf(uri)}` };
  }
}
