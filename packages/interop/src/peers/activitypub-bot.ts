import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@trunkline/testing';
import { ChildServer } from '../world/child-server.js';
import type { Draft, Json, Peer, Place, RunningPeer } from './peer.js';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const PACKAGE = join('node_modules', '@evanp', 'activitypub-bot');
const PUPPET = join(import.meta.dirname, '..', '..', 'puppets', 'activitypub-bot.mjs');

/** activitypub.bot, the server of tags.pub and of relays: RFC 9421 first, threads as collections, keys of their own address. */
export const activitypubBot: Peer = {
  name: 'activitypub-bot',
  install: 'In a folder of your own: `npm install --omit=optional @evanp/activitypub-bot@0.51 pg`, and ACTIVITYPUB_BOT_FOLDER=that folder.',
  find(env) {
    const folder = env['ACTIVITYPUB_BOT_FOLDER'];
    return folder !== undefined && existsSync(join(folder, PACKAGE)) ? folder : null;
  },
  start,
};

async function start(folder: string, place: Place): Promise<RunningPeer> {
  const { version } = JSON.parse(readFileSync(join(folder, PACKAGE, 'package.json'), 'utf8')) as { version: string };
  const puppetPort = await freePort();
  const origin = `https://${place.domain}`;
  const child = await ChildServer.start({
    command: process.execPath,
    args: [join(folder, PACKAGE, 'bin', 'activitypub-bot.js'), '--bots-config-file', PUPPET, '--origin', origin, '--port', String(place.port), '--log-level', 'debug'],
    folder: place.folder,
    env: { PEER_FOLDER: folder, PUPPET_PORT: String(puppetPort), ALLOW_PRIVATE: 'true', DATABASE_URL: await place.database(), NODE_EXTRA_CA_CERTS: place.authority },
    readyUrl: `http://127.0.0.1:${place.port}/livez`,
  });
  const ask = async <T>(act: string, value?: unknown): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${puppetPort}/`, { method: 'POST', body: JSON.stringify({ act, value }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${act}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  };
  const tell = (act: string) => (id: string) => ask<void>(act, id);
  const uri = `${origin}/user/puppet`;
  const heard = async (): Promise<Json[]> => ask('heard');
  const holds = async (post: string): Promise<Json | null> => (await heard()).map(({ object }) => object as Json).findLast((object) => object?.['id'] === post && object['content'] !== undefined) ?? null;
  return {
    version: `activitypub.bot ${version}`,
    handle: `puppet@${place.domain}`,
    uri,
    acts: {
      follow: tell('follow'),
      unfollow: tell('unfollow'),
      post: (draft) => ask('note', noteOf(draft, uri)),
      edit: (id, text) => ask('edit', { id, text }),
      remove: tell('remove'),
      like: tell('like'),
      unlike: tell('unlike'),
      boost: tell('boost'),
      unboost: tell('unboost'),
    },
    looks: {
      person: (id) => ask('object', id),
      post: holds,
      fetched: (id) => ask('object', id),
      follows: (id) => ask('follows', id),
      followedBy: (id) => ask('followedBy', id),
      likes: (post) => totalOf(`${post}/likes`),
      boosts: (post) => totalOf(`${post}/shares`),
      replies: (post) => totalOf(`${post}/replies`),
      heard: async (type, about) => (await heard()).some((activity) => activity['type'] === type && JSON.stringify(activity['object'] ?? null).includes(`"${about}"`)),
    },
    lacks: { 'their content warning': 'has none', 'they block us': 'tells nobody' },
    stop: () => child.stop(),
  };
}

function noteOf(draft: Draft, uri: string): Json {
  const followers = `${uri}/followers`;
  const named = (draft.mentions ?? []).map((mention) => mention.uri);
  const { audience } = draft;
  const to = audience === 'public' ? [PUBLIC] : audience === 'unlisted' || audience === 'followers' ? [followers] : [audience.to];
  const cc = audience === 'public' ? [followers, ...named] : audience === 'unlisted' ? [PUBLIC, ...named] : named;
  const text = [...(draft.mentions ?? []).map(({ handle }) => `@${handle}`), draft.text].join(' ');
  return { text, to, cc, ...(draft.inReplyTo === undefined ? {} : { inReplyTo: draft.inReplyTo }) };
}

/** Anybody may count them. */
async function totalOf(collection: string): Promise<number> {
  const response = await fetch(collection, { headers: { accept: 'application/activity+json' } });
  return ((await response.json()) as { totalItems?: number }).totalItems ?? 0;
}
