import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

const SCRIPT = '<script>alert(1)</script>';
const MARKUP = [
  SCRIPT,
  '<img src=x onerror=alert(1)>',
  '<a href="javascript:alert(1)">a</a><a href=" java\nscript:alert(1)">b</a><a href="data:text/html,x">c</a>',
  '<form action="https://evil.example"><input name=p><button formaction="javascript:alert(1)">d</button></form>',
  '<style>*{background:url(//evil.example)}</style><meta http-equiv=refresh content="0;url=//evil.example"><base href="//evil.example/">',
  '<svg><style><img src=x onerror=alert(1)></style></svg><math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(1)&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe><embed src=x><object data=x></object>',
  '<p style="position:fixed" onclick="alert(1)" id="x" class="evil h-card">e</p>',
].join('');
/** What markup that runs, sends or loads looks like: a tag or attribute of it, or a scheme in an attribute. */
const LIVE = /<(?:script|style|form|input|button|meta|base|svg|math|iframe|embed|object|noscript|img|template|link)\b|<[^>]*\s(?:on[a-z]+|style|srcdoc|formaction|id)\s*=|(?:href|src|cite)\s*=\s*["']?\s*(?:javascript|data|vbscript):/i;

let stage: HostileStage;
let mal: ScriptedPerson;
let mine: { id: string; uri: string };
let replyId: string;
beforeAll(async () => {
  stage = await HostileStage.start();
  mal = stage.evil.addPerson('mal');
  const evilUrl = `${stage.evil.baseUrl}/"><script>alert(1)</script>.png?"onerror="alert(1)`;
  stage.evil.documents.set(
    mal.id,
    mal.actor({
      name: `${SCRIPT}<b>Mal</b> :"><script>: :evil:`,
      summary: MARKUP,
      url: 'javascript:alert(1)',
      icon: { type: 'Image', url: evilUrl },
      image: { type: 'Image', url: 'javascript:alert(1)' },
      attachment: [{ type: 'PropertyValue', name: `${SCRIPT}n`, value: MARKUP }],
      tag: [
        { type: 'Emoji', name: ':evil:', icon: { type: 'Image', url: evilUrl } },
        { type: 'Emoji', name: ':"><script>:', icon: { type: 'Image', url: `${stage.evil.baseUrl}/x.png` } },
        { type: 'Emoji', name: ':../../x:', icon: { type: 'Image', url: `${stage.evil.baseUrl}/x.png` } },
      ],
    }),
  );
  await stage.follow(stage.alice, mal);
  mine = await stage.alice.api.post('/api/v1/statuses', { status: 'a thread #evil' });
  const reply = mal.note('', {
    content: `${MARKUP}:evil:`,
    summary: `${MARKUP}warning :evil:`,
    inReplyTo: mine.uri,
    url: 'javascript:alert(1)',
    tag: [
      { type: 'Emoji', name: ':evil:', icon: { type: 'Image', url: evilUrl } },
      { type: 'Hashtag', name: '#<script>', href: 'javascript:alert(1)' },
      { type: 'Hashtag', name: '#evil', href: 'javascript:alert(1)' },
      { type: 'Mention', href: 'javascript:alert(1)', name: SCRIPT },
    ],
    attachment: [
      { type: 'Image', mediaType: 'image/png', url: evilUrl, name: `"><script>alert(1)</script>` },
      { type: 'Image', mediaType: 'image/png', url: 'data:text/html,<script>alert(1)</script>' },
      { type: 'Link', href: 'javascript:alert(1)' },
    ],
  });
  await stage.mustApply(mal, mal.create(reply));
  replyId = (await stage.status(reply.id))?.id ?? '';
  await stage.server.settled();
});
afterAll(() => stage.stop());

/** Every text in a JSON value, with its path. */
function* texts(value: unknown, path = ''): Generator<[string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) yield* texts(inner, `${path}.${key}`);
}
/** Members that clients show as HTML. */
const AS_HTML = /\.(?:content|note|value)$/;
const AS_ADDRESS = /(?:url|uri|avatar|header|avatar_static|header_static|href)$/;

test('S105 S106 S108 what the API gives to clients is clean HTML, text, or an http address', async () => {
  const account = await stage.account(mal.id);
  for (const path of [`/api/v1/statuses/${replyId}`, `/api/v1/statuses/${mine.id}/context`, `/api/v1/accounts/${account?.id}`, '/api/v1/timelines/home', '/api/v1/notifications', '/api/v1/timelines/tag/evil', '/api/v2/search?q=mal']) {
    const { status, body } = await stage.alice.api.ask('GET', path);
    expect(status).toBe(200);
    for (const [at, text] of texts(body)) {
      if (AS_HTML.test(at)) expect([path, at, LIVE.exec(text)]).toEqual([path, at, null]);
      if (AS_ADDRESS.test(at)) expect([path, at, text]).toEqual([path, at, expect.stringMatching(/^https?:\/\/[^\s"<>]*$/)]);
      if (at.endsWith('shortcode')) expect(text).toMatch(/^[\p{L}\p{N}_+-][\p{L}\p{N}_+.-]*$/u);
    }
  }
});

test('S105 an account without a good address has its id for one', async () => {
  const account = await stage.account(mal.id);
  expect(account).toMatchObject({ url: mal.id, headerUrl: null });
  expect((await stage.status(mine.uri))?.repliesCount).toBe(1);
});

test('S106 S108 S109 S138 our own pages show it as text, and allow no script of anybody else', async () => {
  const paths = [`/@alice/${mine.id}`, `/@${mal.handle}`, `/@${mal.handle}/${replyId}`, '/tags/evil', '/', `/authorize_interaction?uri=${encodeURIComponent(mal.id)}`, `/authorize_interaction?uri=${encodeURIComponent(`https://x.example/"><script>alert(1)</script>`)}`];
  for (const path of paths) {
    const answer = await fetch(stage.server.url + path, { headers: { accept: 'text/html' }, redirect: 'manual' });
    const page = await answer.text();
    expect([path, answer.status < 500]).toEqual([path, true]);
    expect([path, page.includes('alert(1)</script>'), /<[^>]*\sonerror\s*=/i.test(page), /(?:href|src)\s*=\s*["']?\s*(?:javascript|data:text)/i.test(page)]).toEqual([path, false, false, false]);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect([path, /script-src 'self'(?:;|$)/.test(policy), policy.includes('unsafe-inline')]).toEqual([path, true, false]);
  }
});

test('S226 nobody is sent to another server without a word', async () => {
  for (const path of [`/@${mal.handle}`, `/@${mal.handle}/${replyId}`]) {
    const answer = await fetch(stage.server.url + path, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([200, null]);
  }
});

test('S111 the feed of a person escapes what stands in it', async () => {
  await stage.alice.api.post('/api/v1/statuses', { status: ']]><x> <script>alert(1)</script>' });
  const feed = await (await fetch(`${stage.server.url}/@alice.rss`)).text();
  expect(feed).not.toContain('<x>');
  expect(feed).not.toContain('<script>');
  expect(feed).not.toContain(SCRIPT);
});
