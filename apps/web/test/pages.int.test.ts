import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Status, Visibility } from '@trunkline/domain';
import { withBackbone } from '@trunkline/platform';
import { boostStatus, publishStatus } from '@trunkline/social';
import { startTestServer, type TestPerson, type TestServer } from '@trunkline/testing';
import { WebModule } from '../src/index.js';

let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;
const posts = new Map<string, Status>();

async function post(author: TestPerson, text: string, more: { visibility?: Visibility; spoilerText?: string; inReplyToId?: Status['id'] } = {}): Promise<Status> {
  const draft = { text, spoilerText: '', sensitive: false, visibility: 'public' as Visibility, language: 'en', inReplyToId: null, application: null, idempotencyKey: null };
  const made = await publishStatus(server.backbone, author.account, { ...draft, ...more });
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

beforeAll(async () => {
  server = await startTestServer({ service: { name: 'web', module: WebModule, ...withBackbone({ consumes: false }) } });
  [alice, bob] = [await server.person('alice'), await server.person('bob')];
  await server.backbone.store.transaction((tx) => tx.updateAccount(alice.account.id, { displayName: 'Alice <3', note: 'I write about #cats' }));
  posts.set('public', await post(alice, 'Hello <script>alert(1)</script> #cats'));
  posts.set('private', await post(alice, 'only for followers', { visibility: 'private' }));
  posts.set('unlisted', await post(alice, 'a quiet word', { visibility: 'unlisted' }));
  posts.set('warned', await post(alice, 'the butler did it', { spoilerText: 'Spoiler' }));
  posts.set('reply', await post(bob, 'nice to meet you', { inReplyToId: posts.get('public')?.id }));
  const boosted = await boostStatus(server.backbone, bob.account, posts.get('warned')?.id ?? ('0' as Status['id']), null);
  if (!boosted.ok) throw new Error(boosted.error.code);
}, 60_000);
afterAll(() => server.stop());

interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}
async function open(path: string, accept = 'text/html,application/xhtml+xml,*/*;q=0.8'): Promise<Page> {
  const response = await fetch(server.url + path, { headers: { accept }, redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
const idOf = (name: string): string => posts.get(name)?.id ?? '';

describe('the profile', () => {
  test('shows who it is and what strangers may see', async () => {
    const page = await open('/@alice');
    expect(page.status).toBe(200);
    expect(page.text).toContain('Alice &lt;3');
    expect(page.text).toContain('a quiet word');
    expect(page.text).not.toContain('only for followers');
    expect(page.text).not.toContain('<script>alert');
    expect(page.text).toContain(`<link rel="alternate" type="application/activity+json" href="${alice.account.uri}">`);
    expect(page.text).toContain('<meta property="og:title" content="Alice &lt;3');
    expect(page.headers.get('vary')).toBe('Accept');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
  });

  test('names are found in any case, and with our own domain', async () => {
    expect((await open('/@ALICE')).status).toBe(200);
    expect((await open(`/@alice@${server.domain}`)).status).toBe(200);
  });

  test('sends servers to the actor', async () => {
    for (const accept of ['application/activity+json', 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"']) {
      const page = await open('/@alice', accept);
      expect([page.status, page.headers.get('location'), page.headers.get('vary')]).toEqual([302, alice.account.uri, 'Accept']);
    }
  });

  test('pages through older posts', async () => {
    const page = await open(`/@alice?max_id=${idOf('unlisted')}`);
    expect(page.text).not.toContain('a quiet word');
    expect(page.text).toContain('Hello &lt;script&gt;');
  });

  test('S124 as RSS holds own public posts alone', async () => {
    const page = await open('/@alice.rss');
    expect(page.headers.get('content-type')).toBe('application/rss+xml; charset=utf-8');
    expect(page.text).toMatch(/^<\?xml version="1.0"/);
    expect(page.text).toContain(`<guid isPermaLink="true">${posts.get('public')?.url ?? '-'}</guid>`);
    expect(page.text).not.toContain('a quiet word');
    expect(page.text.match(/<item>/g)).toHaveLength(2);
  });

  test.each(['/@nobody', '/@nobody@elsewhere.example', '/@', '/@alice..', '/@%00', '/@nobody.rss', `/@${'a'.repeat(600)}`])('%s is not found', async (path) => {
    expect([404, 414]).toContain((await open(path)).status);
  });

  test('of somebody suspended is closed at once', async () => {
    const gone = await server.person('mallory');
    await server.backbone.store.transaction((tx) => tx.updateAccount(gone.account.id, { suspendedAt: new Date() }));
    expect((await open('/@mallory')).status).toBe(403);
    expect((await open('/@mallory.rss')).status).toBe(403);
  });
});

describe('a post', () => {
  test('stands with its thread', async () => {
    const page = await open(`/@alice/${idOf('public')}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('class="status focused"');
    expect(page.text).toContain('nice to meet you');
    expect(page.text).toContain('<meta property="og:type" content="article">');
  });

  test('hides what a warning hides, in previews too', async () => {
    const page = await open(`/@alice/${idOf('warned')}`);
    expect(page.text).toContain('<summary>Spoiler</summary>');
    expect(/<meta name="description" content="([^"]*)"/.exec(page.text)?.[1]).toBe('Content warning: Spoiler');
  });

  test('that is not public does not exist here', async () => {
    for (const accept of ['text/html', 'application/activity+json']) expect((await open(`/@alice/${idOf('private')}`, accept)).status).toBe(404);
    expect((await open('/@alice/123')).status).toBe(404);
    expect((await open('/@alice/abc')).status).toBe(404);
  });

  test('sends servers to the object, and readers to its author', async () => {
    const object = await open(`/@alice/${idOf('public')}`, 'application/activity+json');
    expect([object.status, object.headers.get('location')]).toEqual([302, posts.get('public')?.uri]);
    const wrong = await open(`/@bob/${idOf('public')}`);
    expect([wrong.status, wrong.headers.get('location')]).toEqual([302, `/@alice/${idOf('public')}`]);
  });
});

describe('other pages', () => {
  test('the front door shows the newest public posts of this server', async () => {
    const page = await open('/');
    expect(page.status).toBe(200);
    expect(page.text).toContain('the butler did it');
    expect(page.text).not.toContain('a quiet word');
    expect(page.text).toContain('href="/home"');
  });

  test('a tag shows its posts, however it is written', async () => {
    expect((await open('/tags/Cats')).text).toContain('Hello &lt;script&gt;');
    expect((await open('/tags/a%20b')).status).toBe(404);
  });

  test('about and the signed-in page open', async () => {
    expect((await open('/about')).text).toContain('id="rules"');
    const home = await open('/home');
    expect(home.text).toContain('<script type="module" src="/assets/home.js"></script>');
    expect(home.headers.get('content-security-policy')).not.toContain('unsafe');
  });

  test('who comes from elsewhere sees what they came for, as far as strangers may', async () => {
    const found = await open(`/authorize_interaction?uri=${encodeURIComponent(posts.get('public')?.uri ?? '')}`);
    expect(found.text).toContain('Hello &lt;script&gt;');
    const secret = await open(`/authorize_interaction?uri=${encodeURIComponent(posts.get('private')?.uri ?? '')}`);
    expect(secret.text).not.toContain('only for followers');
    const person = await open(`/authorize_interaction?uri=${encodeURIComponent(`acct:${bob.handle}`)}`);
    expect(person.text).toContain('@bob');
    expect((await open('/authorize_interaction?uri=%3Cscript%3E')).text).not.toContain('<script>');
    expect((await open('/authorize_interaction')).status).toBe(400);
  });
});

describe('files', () => {
  test.each([
    ['/favicon.ico', 'image/x-icon'],
    ['/avatars/original/missing.png', 'image/png'],
    ['/headers/original/missing.png', 'image/png'],
    ['/robots.txt', 'text/plain; charset=utf-8'],
    ['/assets/site.css', 'text/css; charset=utf-8'],
    ['/assets/home.js', 'text/javascript; charset=utf-8'],
  ])('%s is %s', async (path, type) => {
    const page = await open(path);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, type]);
    expect(page.text.length).toBeGreaterThan(50);
  });

  test('an asset that has not changed is not sent again', async () => {
    const first = await open('/assets/home.js');
    const again = await fetch(`${server.url}/assets/home.js`, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test.each(['/assets/tsconfig.json', '/assets/nothing.js', '/assets/..%2fpackage.json', '/assets/constructor'])('%s is no asset', async (path) => {
    expect((await open(path)).status).toBe(404);
  });
});
