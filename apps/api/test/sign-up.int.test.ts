import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RegistrationMode } from '@trunkline/domain';
import { MAILER, type Mail } from '@trunkline/platform';
import { ApiClient, type TestServer } from '@trunkline/testing';
import { conforming, nobody, startApi } from './api-server.js';
import { OAuthClient } from './oauth-client.js';
import { PageBrowser, type Fields, type PageAnswer } from './page-browser.js';

let server: TestServer;
const mails: Mail[] = [];

beforeAll(async () => {
  server = await startApi();
  const mailer = server.service.app.get<{ send(mail: Mail): Promise<void> }>(MAILER);
  mailer.send = async (mail) => void mails.push(mail);
}, 60_000);
afterAll(() => server?.stop());

/** The path of the link in the newest mail to somebody. */
function linkTo(email: string): string {
  const link = /https?:\S+\/auth\/confirmation\?\S+/.exec(mails.findLast((mail) => mail.to === email)?.text ?? '')?.[0] ?? '';
  const url = new URL(link);
  return url.pathname + url.search;
}

async function setMode(mode: RegistrationMode): Promise<void> {
  await server.backbone.moderation.setRegistrations(null, mode, true);
  await server.backbone.policy.refresh();
}

const registeredEvents = (): Promise<{ payload: { accountId: string; pending: boolean } }[]> =>
  server.backbone.db.query("SELECT payload FROM events.outbox WHERE subject = 'account.registered.v1' ORDER BY id LIMIT 100");

const person = (name: string): Record<string, string> => ({ username: name, email: `${name}@mail.example`, password: 'correct horse battery', agreement: 'true' });

async function fillIn(fields: Fields): Promise<PageAnswer> {
  const browser = new PageBrowser(server.url);
  return browser.submit(await browser.get('/auth/sign_up'), '/auth/sign_up', fields);
}

async function appToken(scopes = 'read write'): Promise<{ client: OAuthClient; api: ApiClient }> {
  const client = await OAuthClient.register(server, { scopes });
  const { body } = await client.token({ ...client.secrets, grant_type: 'client_credentials', scope: scopes });
  return { client, api: new ApiClient(server.url, String(body['access_token'])) };
}

describe('joining by the page', () => {
  test('open: form, mail, link once, sign in', async () => {
    await setMode('open');
    const sent = await fillIn(person('anna'));
    expect(sent.status).toBe(200);
    expect(sent.text).toContain('anna@mail.example');
    const browser = new PageBrowser(server.url);
    const signIn = () => browser.get('/auth/sign_in').then((page) => browser.submit(page, '/auth/sign_in', { email: 'anna@mail.example', password: 'correct horse battery' }));
    expect((await signIn()).text).toContain('not confirmed yet');
    expect(await registeredEvents()).toEqual([]);
    const confirmed = await browser.get(linkTo('anna@mail.example'));
    expect(confirmed).toMatchObject({ status: 200 });
    expect(await registeredEvents()).toMatchObject([{ payload: { pending: false } }]);
    expect((await signIn()).status).toBe(302);
    expect((await browser.get(linkTo('anna@mail.example'))).status).toBe(404);
    expect(await registeredEvents()).toHaveLength(1);
  });

  // S177: a link that is followed many times at once confirms once.
  test('many follow the same link at once: one succeeds', async () => {
    await setMode('open');
    await fillIn(person('berta'));
    const before = (await registeredEvents()).length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => new PageBrowser(server.url).get(linkTo('berta@mail.example'))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await registeredEvents()).toHaveLength(before + 1);
  });

  test('faults: all at once, beside their fields, nothing written, the password not sent back', async () => {
    await setMode('open');
    const page = await fillIn({ username: 'no spaces', email: 'nonsense', password: 'short' });
    expect(page.status).toBe(422);
    for (const field of ['username', 'email', 'password', 'agreement']) expect(page.text).toContain(`href="#field-${field}"`);
    expect(page.text).toContain('value="no spaces"');
    expect(page.text).not.toContain('short"');
    expect(page.text).toMatch(/id="field-username"[^>]*aria-describedby="field-username-hint field-username-fault" aria-invalid="true"/);
  });

  test('taken names and addresses', async () => {
    await setMode('open');
    await fillIn(person('clara'));
    expect((await fillIn({ ...person('clara'), email: 'other@mail.example' })).text).toContain('Somebody has this name already');
    expect((await fillIn({ ...person('CLARA'), email: 'other@mail.example' })).text).toContain('Somebody has this name already');
    expect((await fillIn({ ...person('clara2'), email: 'CLARA@mail.example' })).text).toContain('with this e-mail address already');
  });

  // S178: what a mail server could read as another mailbox.
  test.each(['a%evil.test@sut.test@x', '"a,b"@x.example', 'a@x.example\nBcc: b@x.example', 'a b@x.example', 'a@x.example,b@y.example', '<a@x.example>'])(
    'address %j',
    async (email) => {
      expect((await fillIn({ ...person('dora'), email })).status).toBe(422);
    },
  );

  test('what fills in the hidden field is a program', async () => {
    await setMode('open');
    expect((await fillIn({ ...person('robot'), website: 'https://spam.example' })).status).toBe(422);
    expect(await server.backbone.users.byEmail('robot@mail.example')).toBeNull();
  });

  test('by approval: the rules, a reason, and a wait', async () => {
    await setMode('approved');
    expect((await new PageBrowser(server.url).get('/auth/sign_up')).text).toContain('Why do you want to join?');
    expect((await fillIn(person('emma'))).text).toContain('Tell the moderators why');
    await fillIn({ ...person('emma'), reason: 'friends' });
    expect((await new PageBrowser(server.url).get(linkTo('emma@mail.example'))).text).toContain('moderators');
    expect((await registeredEvents()).at(-1)).toMatchObject({ payload: { pending: true } });
    const account = (await server.backbone.users.byEmail('emma@mail.example'))?.accountId ?? '';
    expect((await nobody(server).ask('GET', `/api/v1/accounts/${account}`)).status).toBe(404);
  });

  test('closed says so', async () => {
    await setMode('none');
    const page = await new PageBrowser(server.url).get('/auth/sign_up');
    expect(page.text).toContain('Sign-ups are closed');
    expect(page.text).not.toContain('name="password"');
  });

  test('the mail again: the same answer for everybody, and the former link ends', async () => {
    await setMode('open');
    await fillIn(person('frida'));
    const former = linkTo('frida@mail.example');
    const again = async (email: string): Promise<PageAnswer> => {
      const browser = new PageBrowser(server.url);
      return browser.submit(await browser.get('/auth/confirmation/new'), '/auth/confirmation', { email });
    };
    const [known, unknown] = [await again('frida@mail.example'), await again('nobody@mail.example')];
    expect(known.text).toBe(unknown.text);
    expect(linkTo('frida@mail.example')).not.toBe(former);
    expect((await new PageBrowser(server.url).get(former)).status).toBe(404);
    expect((await new PageBrowser(server.url).get(linkTo('frida@mail.example'))).status).toBe(200);
  });
});

