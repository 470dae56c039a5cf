import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Visibility } from '@trunkline/domain';
import { startFediverse, type Fediverse, type TestPerson } from '@trunkline/testing';
import { chromium, type Browser, type Page } from 'playwright-core';

jest.setTimeout(60_000);

let fediverse: Fediverse;
let browser: Browser;
let alice: TestPerson;
let bob: TestPerson;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  const executablePath = process.env['CHROMIUM_PATH'];
  if (executablePath === undefined) throw new Error('this test needs Chromium: run it through `npm test`, or set CHROMIUM_PATH');
  fediverse = await startFediverse();
  [alice, bob] = [await fediverse.home.person('alice'), await fediverse.away.person('bob')];
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  page = await browser.newPage();
  // A policy that blocks something of ours, and a script that fails, both speak here.
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await fediverse?.stop();
});

const home = (): string => fediverse.home.backbone.settings.baseUrl;
const post = (person: TestPerson, status: string, visibility: Visibility = 'public'): Promise<unknown> => person.api.post('/api/v1/statuses', { status, visibility });

test('a newcomer signs in, and out of the consent page comes home', async () => {
  await page.goto(`${home()}/home`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail address').fill(alice.email);
  await page.getByLabel('Password').fill(alice.password);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.getByRole('button', { name: /authori[sz]e/i }).click();
  await page.getByText('Signed in as').waitFor();
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/home');
});

test('she finds and follows somebody on another server', async () => {
  await page.getByLabel('Follow somebody').fill(`@${bob.handle}`);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('button', { name: 'Follow', exact: true }).click();
  await fediverse.settled();
  // The page notices by itself that the other server has accepted.
  await page.getByRole('button', { name: 'Unfollow' }).waitFor();
});

test('his post crosses, is announced without moving anything, and shown when asked for', async () => {
  await post(bob, 'hello from <away>');
  const fresh = page.getByRole('button', { name: '1 new post' });
  await fresh.waitFor();
  expect(await page.getByText('hello from <away>').count()).toBe(0);
  await fresh.click();
  await page.getByText('hello from <away>').waitFor();
});

test('she favourites it and answers with a warning; he gets both', async () => {
  const article = page.locator('article.status', { hasText: 'hello from <away>' });
  await article.getByRole('button', { name: /Favourite/ }).click();
  await article.getByRole('button', { name: 'Favourite (1)', pressed: true }).waitFor();
  await article.getByRole('button', { name: /Reply/ }).click();
  const text = page.getByLabel('What is on your mind?');
  expect(await text.inputValue()).toBe(`@${bob.handle} `);
  await text.pressSequentially('hello yourself');
  await page.getByLabel('Content warning').fill('greetings');
  await page.getByRole('button', { name: 'Post', exact: true }).click();
  await page.locator('article.status', { hasText: 'greetings' }).waitFor();
  await fediverse.settled();
  const notices = await bob.api.get<{ type: string; status?: { spoiler_text: string } }[]>('/api/v1/notifications');
  expect(notices.map(({ type }) => type).sort()).toEqual(['favourite', 'follow', 'mention']);
  expect(notices.find(({ type }) => type === 'mention')?.status?.spoiler_text).toBe('greetings');
});

test('his posts and the thread are shown with a mark that they are not all', async () => {
  await page.getByRole('button', { name: 'Search' }).click();
  const found = page.locator('article.found');
  await found.getByRole('button', { name: 'Posts' }).click();
  const mark = found.getByRole('note');
  await mark.getByText(`not all that @${bob.handle} wrote`).waitFor();
  await mark.getByText('The newest were read there on').waitFor();
  expect(await mark.getByRole('link').getAttribute('href')).toBe(bob.account.url);
  await found.locator('article.status', { hasText: 'hello from <away>' }).waitFor();
  await found.getByRole('button', { name: 'Posts' }).click();

  const article = page.locator('article.status', { hasText: 'hello from <away>' }).last();
  await article.getByRole('button', { name: 'Thread' }).click();
  await article.getByText('Answers', { exact: true }).waitFor();
  await article.getByText('some of it may be missing here').waitFor();
  await article.getByRole('button', { name: 'Thread' }).first().click();
});

test('he answers: the number of notifications rises by itself', async () => {
  await post(bob, `@${alice.handle} good day`);
  await page.getByRole('button', { name: 'Notifications (1)' }).click();
  await page.getByText('mentioned you').waitFor();
});

test('who asks to follow her is let in from the notification', async () => {
  await fetch(`${fediverse.home.url}/api/v1/accounts/update_credentials`, { method: 'PATCH', headers: { authorization: `Bearer ${alice.token}`, 'content-type': 'application/json' }, body: '{"locked":true}' });
  const carol = await fediverse.home.person('carol');
  expect(await carol.api.post(`/api/v1/accounts/${alice.account.id}/follow`)).toMatchObject({ following: false, requested: true });
  await fediverse.settled();
  await page.goto(`${home()}/home`);
  await page.getByRole('button', { name: /^Notifications/ }).click();
  const asked = page.locator('article.person', { hasText: 'wants to follow you' });
  await asked.getByRole('button', { name: 'Accept' }).click();
  await asked.getByText('You let them follow you.').waitFor();
  expect(await carol.api.get(`/api/v1/accounts/relationships?id[]=${alice.account.id}`)).toMatchObject([{ following: true, requested: false }]);
});

test('a first post that arrives takes the place of the sentence that there is none', async () => {
  const dora = await fediverse.home.person('dora');
  const her = await (await browser.newContext()).newPage();
  await her.goto(`${home()}/home`);
  await her.evaluate(`localStorage.setItem('trunkline.token', ${JSON.stringify(dora.token)})`);
  await her.goto(`${home()}/home`);
  await her.getByText('Nothing here yet.').waitFor();
  await dora.api.post('/api/v1/statuses', { status: 'from another device' });
  await her.getByRole('button', { name: '1 new post' }).click();
  await her.getByText('from another device').waitFor();
  expect(await her.getByText('Nothing here yet.').count()).toBe(0);

  // Uploads do not exist yet, so the post comes as another server's would: with a picture that may disturb.
  const [shown] = await dora.api.get<Record<string, unknown>[]>('/api/v1/timelines/home');
  const picture = { id: '1', type: 'image', url: `${home()}/headers/original/missing.png`, preview_url: null, description: 'a wound' };
  await her.route('**/api/v1/timelines/home*', (route) => route.fulfill({ json: [{ ...shown, sensitive: true, media_attachments: [picture] }] }));
  await her.reload();
  await her.getByText('Sensitive media').waitFor();
  expect(await her.getByAltText('a wound').isVisible()).toBe(false);
  await her.getByText('Sensitive media').click();
  await her.getByAltText('a wound').waitFor();
  await her.context().close();
});

test('she votes in his poll, and what he quotes is shown', async () => {
  await page.goto(`${home()}/home`);
  await page.getByText('Signed in as').waitFor();
  const asked = await bob.api.post<{ id: string }>('/api/v1/statuses', { status: 'which train?', poll: { options: ['the <early> one', 'the late one'], expires_in: 3600 } });
  await bob.api.post('/api/v1/statuses', { status: 'I wonder', quoted_status_id: asked.id });
  await page.getByRole('button', { name: /new post/ }).waitFor();
  await fediverse.settled();
  await page.reload();
  const quoting = page.locator('article.status', { hasText: 'I wonder' });
  await quoting.locator('blockquote.quoted', { hasText: 'which train?' }).waitFor();
  const question = page.locator('article.status', { has: page.locator('form.poll') });
  await question.getByLabel('the <early> one').check();
  await question.getByRole('button', { name: 'Vote' }).click();
  await question.getByText('100 %').waitFor();
  expect(await question.getByRole('button', { name: 'Vote' }).count()).toBe(0);
  await fediverse.settled();
  expect(await bob.api.get(`/api/v1/polls/${asked.id}`)).toMatchObject({ votes_count: 1, voters_count: 1, options: [{ votes_count: 1 }, { votes_count: 0 }] });
});

test('nothing was blocked by the policy and no script failed', () => {
  expect(faults).toEqual([]);
});

test('signing out ends the token on the server', async () => {
  const token = await page.evaluate<string>("localStorage.getItem('trunkline.token')");
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${home()}/`);
  const answer = await fetch(`${fediverse.home.url}/api/v1/accounts/verify_credentials`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(401);
});
