import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, until } from '@trunkline/testing';
import { ChildServer } from '../world/child-server.js';
import type { Draft, Json, Peer, Place, RunningPeer } from './peer.js';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const CONTEXT = 'https://www.w3.org/ns/activitystreams';
const PUPPET = join(import.meta.dirname, '..', '..', 'puppets', 'bovine-server.py');

/** bovine: Python, reads everything as JSON-LD, shows its actors to nobody who does not sign, every address a riddle, no shared inbox. */
export const bovine: Peer = {
  name: 'bovine',
  install: '`python3 -m venv FOLDER && FOLDER/bin/pip install bovine-herd==0.5.19`, and BOVINE_FOLDER=FOLDER.',
  find(env) {
    const folder = env['BOVINE_FOLDER'];
    return folder !== undefined && existsSync(join(folder, 'bin', 'python')) ? folder : null;
  },
  start,
};

interface Who {
  readonly id: string;
  readonly followers: string;
  readonly following: string;
  readonly inbox: string;
  readonly version: string;
}

async function start(folder: string, place: Place): Promise<RunningPeer> {
  const puppetPort = await freePort();
  const child = await ChildServer.start({
    command: join(folder, 'bin', 'python'),
    args: [PUPPET, String(place.port), String(puppetPort)],
    folder: place.folder,
    env: { DOMAIN: place.domain, SSL_CERT_FILE: place.authority, PYTHONUNBUFFERED: '1' },
    readyUrl: `http://127.0.0.1:${place.port}/.well-known/nodeinfo`,
  });
  const puppet = new BovinePuppet(`http://127.0.0.1:${puppetPort}/`);
  const who = await until('the puppet', () => puppet.ask<Who>('who'));
  return { version: `bovine ${who.version}`, handle: `puppet@${place.domain}`, uri: who.id, ...puppet.sides(who), lacks: { 'our poll': 'keeps no polls', 'their post to followers': 'tells nobody which collection they are' }, stop: () => child.stop() };
}

class BovinePuppet {
  /** What it said, by type and object: what is taken back is named by its id. */
  private readonly said = new Map<string, Json>();

  constructor(private readonly url: string) {}

  async ask<T>(act: string, value?: unknown): Promise<T> {
    const response = await fetch(this.url, { method: 'POST', body: JSON.stringify({ act, value }) });
    const { result, error } = (await response.json()) as { result: T; error?: string };
    if (error !== undefined) throw new Error(`${act}: ${error}`);
    return result;
  }

  sides(who: Who): Pick<RunningPeer, 'acts' | 'looks'> {
    const say = (type: string, object: unknown, to: readonly string[], cc: readonly string[] = []) => this.say({ type, actor: who.id, object, to, cc });
    const toOwner = (type: string) => async (object: string) => void (await say(type, object, [await this.ownerOf(object)]));
    const undo = (type: string) => async (object: string) => {
      await say('Undo', this.said.get(`${type} ${object}`) ?? { type, actor: who.id, object }, [await this.ownerOf(object)], type === 'Announce' ? [who.followers] : []);
    };
    const open = { to: [PUBLIC], cc: [who.followers] };
    return {
      acts: {
        follow: toOwner('Follow'),
        unfollow: undo('Follow'),
        acceptFollow: async (person) => {
          const follow = await until(`the Follow of ${person} at bovine`, () => this.heard(who, (one) => one['type'] === 'Follow' && one['actor'] === person));
          await say('Accept', follow, [person]);
        },
        post: (draft) => this.post(who, draft),
        edit: async (id, content) => void (await say('Update', { ...(await this.stored(id)), content, updated: new Date().toISOString() }, open.to, open.cc)),
        remove: async (id) => void (await say('Delete', id, open.to, open.cc)),
        like: toOwner('Like'),
        unlike: undo('Like'),
        boost: async (object) => void (await say('Announce', object, [PUBLIC], [who.followers, await this.ownerOf(object)])),
        unboost: undo('Announce'),
        block: toOwner('Block'),
        rename: async (name) => void (await say('Update', { ...(await this.ask<Json>('fetched', who.id)), name }, open.to, open.cc)),
      },
      looks: {
        person: (uri) => this.ask('fetched', uri),
        post: async (uri) => this.living(await this.ask('stored', uri)),
        fetched: (uri) => this.ask('fetched', uri),
        follows: async (person) => (await this.members(who.following)).includes(person),
        followedBy: async (person) => (await this.members(who.followers)).includes(person),
        likes: async (post) => (await this.members(`${post}/likes`)).length,
        boosts: async (post) => (await this.members(`${post}/shares`)).length,
        replies: async (post) => (await this.members(`${post}/replies`)).length,
        heard: async (type, about) => (await this.heard(who, (one) => one['type'] === type && JSON.stringify(one['object'] ?? null).includes(`"${about}"`))) !== null,
      },
    };
  }

  private readonly members = (collection: string): Promise<readonly string[]> => this.ask('members', collection);
  private readonly stored = (id: string): Promise<Json> => this.ask('stored', id);
  private readonly living = (json: Json | null): Json | null => (json?.['type'] === 'Tombstone' ? null : json);

  /** @returns the id of its object */
  private async say(activity: Json): Promise<string> {
    const said = await this.ask<{ readonly activity: Json; readonly object: string }>('say', { '@context': CONTEXT, ...activity });
    this.said.set(`${String(activity['type'])} ${said.object}`, said.activity);
    return said.object;
  }

  /** The newest of what came that fits. */
  private async heard(who: Who, fits: (activity: Json) => boolean): Promise<Json | null> {
    for (const id of (await this.members(who.inbox)).toReversed()) {
      const activity = await this.stored(id);
      if (activity !== null && fits(activity)) return activity;
    }
    return null;
  }

  private async ownerOf(uri: string): Promise<string> {
    const document = (await this.stored(uri).catch(() => null)) ?? (await this.ask<Json>('fetched', uri));
    return typeof document['attributedTo'] === 'string' ? document['attributedTo'] : uri;
  }

  private post(who: Who, { text, audience, inReplyTo, warning, mentions = [] }: Draft): Promise<string> {
    const named = mentions.map(({ uri }) => uri);
    const to = audience === 'public' ? [PUBLIC] : audience === 'unlisted' || audience === 'followers' ? [who.followers] : [audience.to];
    const cc = audience === 'public' ? [who.followers, ...named] : audience === 'unlisted' ? [PUBLIC, ...named] : named;
    const note = {
      type: 'Note',
      attributedTo: who.id,
      content: [...mentions.map(({ handle }) => `@${handle}`), text].join(' '),
      published: new Date().toISOString(),
      to,
      cc,
      ...(inReplyTo === undefined ? {} : { inReplyTo }),
      ...(warning === undefined ? {} : { summary: warning, sensitive: true }),
      tag: mentions.map(({ uri, handle }) => ({ type: 'Mention', href: uri, name: `@${handle}` })),
    };
    return this.say({ type: 'Create', actor: who.id, object: note, to, cc });
  }
}
