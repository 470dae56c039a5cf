// The bots of an activitypub.bot server that does what it is told: its configuration file names this one. Whoever knows
// the port (127.0.0.1 alone) makes `puppet` act and looks at what reached it. Plain JavaScript: it runs in that process.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const { PEER_FOLDER, PUPPET_PORT } = process.env;
const { Bot } = await import(pathToFileURL(join(PEER_FOLDER, 'node_modules/@evanp/activitypub-bot/lib/index.js')).href);

class PuppetBot extends Bot {
  heard = [];

  async handleActivity(activity) {
    this.heard.push(await activity.export({ useOriginalContext: true }));
    return false;
  }

  get context() {
    return this._context;
  }
}

const puppet = new PuppetBot('puppet', { fullname: 'A puppet', description: 'Does what it is told.' });

const acts = {
  follow: async (context, id) => void (await context.followActor(await context.getObject(id))),
  unfollow: async (context, id) => void (await context.unfollowActor(await context.getObject(id))),
  note: async (context, { text, ...to }) => (await context.sendNote(text, to)).id,
  edit: async (context, { id, text }) => void (await context.updateNote(await context.getObject(id), text)),
  remove: async (context, id) => void (await context.deleteNote(await context.getObject(id))),
  like: async (context, id) => void (await context.likeObject(await context.getObject(id))),
  unlike: async (context, id) => void (await context.unlikeObject(await context.getObject(id))),
  boost: async (context, id) => void (await context.announceObject(await context.getObject(id))),
  unboost: async (context, id) => void (await context.unannounceObject(await context.getObject(id))),
  object: async (context, id) => (await context.getObject(id)).export({ useOriginalContext: true }),
  follows: async (context, id) => context.isFollowing(await context.getObject(id)),
  followedBy: async (context, id) => context.isFollower(await context.getObject(id)),
  heard: async () => puppet.heard,
};

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { act, value } = JSON.parse(Buffer.concat(chunks).toString() || '{}');
  try {
    const result = act === undefined ? null : await acts[act](puppet.context, value);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? null));
  } catch (error) {
    response.writeHead(409).end(String(error?.stack ?? error));
  }
}

createServer((request, response) => void answer(request, response)).listen(Number(PUPPET_PORT), '127.0.0.1');

// oxlint-disable-next-line import/no-default-export -- the server reads its configuration so.
export default { puppet };
