import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { LIVE } from '@trunkline/contracts';
import type { Mail } from '@trunkline/platform';
import { entityFaults, ROUTES } from '@trunkline/mastodon-api';
import { startTestServer, until, type TestPerson, type TestServer } from '@trunkline/testing';
import { moderationService, remotePerson, waitingPerson } from './moderation-server.js';

jest.setTimeout(60_000);

const mails: Mail[] = [];
let server: TestServer;
let owner: TestPerson;
let admin: TestPerson;
let moderator: TestPerson;
let alice: TestPerson;

beforeAll(async () => {
  server = await startTestServer({ service: moderationService(mails) });
  owner = await server.person('owner_x', { role: 'Owner' });
  admin = await server.person('admin_x', { role: 'Admin' });
  moderator = await server.person('mod_x', { role: 'Moderator' });
  alice = await server.person('alice');
});
afterAll(() => server.stop());

type AdminAccount = { id: string; approved: boolean; silenced: boolean; suspended: boolean; disabled: boolean; email: string };

const audit = (target: string) =>
  server.backbone.db.query<{ action: string; account_id: string }>('SELECT action, account_id FROM moderation.audit WHERE target = $1 ORDER BY id LIMIT 50', [target]);

describe('who may', () => {
  const concrete = (path: string) => path.replace(/:\w+/g, '1');
  const adminRoutes = ROUTES.filter((route) => route.app === 'moderation' && route.path.includes('/admin/'));

  test('every route of the admin API refuses strangers, people without a role, and tokens without its scope', async () => {
    const plain = await server.person('plain_owner', { role: 'Owner', scopes: ['read', 'write', 'follow'] });
    for (const { method, path } of adminRoutes) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const asked = [
        await fetch(new URL(concrete(path), server.url), { method }).then((response) => response.status),
        (await alice.api.ask(method, concrete(path), body)).status,
        (await plain.api.ask(method, concrete(path), body)).status,
      ];
      expect([path, ...asked]).toEqual([path, 401, 403, 403]);
    }
  });

  test('rules about servers are closed to moderators; no order has an effect on an equal or somebody above', async () => {
    for (const { method, path } of adminRoutes.filter((route) => route.path.includes('/domain_'))) {
      expect([path, (await moderator.api.ask(method, concrete(path), method === 'POST' ? { domain: 'x.example' } : undefined)).status]).toEqual([path, 403]);
    }
    for (const target of [moderator, admin, owner]) {
      for (const type of ['none', 'disable', 'silence', 'suspend']) {
        expect((await moderator.api.ask('POST', `/api/v1/admin/accounts/${target.account.id}/action`, { type })).status).toBe(403);
      }
    }
    expect((await admin.api.ask('POST', `/api/v1/admin/accounts/${owner.account.id}/action`, { type: 'suspend' })).status).toBe(403);
    const [row] = await server.backbone.store.accountsByIds([owner.account.id]);
    expect(row).toMatchObject({ suspendedAt: null, silencedAt: null });
    expect(await audit(owner.account.id)).toEqual([]);
  });
});


describe('sign-ups', () => {
  test('one that waits is listed with its reason, approved, and hears of it', async () => {
    const user = await waitingPerson(server, 'willa');
    const waiting = await moderator.api.get<AdminAccount[]>('/api/v2/admin/accounts?status=pending&origin=local');
    expect(waiting.map((each) => each.id)).toEqual([user.accountId]);
    expect(waiting[0]).toMatchObject({ email: 'willa@mail.example', invite_request: 'friends are here', approved: false });
    const answer = await moderator.api.post<AdminAccount>(`/api/v1/admin/accounts/${user.accountId}/approve`);
    expect(answer.approved).toBe(true);
    expect(entityFaults('Admin::Account', answer)).toEqual([]);
    expect(await server.backbone.users.byIds([user.id])).toMatchObject([{ approved: true }]);
    await until('the mail', () => mails.some((mail) => mail.to === 'willa@mail.example' && mail.text.includes('/auth/sign_in')));
    expect(await audit(user.accountId)).toEqual([{ action: 'account.approve', account_id: moderator.account.id }]);
    expect((await moderator.api.ask('POST', `/api/v1/admin/accounts/${user.accountId}/approve`)).status).toBe(403);
  });

  test('one that is rejected is gone, and its name stays taken', async () => {
    const user = await waitingPerson(server, 'wendel');
    await moderator.api.post(`/api/v1/admin/accounts/${user.accountId}/reject`);
    expect(await server.backbone.users.byIds([user.id])).toEqual([]);
    expect((await moderator.api.ask('GET', `/api/v1/admin/accounts/${user.accountId}`)).status).toBe(404);
    await expect(waitingPerson(server, 'wendel')).rejects.toThrow('username_taken');
  });
});

