import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { until } from '@trunkline/testing';
import { ChildServer } from '../world/child-server.js';
import type { Draft, Json, Peer, Place, RunningPeer } from './peer.js';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const NAME = 'una';
const PASSWORD = 'una sings in the rain';

/** μpub: Rust, ActivityPub from client to server as well, access checked on every object. */
export const upub: Peer = {
  name: 'upub',
  install: '`cargo install upub-bin@0.6.0 --locked --root FOLDER`, and UPUB_BINARY=FOLDER/bin/upub.',
  find(env) {
    const binary = env['UPUB_BINARY'];
    return binary !== undefined && existsSync(binary) ? binary : null;
  },
  start,
};

async function start(binary: string, place: Place): Promise<RunningPeer> {
  const origin = `https://${place.domain}`;
  const config = join(place.folder, 'upub.toml');
  await writeFile(config, `[instance]\ndomain = "${origin}"\n[security]\nallow_registration = true\n[files]\npath = "${place.folder}/files/"\n`);
  // Its indexes need the extension. With SQLite it waits for itself, when it fetches while it writes.
  const database = await place.database('btree_gin');
  const child = await ChildServer.start({
    command: binary,
    args: ['--config', config, '--db', database, '--domain', origin, '--debug', 'monolith', '--bind', `127.0.0.1:${place.port}`, '--poll', '1'],
    folder: place.folder,
    env: { SSL_CERT_FILE: place.authority },
    readyUrl: `http://127.0.0.1:${place.port}/nodeinfo/2.1.json`,
  });
  const client = new UpubClient(`http://127.0.0.1:${place.port}`, `${origin}/actors/${NAME}`);
  await client.signUp();
  const { software } = (await (await fetch(`http://127.0.0.1:${place.port}/nodeinfo/2.1.json`)).json()) as { software: { name: string; version: string } };
  return { version: `${software.name} ${software.version}`, handle: `${NAME}@${place.domain}`, uri: client.uri, ...client.sides(), lacks: { 'our poll': 'takes no Question' }, stop: () => child.stop() };
}

/** As its web page does: activities into the outbox, documents read with a token. */
class UpubClient {
  private token = '';

  constructor(
    private readonly base: string,
    readonly uri: string,
  ) {}

  async signUp(): Promise<void> {
    await this.ask('PUT', '/auth', { username: NAME, password: PASSWORD, display_name: 'Una' });
    const { token } = (await this.ask('POST', '/auth', { email: NAME, password: PASSWORD })) as unknown as { token: string };
    this.token = token;
    // Only a profile that was once saved has a followers collection that it can address.
    await this.sides().acts.rename?.('Una');
  }

  sides(): Pick<RunningPeer, 'acts' | 'looks'> {
    const act = (type: string) => async (object: string) => void (await this.send({ type, object, to: [await this.ownerOf(object)], cc: [] }));
    const undo = (type: string) => async (object: string) => void (await this.send({ type: 'Undo', to: [await this.ownerOf(object)], object: { type, object } }));
    return {
      acts: {
        follow: act('Follow'),
        unfollow: undo('Follow'),
        acceptFollow: (person) => this.answerFollow('Accept', person),
        rejectFollow: (person) => this.answerFollow('Reject', person),
        post: (draft) => this.post(draft),
        edit: async (id, content) => this.send({ type: 'Update', to: [PUBLIC], cc: [`${this.uri}/followers`], object: { id, type: 'Note', content } }),
        remove: async (id) => this.send({ type: 'Delete', to: [PUBLIC], cc: [`${this.uri}/followers`], object: id }),
        like: act('Like'),
        unlike: undo('Like'),
        boost: async (object) => this.send({ type: 'Announce', object, to: [PUBLIC], cc: [`${this.uri}/followers`, await this.ownerOf(object)] }),
        unboost: async (object) => this.send({ type: 'Undo', to: [PUBLIC], cc: [`${this.uri}/followers`, await this.ownerOf(object)], object: { type: 'Announce', object } }),
        rename: async (name) => this.send({ type: 'Update', to: [PUBLIC], cc: [`${this.uri}/followers`], object: { id: this.uri, type: 'Person', name } }),
      },
      looks: {
        person: (uri) => this.document('actors', uri, true),
        post: (uri) => this.document('objects', uri, false),
        fetched: (uri) => this.document('objects', uri, true),
        follows: async (person) => (await this.document('actors', person, false))?.['followedByMe'] === true,
        followedBy: async (person) => (await this.document('actors', person, false))?.['followingMe'] === true,
        likes: (post) => this.total(post, 'likes'),
        boosts: (post) => this.total(post, 'shares'),
        replies: (post) => this.total(post, 'replies'),
      },
    };
  }

