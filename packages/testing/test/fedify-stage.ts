import { Accept, Create, Follow, PUBLIC_COLLECTION, type Activity, type Note } from '@fedify/vocab';
import { startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';
import { FedifyPeer, type FedifyOptions } from './fedify-peer.js';

interface Relationship {
  readonly following: boolean;
  readonly requested: boolean;
  readonly followed_by: boolean;
  readonly blocked_by: boolean;
}

/** A whole server with alice on it, and a Fedify server with fred. */
export class FedifyStage {
  private made = 0;

  private constructor(
    readonly peer: FedifyPeer,
    readonly server: TestServer,
    readonly alice: TestPerson,
  ) {}

  static async start(options: FedifyOptions = {}, env: Readonly<Record<string, string>> = {}): Promise<FedifyStage> {
    const peer = await FedifyPeer.start(options);
    const server = await startTestServer({ peers: [peer.host], env });
    return new FedifyStage(peer, server, await server.person('alice'));
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.peer.stop();
  }

  /** An address on Fedify's server that was not used before. */
  id(kind: string): URL {
    this.made += 1;
    return new URL(`/${kind}/${this.made}`, this.peer.origin);
  }

  get aliceUri(): URL {
    return new URL(this.alice.account.uri);
  }

  /** Sends to our shared inbox, and waits until we are done with it. */
  async send(activity: Activity, from?: string): Promise<void> {
    await this.peer.send(activity, `http://${this.server.domain}/inbox`, this.alice.account.uri, from);
    await this.server.settled();
  }

  async publish(note: Note): Promise<void> {
    await this.send(new Create({ id: this.id('creates'), actor: this.peer.uri, object: note, to: PUBLIC_COLLECTION }));
  }

  /** Somebody there as our API shows them. */
  async account<T extends { readonly id: string }>(uri: URL | string): Promise<T> {
    const { accounts } = await this.alice.api.get<{ accounts: T[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(String(uri))}`);
    const [account] = accounts;
    if (account === undefined) throw new Error(`${String(uri)} was not found`);
    return account;
  }

  /** A post of theirs as our API shows it, fetched when it has to be. */
  async status<T extends { readonly id: string }>(uri: URL | string): Promise<T | undefined> {
    const { statuses } = await this.alice.api.get<{ statuses: T[] }>(`/api/v2/search?resolve=true&type=statuses&q=${encodeURIComponent(String(uri))}`);
    return statuses[0];
  }

  async relationship(id: string): Promise<Relationship> {
    const [one] = await this.alice.api.get<Relationship[]>(`/api/v1/accounts/relationships?id[]=${id}`);
    if (one === undefined) throw new Error(`no relationship to ${id}`);
    return one;
  }

  /** Fred follows alice. @returns the follow, which was accepted */
  async fredFollows(): Promise<Follow> {
    const follow = new Follow({ id: this.id('follows'), actor: this.peer.uri, object: this.aliceUri });
    await this.send(follow);
    await until('the Accept', () => this.peer.of(Accept).find(({ objectId }) => objectId?.href === follow.id?.href));
    return follow;
  }

  /** Alice follows somebody there. @returns their id here */
  async aliceFollows(uri: URL, name?: string): Promise<string> {
    const { id } = await this.account(uri);
    await this.alice.api.post(`/api/v1/accounts/${id}/follow`);
    const follow = await until('the Follow', () => this.peer.of(Follow).findLast(({ objectId }) => objectId?.href === uri.href));
    await this.send(new Accept({ id: this.id('accepts'), actor: uri, object: follow }), name);
    return id;
  }
}
