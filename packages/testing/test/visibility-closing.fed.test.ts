import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until, type TestPerson } from '../src/index.js';
import { Ears, STREAMS, type Stream } from './visibility-ears.js';
import { TAG, VisibilityStage, type Published, type Viewer } from './visibility-stage.js';

jest.setTimeout(120_000);

// What was open closes on every path at once. The tests follow one another: ties end, the author goes last.
let stage: VisibilityStage;
let ears: Ears;

beforeAll(async () => {
  stage = await VisibilityStage.start();
  ears = await Ears.open(stage);
  await stage.publish();
  await ears.fence('thefirstfence');
});
afterAll(async () => {
  ears?.close();
  await stage?.stop();
});

const author = (): TestPerson => stage.people.author;
const idOf = async (handle: string): Promise<string> =>
  (await author().api.get<{ id: string }>(`/api/v1/accounts/lookup?acct=${encodeURIComponent(handle)}`)).id;
const edit = (id: string, status: string): Promise<unknown> =>
  author().api.ask('PUT', `/api/v1/statuses/${id}`, { status }).then((answer) => expect(answer.status).toBe(200));
const statusFor = async (server: 'follower server' | 'mentioned server' | 'stranger server', url: string): Promise<number> => (await stage.read(server, url)).status;

/** The paths on which this viewer is shown the status, of all that could. */
async function pathsShowing(viewer: Viewer, { id, uri, word }: Published): Promise<string[]> {
  const { api, account } = stage.people[viewer];
  const shown: string[] = [];
  if ((await api.ask('GET', `/api/v1/statuses/${id}`)).status !== 404) shown.push('itself');
  if ((await stage.server.backbone.feeds.read(account.id))?.ids.some((shown) => shown === id) === true) shown.push('the feed in Redis');
  const lists = {
    'home': '/api/v1/timelines/home?limit=40',
    'public': '/api/v1/timelines/public?limit=40',
    'tag': `/api/v1/timelines/tag/${TAG}?limit=40`,
    'notifications': '/api/v1/notifications?limit=80',
    'grouped notifications': '/api/v2/notifications?limit=80',
    "the author's posts": `/api/v1/accounts/${author().account.id}/statuses?limit=40`,
    'search': `/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(uri)}`,
  };
  for (const [name, path] of Object.entries(lists)) {
    const { body } = await api.ask('GET', path);
    if (JSON.stringify(body).includes(`"id":"${id}"`) || JSON.stringify(body).includes(word)) shown.push(name);
  }
  return shown;
}

describe('a deletion', () => {
  test.each<[string, readonly Viewer[], readonly Viewer[]]>([
    ['public', ['author', 'follower'], ['author', 'follower', 'mentioned', 'stranger', 'blocked']],
    ['unlisted', ['author', 'follower'], []],
    ['private', ['author', 'follower'], []],
    ['direct', ['author'], []],
  ])('of something %s is told to those alone who could have it', async (visibility, ownStream, publicStreams) => {
    const { id } = await stage.write(author(), `passing ${visibility}`, { visibility });
    await stage.server.settled();
    await author().api.delete(`/api/v1/statuses/${id}`);
    await stage.server.settled();
    await ears.fence(`thefenceafter${visibility}`);
    const hearers = (stream: Stream): Viewer[] => ears.hearersOf(stream, id, (event) => event === 'delete');
    for (const stream of ['user', 'SSE user'] as const) expect([stream, hearers(stream)]).toEqual([stream, ownStream]);
    for (const stream of ['public', 'SSE public', 'public:local', 'hashtag', 'SSE hashtag'] as const) expect([stream, hearers(stream)]).toEqual([stream, publicStreams]);
    for (const stream of ['user:notification', 'SSE user/notification'] as const) expect([stream, hearers(stream)]).toEqual([stream, []]);
  });
});