  private async post(draft: Draft): Promise<string> {
    const followers = `${this.uri}/followers`;
    const named = (draft.mentions ?? []).map(({ uri }) => uri);
    const { audience } = draft;
    const to = audience === 'public' ? [PUBLIC] : audience === 'unlisted' || audience === 'followers' ? [followers] : [audience.to];
    const cc = audience === 'public' ? [followers, ...named] : audience === 'unlisted' ? [PUBLIC, ...named] : named;
    const activity = await this.sendForId({
      type: 'Note',
      content: [...(draft.mentions ?? []).map(({ handle }) => `@${handle}`), draft.text].join(' '),
      to,
      cc,
      ...(draft.inReplyTo === undefined ? {} : { inReplyTo: draft.inReplyTo }),
      ...(draft.warning === undefined ? {} : { summary: draft.warning, sensitive: true }),
      tag: (draft.mentions ?? []).map(({ uri, handle }) => ({ type: 'Mention', href: uri, name: `@${handle}` })),
    });
    const { object } = await this.existing(activity);
    return typeof object === 'string' ? object : String((object as Json)['id']);
  }

  private async answerFollow(type: 'Accept' | 'Reject', person: string): Promise<void> {
    const follow = await until(`a request of ${person} at μpub`, async () => {
      const { orderedItems = [], items = [] } = (await this.ask('GET', `/actors/${NAME}/notifications/page`)) as { orderedItems?: Json[]; items?: Json[] };
      return [...orderedItems, ...items].find((one) => one['type'] === 'Follow' && one['actor'] === person)?.['id'] as string | undefined;
    });
    await this.send({ type, object: follow, to: [person] });
  }

  private async ownerOf(uri: string): Promise<string> {
    const document = (await this.document('objects', uri, false)) ?? (await this.document('objects', uri, true).catch(() => null));
    return typeof document?.['attributedTo'] === 'string' ? document['attributedTo'] : uri;
  }

  private async total(post: string, collection: string): Promise<number> {
    const { totalItems = 0 } = (await this.ask('GET', `/objects/${localId(post, this.uri)}/${collection}`)) as { totalItems?: number };
    return totalItems;
  }

  private async document(kind: 'actors' | 'objects', uri: string, fetches: boolean): Promise<Json | null> {
    return this.ask('GET', `/${kind}/${localId(uri, this.uri)}${fetches ? '?fetch=true' : ''}`).catch((error: unknown) => {
      if (fetches) throw error;
      return null;
    });
  }

  private async send(activity: Json): Promise<void> {
    await this.existing(await this.sendForId(activity)).catch(() => undefined);
  }

  /** Activities are worked on after they were taken. */
  private existing(activity: string): Promise<Json> {
    return until(`${activity} to exist`, () => this.ask('GET', `/activities/${activity.split('/').at(-1)}`), 5_000);
  }

  private async sendForId(activity: Json): Promise<string> {
    const response = await this.request('POST', `/actors/${NAME}/outbox`, { '@context': 'https://www.w3.org/ns/activitystreams', ...activity });
    return response.headers.get('location') ?? '';
  }

  private async ask(method: string, path: string, body?: Json): Promise<Json> {
    return (await (await this.request(method, path, body)).json()) as Json;
  }

  private async request(method: string, path: string, body?: Json): Promise<Response> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: { 'content-type': 'application/json', accept: 'application/activity+json', ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    return response;
  }
}

/** How μpub names what is from elsewhere in its own addresses. */
function localId(uri: string, own: string): string {
  const isLocal = new URL(uri).origin === new URL(own).origin;
  return isLocal ? (new URL(uri).pathname.split('/')[2] ?? '') : `+${Buffer.from(uri).toString('base64url')}`;
}
