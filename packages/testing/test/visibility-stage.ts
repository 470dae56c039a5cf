import { ScriptedRemote, startTestServer, type TestPerson, type TestServer } from '../src/index.js';
import { accountOf } from './foreign-ties.js';

/** What is published. All but the boosts name `mentioned`, `blocked` and the person of the mentioned server. */
export const ITEMS = ['public', 'unlisted', 'private', 'direct', 'boost of public', 'boost of private'] as const;
export type Item = (typeof ITEMS)[number];

/** People of the server, by how they stand to the author. `blocked` was a follower until the author blocked them. */
export const VIEWERS = ['author', 'follower', 'mentioned', 'stranger', 'blocked'] as const;
export type Viewer = (typeof VIEWERS)[number];

/** Who asks for ActivityPub documents: nobody, a browser, and one server each of a follower, of somebody named and of neither. */
export const READERS = ['anonymous', 'browser', 'follower server', 'mentioned server', 'stranger server'] as const;
export type Reader = (typeof READERS)[number];

export interface Published {
  readonly id: string;
  readonly uri: string;
  /** What nobody else has written: found in a page, it was shown. */
  readonly word: string;
}

export interface DocumentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export const TAG = 'everywhere';

/** One author, everybody who may or may not read them, and what they published. */
export class VisibilityStage {
  readonly published = new Map<Item, Published>();
  /** Written by somebody else; what the author boosted. */
  hostPost: Published = { id: '', uri: '', word: '' };

  private constructor(
    readonly server: TestServer,
    readonly people: Readonly<Record<Viewer | 'host' | 'crier' | 'owner', TestPerson>>,
    readonly remotes: Readonly<Record<'follower server' | 'mentioned server' | 'stranger server', ScriptedRemote>>,
  ) {}

  static async start(): Promise<VisibilityStage> {
    const [fay, mia, sid] = await Promise.all(['fay', 'mia', 'sid'].map((name) => ScriptedRemote.start({ name })));
    if (fay === undefined || mia === undefined || sid === undefined) throw new Error('a remote did not start');
    const server = await startTestServer({ peers: [fay.host, mia.host, sid.host] });
    const person = (name: string): Promise<TestPerson> => server.person(name);
    const people = {
      author: await person('author'), follower: await person('follower'), mentioned: await person('mentioned'),
      stranger: await person('stranger'), blocked: await person('blocked'), host: await person('host'),
      crier: await person('crier'), owner: await server.person('owner', { role: 'Owner' }),
    };
    const stage = new VisibilityStage(server, people, { 'follower server': fay, 'mentioned server': mia, 'stranger server': sid });
    await stage.tie();
    return stage;
  }

  private async tie(): Promise<void> {
    const { author, follower, blocked, stranger, crier } = this.people;
    const [fay, mia, sid] = [this.remotes['follower server'], this.remotes['mentioned server'], this.remotes['stranger server']];
    const inbox = `http://${this.server.domain}/inbox`;
    await fay.follow(author.account.uri, inbox);
    await sid.follow(stranger.account.uri, inbox);
    await Promise.all([fay, sid].map((remote) => remote.untilPost('the Accept', ({ type }) => type === 'Accept')));
    await accountOf(author.api, mia.person.handle);
    for (const person of [follower, blocked]) await person.api.post(`/api/v1/accounts/${author.account.id}/follow`);
    for (const viewer of VIEWERS) await this.people[viewer].api.post(`/api/v1/accounts/${crier.account.id}/follow`);
    await author.api.post(`/api/v1/accounts/${blocked.account.id}/block`);
    // Only who read their home lately has a feed to push to.
    for (const viewer of VIEWERS) await this.people[viewer].api.get('/api/v1/timelines/home');
    await this.server.settled();
  }

  async write(by: TestPerson, word: string, more: Readonly<Record<string, unknown>> = {}): Promise<Published> {
    const names = by === this.people.author ? `@mentioned @blocked @${this.remotes['mentioned server'].person.handle}` : '';
    const posted = await by.api.post<{ id: string; uri: string }>('/api/v1/statuses', { status: `${names} ${word} #${TAG}`, ...more });
    return { id: posted.id, uri: posted.uri, word };
  }

  /** Publishes one of each, and waits until all is fanned out and delivered. */
  async publish(): Promise<void> {
    const { author, host } = this.people;
    for (const visibility of ['public', 'unlisted', 'private', 'direct'] as const) {
      this.published.set(visibility, await this.write(author, `word${visibility}`, { visibility }));
    }
    this.hostPost = await this.write(host, 'wordofthehost');
    this.published.set('boost of public', await this.boost(this.hostPost));
    this.published.set('boost of private', await this.boost(this.item('private')));
    await this.server.settled();
  }

  private async boost({ id, word }: Published): Promise<Published> {
    const boost = await this.people.author.api.post<{ id: string; uri: string }>(`/api/v1/statuses/${id}/reblog`);
    return { id: boost.id, uri: boost.uri, word };
  }

  item(item: Item): Published {
    const found = this.published.get(item);
    if (found === undefined) throw new Error(`${item} was not published`);
    return found;
  }

  /** `<author>/statuses/<id>`: where the documents of a status stand, whatever its own uri is. */
  objectUrl(id: string, accountUri = this.people.author.account.uri): string {
    return `${accountUri}/statuses/${id}`;
  }

  /** A document as this reader gets it; no redirect is followed. */
  async read(reader: Reader, url: string): Promise<DocumentAnswer> {
    if (reader !== 'anonymous' && reader !== 'browser') return this.remotes[reader].fetchDocument(url);
    const accept = reader === 'browser' ? 'text/html' : 'application/activity+json';
    const response = await fetch(url, { redirect: 'manual', headers: { accept } });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  }

  page(path: string): Promise<DocumentAnswer> {
    return this.read('browser', new URL(path, this.server.url).href);
  }

  /** The items whose words stand in a text; a boost shows the words of what it boosts. */
  wordsIn(text: string): string[] {
    return [...this.published].filter(([, { word }]) => text.includes(word)).map(([item]) => item);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await Promise.all(Object.values(this.remotes).map((remote) => remote.stop()));
  }
}