describe('a follow that ends', () => {
  test('here: what only followers see is gone, what all see stays', async () => {
    expect(await pathsShowing('follower', stage.item('private'))).toEqual(['itself', 'the feed in Redis', 'home', "the author's posts", 'search']);
    await stage.people.follower.api.post(`/api/v1/accounts/${author().account.id}/unfollow`);
    // The feed is cleaned by an event: until then the rule, asked at each reading, keeps it shut.
    expect((await pathsShowing('follower', stage.item('private'))).filter((path) => path !== 'the feed in Redis')).toEqual([]);
    await stage.server.settled();
    for (const item of ['private', 'boost of private'] as const) expect([item, await pathsShowing('follower', stage.item(item))]).toEqual([item, []]);
    expect(await pathsShowing('follower', stage.item('public'))).toEqual(['itself', 'public', 'tag', "the author's posts", 'search']);
  });

  test('elsewhere: documents are shut, and nothing more is sent', async () => {
    const fay = stage.remotes['follower server'];
    const { id } = stage.item('private');
    expect(await statusFor('follower server', stage.objectUrl(id))).toBe(200);
    const follow = fay.person.activity('Follow', author().account.uri);
    await fay.sendActivity(`http://${stage.server.domain}/inbox`, fay.person.activity('Undo', follow));
    await until('the follow to end', async () => (await statusFor('follower server', stage.objectUrl(id))) === 404);
    for (const path of ['/activity', '/replies']) expect([path, await statusFor('follower server', stage.objectUrl(id) + path)]).toEqual([path, 404]);
    expect(await statusFor('follower server', `${stage.objectUrl(stage.item('boost of private').id)}/activity`)).toBe(404);
    await stage.server.settled();
    await edit(id, `@mentioned @${stage.remotes['mentioned server'].person.handle} wordafterwards`);
    await stage.remotes['mentioned server'].untilPost('the edit', ({ body }) => body.includes('wordafterwards'));
    await stage.server.settled();
    expect(fay.posts.filter(({ body }) => body.includes('wordafterwards'))).toEqual([]);
    await ears.fence('thesecondfence');
    for (const stream of STREAMS) expect(ears.text('follower', stream)).not.toContain('wordafterwards');
  });
});

describe('an answer in public to something hidden', () => {
  test('shows itself, and nothing of what it answers', async () => {
    const mia = stage.remotes['mentioned server'];
    const parent = stage.item('private');
    const note = mia.person.note('wordofthereply', { inReplyTo: parent.uri });
    await mia.sendActivity(`http://${stage.server.domain}/inbox`, mia.person.create(note));
    const [reply] = await until('the reply', async () => {
      const found = await stage.server.backbone.store.statusesByUris([note.id]);
      return found.length > 0 && found;
    });
    await stage.server.settled();
    const context = async (viewer: Viewer): Promise<unknown[]> =>
      (await stage.people[viewer].api.get<{ ancestors: { id: string }[] }>(`/api/v1/statuses/${reply?.id}/context`)).ancestors.map(({ id }) => id);
    expect(await context('mentioned')).toEqual([parent.id]);
    for (const viewer of ['stranger', 'follower', 'blocked'] as const) expect([viewer, await context(viewer)]).toEqual([viewer, []]);
    const anonymous = await stage.read('anonymous', `${stage.server.url}/api/v1/statuses/${reply?.id}/context`);
    expect(JSON.parse(anonymous.body)).toEqual({ ancestors: [], descendants: [] });
    const { body } = await stage.page(`/@${mia.person.handle}/${reply?.id}`);
    expect(stage.wordsIn(body)).toEqual([]);
    // Below what is hidden, nobody learns that it was answered.
    expect(await statusFor('stranger server', `${stage.objectUrl(parent.id)}/replies`)).toBe(404);
    expect((await stage.people.stranger.api.ask('GET', `/api/v1/statuses/${parent.id}/context`)).status).toBe(404);
  });
});

describe('a block', () => {
  test('here: everything is gone for who was named', async () => {
    expect(await pathsShowing('mentioned', stage.item('direct'))).toEqual(['itself', 'notifications', 'grouped notifications', "the author's posts", 'search']);
    await author().api.post(`/api/v1/accounts/${stage.people.mentioned.account.id}/block`);
    for (const item of ['public', 'unlisted', 'private', 'direct'] as const) expect([item, await pathsShowing('mentioned', stage.item(item))]).toEqual([item, []]);
  });

  test('elsewhere: documents are shut, edits and new posts are not sent; what is deleted is', async () => {
    const mia = stage.remotes['mentioned server'];
    const [direct, hidden, open] = [stage.item('direct'), stage.item('private'), stage.item('public')];
    expect(await statusFor('mentioned server', stage.objectUrl(direct.id))).toBe(200);
    await author().api.post(`/api/v1/accounts/${await idOf(mia.person.handle)}/block`);
    await stage.server.settled();
    for (const { id } of [direct, hidden]) for (const path of ['', '/activity', '/replies']) expect(await statusFor('mentioned server', stage.objectUrl(id) + path)).toBe(404);
    // What anybody may read, anybody's server may read.
    expect(await statusFor('mentioned server', stage.objectUrl(open.id))).toBe(200);
    for (const { id } of [direct, hidden, open]) await edit(id, `@${mia.person.handle} wordbehindtheblock`);
    for (const visibility of ['public', 'private', 'direct']) await stage.write(author(), 'wordbehindtheblock', { visibility });
    await stage.server.settled();
    expect(mia.posts.filter(({ body }) => body.includes('wordbehindtheblock')).map(({ type }) => type)).toEqual([]);
    await author().api.delete(`/api/v1/statuses/${direct.id}`);
    await mia.untilPost('the deletion', ({ type, body }) => type === 'Delete' && body.includes(direct.uri));
  });
});

