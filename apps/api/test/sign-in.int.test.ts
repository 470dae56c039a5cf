import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { roomInWindow, type TestPerson, type TestServer } from '@trunkline/testing';
import { startApi } from './api-server.js';
import { PageBrowser } from './page-browser.js';

let server: TestServer;
let alice: TestPerson;

beforeAll(async () => {
  server = await startApi();
  alice = await server.person('alice');
}, 60_000);
afterAll(() => server?.stop());

const open = async (): Promise<{ browser: PageBrowser; send: (fields: Record<string, string>) => ReturnType<PageBrowser['get']> }> => {
  const browser = new PageBrowser(server.url);
  const page = await browser.get('/auth/sign_in');
  return { browser, send: (fields) => browser.submit(page, '/auth/sign_in', fields) };
};

describe('the sign-in page', () => {
  test('is a page for everybody: language, landmark, labels, no script, no frame', async () => {
    const page = await new PageBrowser(server.url).get('/auth/sign_in');
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/<html lang="en">[\s\S]*<main>[\s\S]*<h1>/);
    expect(page.text).toMatch(/<label for="field-email">[\s\S]*id="field-email"[^>]*autocomplete="username"/);
    expect(page.text).not.toMatch(/<script|style="|\son\w+=/);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self';/);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test('right: a session out of reach of scripts; sign out ends it', async () => {
    const { browser, send } = await open();
    expect(await send({ email: alice.email.toUpperCase(), password: alice.password })).toMatchObject({ status: 302, location: '/' });
    const line = browser.cookieLines.find((each) => each.startsWith('trunkline_session=')) ?? '';
    expect(line).toMatch(/HttpOnly/i);
    expect(line).toMatch(/SameSite=Lax/i);
    const out = await browser.get('/auth/sign_out');
    expect(out.text).toContain(`@alice@${server.domain}`);
    const session = browser.cookies.get('trunkline_session') ?? '';
    expect((await browser.submit(out, '/auth/sign_out', {})).location).toBe('/auth/sign_in');
    browser.cookies.set('trunkline_session', session);
    expect((await browser.get('/auth/sign_out')).location).toBe('/auth/sign_in');
  });

  test('wrong password and unknown address look alike', async () => {
    const wrong = await (await open()).send({ email: alice.email, password: 'wrong' });
    const unknown = await (await open()).send({ email: 'nobody@mail.example', password: 'wrong' });
    expect([wrong.status, unknown.status]).toEqual([422, 422]);
    const sentence = /<li>(The e-mail[^<]+)<\/li>/;
    expect(sentence.exec(wrong.text)?.[1]).toBe(sentence.exec(unknown.text)?.[1]);
    expect(wrong.text).toContain('<title>Error: ');
    expect(wrong.text).toContain('role="alert"');
  });

  // Session fixation: what somebody put into the browser before must not become a session.
  test('a planted session stays worthless, a former one ends', async () => {
    const { browser, send } = await open();
    await send({ email: alice.email, password: alice.password });
    const former = browser.cookies.get('trunkline_session') ?? '';
    const page = await browser.get('/auth/sign_in?anew=true');
    await browser.submit(page, '/auth/sign_in', { email: alice.email, password: alice.password });
    expect(browser.cookies.get('trunkline_session')).not.toBe(former);
    expect(await server.backbone.webSessions.userOf(former)).toBeNull();
    const planted = 'p'.repeat(43);
    const victim = new PageBrowser(server.url);
    victim.cookies.set('trunkline_session', planted);
    await victim.submit(await victim.get('/auth/sign_in'), '/auth/sign_in', { email: alice.email, password: alice.password });
    expect(victim.cookies.get('trunkline_session')).not.toBe(planted);
    expect(await server.backbone.webSessions.userOf(planted)).toBeNull();
  });

  test.each(['https://evil.test/', '//evil.test/', '/\\evil.test', 'javascript:alert(1)'])('it is no stepping stone to %s', async (place) => {
    const browser = new PageBrowser(server.url);
    const page = await browser.get(`/auth/sign_in?return_to=${encodeURIComponent(place)}`);
    const sent = await browser.submit(page, '/auth/sign_in', { email: alice.email, password: alice.password, return_to: place });
    expect(sent).toMatchObject({ status: 302, location: '/' });
  });

  test('without a form token nothing is tried', async () => {
    const { browser } = await open();
    expect((await browser.post('/auth/sign_in', { email: alice.email, password: alice.password })).status).toBe(403);
    expect((await browser.post('/auth/sign_out', {})).status).toBe(403);
    expect(browser.cookies.has('trunkline_session')).toBe(false);
  });

  test('after twenty tries from one place even the right password waits', async () => {
    const bob = await server.person('bob');
    const { send } = await open();
    await roomInWindow(server, 300, 30);
    for (let count = 0; count < 20; count += 1) await send({ email: bob.email, password: 'wrong' });
    const right = await send({ email: bob.email, password: bob.password });
    expect(right.status).toBe(429);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await send({ email: alice.email, password: alice.password })).status).toBe(302);
  }, 90_000);

  test('what is typed comes back as text', async () => {
    const { send } = await open();
    const page = await send({ email: '"><script>alert(1)</script>', password: 'x' });
    expect(page.text).not.toContain('<script');
  });
});
