import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createOAuthAPIClient, MastoHttpError, type mastodon } from 'masto';
import type { Mail } from '@trunkline/platform';
import { startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';
import { EntityWitness } from './entity-witness.js';
import { mastoOf, originOf, registerApp, signIn } from './masto-session.js';
import { PageBrowser } from './page-browser.js';

jest.setTimeout(90_000);

const PASSWORD = 'a long enough password';

let server: TestServer;
let witness: EntityWitness;
let ownerPerson: TestPerson;
let owner: mastodon.rest.Client;
let stranger: mastodon.rest.Client;
const mails: Mail[] = [];

beforeAll(async () => {
  server = await startTestServer({ mails });
  ownerPerson = await server.person('the_owner', { role: 'Owner' });
  witness = new EntityWitness(originOf(server));
  owner = mastoOf(server, ownerPerson.token);
  const app = await registerApp(server);
  const [clientId, clientSecret] = [app.clientId ?? '', app.clientSecret ?? ''];
  const token = await createOAuthAPIClient({ url: originOf(server) }).token.create({
    grantType: 'client_credentials', clientId, clientSecret, redirectUri: 'https://masto.test/callback', scope: 'read write follow',
  });
  stranger = mastoOf(server, token.accessToken);
});
afterAll(async () => {
  witness?.leave();
  await server?.stop();
});
afterEach(() => witness.sayFaults());

const open = (mode: 'open' | 'approved' | 'none'): Promise<void> =>
  server.backbone.moderation.setRegistrations(null, mode, true).then(() => server.backbone.policy.refresh());

const signUp = (username: string, reason?: string): Promise<mastodon.v1.Token> =>
  stranger.v1.accounts.create({
    username, email: `${username}@mail.example`, password: PASSWORD, agreement: true, locale: 'en', ...(reason === undefined ? {} : { reason }),
  });

async function followMailOf(username: string): Promise<void> {
  const mail = await until('the mail', () => mails.find(({ to, text }) => to === `${username}@mail.example` && text.includes('confirmation_token')));
  const link = new URL(/https?:\/\/\S+confirmation_token=\S+/.exec(mail.text)?.[0] ?? '');
  const page = await new PageBrowser(originOf(server)).open(link.pathname + link.search);
  expect(page.status).toBe(200);
}

const notificationsOf = async (type: mastodon.v1.NotificationType): Promise<mastodon.v1.Notification[]> => {
  await server.settled();
  return owner.v1.notifications.list({ types: [type] });
};

describe('signing up from an app', () => {
  test('open: the mail’s link opens the account', async () => {
    await open('open');
    const token = await signUp('olga');
    const olga = mastoOf(server, token.accessToken);
    await expect(olga.v1.timelines.home.list()).rejects.toMatchObject({ statusCode: 403, message: expect.stringContaining('confirm') });
    await followMailOf('olga');
    expect(await olga.v1.accounts.verifyCredentials()).toMatchObject({ username: 'olga' });
    const again = await signIn(server, { email: 'olga@mail.example', password: PASSWORD });
    expect(await mastoOf(server, again.accessToken).v1.statuses.create({ status: 'I am in' })).toMatchObject({ account: { acct: 'olga' } });
    expect((await notificationsOf('admin.sign_up')).map(({ account }) => account.acct)).toEqual(['olga']);
  });

  test('by approval: with a reason; the owner lets one in and one not', async () => {
    await open('approved');
    await expect(signUp('wanda')).rejects.toMatchObject({ statusCode: 422, details: { reason: [{ error: 'ERR_BLANK' }] } });
    const [wanda, wilma] = [mastoOf(server, (await signUp('wanda', 'I like trains')).accessToken), await signUp('wilma', 'I sell pills')];
    for (const name of ['wanda', 'wilma']) await followMailOf(name);
    await expect(wanda.v1.timelines.home.list()).rejects.toMatchObject({ statusCode: 403 });
    const waiting = await owner.v1.admin.accounts.list({ pending: true });
    expect(waiting.map(({ username, inviteRequest }) => [username, inviteRequest]).toSorted()).toEqual([['wanda', 'I like trains'], ['wilma', 'I sell pills']]);
    const idOf = (name: string): string => waiting.find(({ username }) => username === name)?.id ?? '';
    expect(await owner.v1.admin.accounts.$select(idOf('wanda')).approve()).toMatchObject({ approved: true });
    await owner.v1.admin.accounts.$select(idOf('wilma')).reject();
    expect(await wanda.v1.accounts.verifyCredentials()).toMatchObject({ username: 'wanda' });
    await expect(mastoOf(server, wilma.accessToken).v1.accounts.verifyCredentials()).rejects.toMatchObject({ statusCode: 401 });
    expect(await owner.v1.admin.accounts.list({ pending: true })).toEqual([]);
    await until('the good news', () => mails.some(({ to, text }) => to === 'wanda@mail.example' && text.includes('/auth/sign_in')));
  });

  test('closed: nobody', async () => {
    await open('none');
    await expect(signUp('nina')).rejects.toMatchObject({ statusCode: 403 });
    expect(await stranger.v2.instance.fetch()).toMatchObject({ registrations: { enabled: false } });
  });

  test('the rules of the form hold for apps as well', async () => {
    await open('open');
    const faulty = stranger.v1.accounts.create({ username: 'no spaces', email: 'nowhere', password: 'x', agreement: false, locale: 'en' });
    await expect(faulty).rejects.toBeInstanceOf(MastoHttpError);
    await expect(faulty).rejects.toMatchObject({ statusCode: 422, details: { username: expect.anything(), email: expect.anything(), password: expect.anything(), agreement: expect.anything() } });
  });
});

describe('reports', () => {
  test('a report reaches the owner as a notification, and stands in the list', async () => {
    const [alice, spammer] = [await server.person('alice'), await server.person('spammer')];
    const spam = await mastoOf(server, spammer.token).v1.statuses.create({ status: 'Buy pills' });
    const made = await mastoOf(server, alice.token).v1.reports.create({ accountId: spammer.account.id, statusIds: [spam.id], comment: 'Pills again', category: 'spam' });
    const [told, ...more] = await notificationsOf('admin.report');
    expect(more).toEqual([]);
    expect(told).toMatchObject({ account: { acct: 'alice' }, report: { id: made.id, category: 'spam', comment: 'Pills again', targetAccount: { acct: 'spammer' } } });
    expect(await owner.v1.admin.reports.list()).toMatchObject([{ id: made.id, statuses: [{ id: spam.id }] }]);
    await expect(mastoOf(server, alice.token).v1.admin.reports.list()).rejects.toMatchObject({ statusCode: 403 });
  });
});