describe('lists', () => {
  test('both versions page by id and filter alike', async () => {
    const far = await remotePerson(server, 'rita', 'list.example');
    const first = await admin.api.ask<AdminAccount[]>('GET', '/api/v1/admin/accounts?limit=2');
    expect(first.body).toHaveLength(2);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await admin.api.get<AdminAccount[]>(next.replace(/^https?:\/\/[^/]+/, ''));
    expect(second.map((each) => BigInt(each.id) < BigInt(first.body[1]?.id ?? '0'))).not.toContain(false);
    expect((await admin.api.get<AdminAccount[]>('/api/v1/admin/accounts?remote=true')).map((each) => each.id)).toEqual([far.id]);
    expect((await admin.api.get<AdminAccount[]>('/api/v2/admin/accounts?by_domain=list.example')).map((each) => each.id)).toEqual([far.id]);
    const staff = await admin.api.get<AdminAccount[]>('/api/v2/admin/accounts?permissions=staff');
    expect(new Set(staff.map((each) => each.id))).toEqual(new Set((await server.backbone.users.moderatorAccountIds()).map(String)));
    expect((await admin.api.get<AdminAccount[]>('/api/v1/admin/accounts?email=ALICE@mail.example')).map((each) => each.id)).toEqual([alice.account.id]);
  });

  test('an account that nobody has is 404, and so is what is no id', async () => {
    for (const id of ['1', 'x', '99999999999999999999']) expect((await admin.api.ask('GET', `/api/v1/admin/accounts/${id}`)).status).toBe(404);
  });
});

describe('actions', () => {
  const act = (person: TestPerson, body: Record<string, unknown>) => moderator.api.ask('POST', `/api/v1/admin/accounts/${person.account.id}/action`, body);

  test('a suspension ends tokens and streams at once; lifting it lets people sign in anew', async () => {
    const bob = await server.person('bob');
    const killed: unknown[] = [];
    server.backbone.bus.subscribe(LIVE.kill, (message) => void killed.push(message));
    expect(await act(bob, { type: 'suspend', text: 'spam', send_email_notification: true })).toMatchObject({ status: 200, body: {} });
    expect((await bob.api.ask('POST', '/api/v1/reports', { account_id: alice.account.id })).status).toBe(401);
    await until('the streams to hear of it', () => killed.some((each) => (each as { accountId: string }).accountId === bob.account.id));
    expect((await moderator.api.get<AdminAccount>(`/api/v1/admin/accounts/${bob.account.id}`)).suspended).toBe(true);
    expect(mails.find((mail) => mail.to === bob.email)?.text).toContain('They wrote:\n\nspam');
    expect((await moderator.api.post<AdminAccount>(`/api/v1/admin/accounts/${bob.account.id}/unsuspend`)).suspended).toBe(false);
    expect((await audit(bob.account.id)).map((line) => line.action)).toEqual(['account.suspend', 'account.unsuspend']);
    // Other servers hear of both, once each.
    const told = await server.backbone.db.query<{ payload: Record<string, unknown> }>(
      `SELECT payload FROM events.outbox WHERE subject = 'account.updated.v1' AND payload->>'accountId' = $1 ORDER BY id LIMIT 10`,
      [bob.account.id],
    );
    expect(told.map(({ payload }) => payload)).toEqual([0, 1].map(() => expect.objectContaining({ local: true, decided: true })));
  });

  test('locked and unlocked, limited and not', async () => {
    const carol = await server.person('carol');
    await act(carol, { type: 'disable' });
    expect((await carol.api.ask('POST', '/api/v1/reports', { account_id: alice.account.id })).status).toBe(403);
    expect((await moderator.api.post<AdminAccount>(`/api/v1/admin/accounts/${carol.account.id}/enable`)).disabled).toBe(false);
    await act(carol, { type: 'silence' });
    expect((await moderator.api.get<AdminAccount[]>('/api/v1/admin/accounts?silenced=true')).map((each) => each.id)).toEqual([carol.account.id]);
    expect((await moderator.api.post<AdminAccount>(`/api/v1/admin/accounts/${carol.account.id}/unsilence`)).silenced).toBe(false);
  });

  test('what cannot be done is said', async () => {
    expect(await act(alice, {})).toMatchObject({ status: 422 });
    expect(await act(alice, { type: 'sensitive' })).toMatchObject({ status: 422, body: { error: 'Validation failed: Type is not supported by this server' } });
    expect(await act(alice, { type: 'banish' })).toMatchObject({ status: 422 });
    expect(await act(alice, { type: 'none', report_id: '5' })).toMatchObject({ status: 404 });
  });
});

test('decisions are counted', async () => {
  expect(await server.backbone.parts.metrics.text()).toMatch(/moderation_actions_total\{action="suspend"\} [1-9]/);
});