describe('joining by an app', () => {
  const body = (name: string): Record<string, unknown> => ({ ...person(name), agreement: true, locale: 'de' });

  test('a token that opens little until the address is confirmed', async () => {
    await setMode('open');
    const { api } = await appToken();
    const token = conforming('Token', await api.post('/api/v1/accounts', body('gerda')));
    const own = new ApiClient(server.url, String(token['access_token']));
    expect(await own.ask('GET', '/api/v1/accounts/verify_credentials')).toMatchObject({ status: 403, body: { error: 'Your login is missing a confirmed e-mail address' } });
    expect(await own.ask('GET', '/api/v1/emails/check_confirmation')).toMatchObject({ status: 200, body: false });
    const former = linkTo('gerda@mail.example');
    expect(await own.post('/api/v1/emails/confirmations', { email: 'gerda2@mail.example' })).toEqual({});
    expect((await new PageBrowser(server.url).get(former)).status).toBe(404);
    expect((await new PageBrowser(server.url).get(linkTo('gerda2@mail.example'))).status).toBe(200);
    expect(await own.ask('GET', '/api/v1/emails/check_confirmation')).toMatchObject({ status: 200, body: true });
    expect(await own.get('/api/v1/accounts/verify_credentials')).toMatchObject({ username: 'gerda', source: { language: 'de' } });
    expect((await own.ask('POST', '/api/v1/emails/confirmations', {})).status).toBe(403);
  });

  test('faults with details', async () => {
    await setMode('open');
    const { api } = await appToken();
    const answer = await api.ask('POST', '/api/v1/accounts', { username: 'admin', email: '', password: 'short', agreement: false });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        error: expect.stringContaining('Validation failed: ') as unknown,
        details: {
          username: [{ error: 'ERR_RESERVED' }],
          email: [{ error: 'ERR_BLANK' }],
          password: [{ error: 'ERR_TOO_SHORT' }],
          agreement: [{ error: 'ERR_ACCEPTED' }],
        },
      },
    });
    // S181: a megabyte is not hashed.
    expect(await api.ask('POST', '/api/v1/accounts', { ...body('hanna'), password: 'x'.repeat(500_000) })).toMatchObject({ status: 422 });
  });

  test('not with a person’s token, not without the scope, not without any', async () => {
    await setMode('open');
    const someone = await server.person('ida');
    expect((await someone.api.ask('POST', '/api/v1/accounts', body('ida2'))).status).toBe(403);
    expect((await (await appToken('read')).api.ask('POST', '/api/v1/accounts', body('ida3'))).status).toBe(403);
    expect((await nobody(server).ask('POST', '/api/v1/accounts', body('ida4'))).status).toBe(401);
  });

  test('by approval without a reason, and closed', async () => {
    const { api } = await appToken();
    await setMode('approved');
    expect(await api.ask('POST', '/api/v1/accounts', body('jutta'))).toMatchObject({ status: 422, body: { details: { reason: [{ error: 'ERR_BLANK' }] } } });
    await setMode('none');
    expect((await api.ask('POST', '/api/v1/accounts', body('jutta'))).status).toBe(403);
  });
});