describe('an author who is suspended', () => {
  test('is gone from all paths, others’ collections and boosts included', async () => {
    const { host, owner, crier } = stage.people;
    const root = await stage.write(host, 'wordoftheroot');
    const answer = await stage.write(author(), 'wordoftheanswer', { in_reply_to_id: root.id });
    const boost = await crier.api.post<{ id: string }>(`/api/v1/statuses/${answer.id}/reblog`);
    await stage.server.settled();
    const [replies, announce] = [`${stage.objectUrl(root.id, host.account.uri)}/replies?page=true`, `${stage.objectUrl(boost.id, crier.account.uri)}/activity`];
    expect((await stage.read('anonymous', replies)).body).toContain(answer.uri);
    expect((await stage.read('anonymous', announce)).status).toBe(200);
    await owner.api.post(`/api/v1/admin/accounts/${author().account.id}/action`, { type: 'suspend' });
    await stage.server.settled();

    for (const url of [replies, replies.replace('?page=true', ''), `${crier.account.uri}/outbox?page=true`]) {
      const { status, body } = await stage.read('anonymous', url);
      expect([url, status, body.includes(answer.uri)]).toEqual([url, 200, false]);
    }
    expect((await stage.read('anonymous', announce)).status).toBe(404);
    for (const viewer of ['follower', 'stranger', 'mentioned'] as const) {
      for (const post of [stage.item('public'), stage.item('boost of public'), answer]) expect([viewer, post.word, (await stage.people[viewer].api.ask('GET', `/api/v1/statuses/${post.id}`)).status]).toEqual([viewer, post.word, 404]);
      expect([viewer, await pathsShowing(viewer, answer)]).toEqual([viewer, []]);
    }
  });

  // The account itself is known to be closed; whether one of its posts ever existed, nobody can tell.
  test('leaves pages and documents that say the same of every post', async () => {
    const uri = author().account.uri;
    for (const item of ['public', 'unlisted', 'private', 'direct', 'boost of public', 'boost of private'] as const) {
      const { id, word } = stage.item(item);
      const page = await stage.page(`/@author/${id}`);
      expect([item, page.status, page.body.includes(word)]).toEqual([item, 404, false]);
      for (const reader of ['anonymous', 'follower server', 'mentioned server'] as const) {
        const [found, unknown] = [await stage.read(reader, stage.objectUrl(id)), await stage.read(reader, stage.objectUrl('117000000000000000'))];
        expect([found.status, found.body]).toEqual([403, unknown.body]);
        expect(unknown.status).toBe(403);
      }
      const handOver = await stage.page(`/authorize_interaction?uri=${encodeURIComponent(stage.objectUrl(id))}`);
      expect(handOver.body.includes(word)).toBe(false);
    }
    expect([(await stage.page('/@author')).status, (await stage.page('/@author.rss')).status]).toEqual([403, 403]);
    for (const path of ['/outbox?page=true', '/followers', '/collections/featured']) expect([path, (await stage.read('follower server', uri + path)).status]).toEqual([path, 403]);
    // Its key has to be there for those who are told; nothing else is.
    const stub = await stage.read('follower server', uri);
    expect([stub.status, stage.wordsIn(stub.body)]).toEqual([200, []]);
    for (const path of [`/tags/${TAG}`, '/']) expect(stage.wordsIn((await stage.page(path)).body).filter((item) => item !== 'boost of public')).toEqual([]);
  });

  test('is not sent out any more, and streams nothing', async () => {
    const before = stage.remotes['follower server'].posts.length;
    const { store } = stage.server.backbone;
    expect((await store.accountsByIds([author().account.id]))[0]?.suspendedAt).not.toBeNull();
    expect((await author().api.ask('POST', '/api/v1/statuses', { status: 'wordfrombehind' })).status).toBe(401);
    await stage.server.settled();
    expect(stage.remotes['follower server'].posts).toHaveLength(before);
  });
});
