import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { applyRoles, ROLE_APPS } from '@trunkline/persistence';
import { publishStatus } from '@trunkline/social';
import { startTestServer, until, type TestPerson, type TestServer } from '@trunkline/testing';
import { moderationService, remotePerson, waitingPerson } from './moderation-server.js';

jest.setTimeout(60_000);

let owner: TestServer;
let restricted: TestServer;
let admin: TestPerson;
const prefix = `m${randomBytes(4).toString('hex')}`;

beforeAll(async () => {
  owner = await startTestServer({ service: moderationService() });
  await applyRoles(owner.backbone.db, { prefix, passwords: { moderation: 'role-test-password' } });
  const url = new URL(owner.database.url);
  [url.username, url.password] = [`${prefix}_moderation`, 'role-test-password'];
  // The same stores, seen with the rights that this service has in a cluster.
  const sharing: TestServer = Object.create(owner, { env: { value: { ...owner.env, DATABASE_URL: url.href } } });
  restricted = await startTestServer({ service: moderationService(), sharing });
  admin = await owner.person('admin_x', { role: 'Admin' });
});
afterAll(async () => {
  await restricted.stop();
  for (const app of ROLE_APPS) {
    await owner.backbone.db.query(`DROP OWNED BY "${prefix}_${app}"`);
    await owner.backbone.db.query(`DROP ROLE "${prefix}_${app}"`);
  }
  await owner.stop();
});

/** Asks the restricted copy. */
async function ask(method: string, path: string, body?: Record<string, unknown>): Promise<{ status: number; body: { id: string } }> {
  const answer = await fetch(new URL(path, restricted.url), {
    method,
    headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as { id: string } };
}

test('every order is carried out under the rights of the moderation role', async () => {
  const [bob, far] = [await owner.person('bob'), await remotePerson(owner, 'rita', 'far.example')];
  const [willa, wendel] = [await waitingPerson(owner, 'willa'), await waitingPerson(owner, 'wendel')];
  const posted = await publishStatus(owner.backbone, bob.account, { text: 'spam', spoilerText: '', sensitive: false, visibility: 'public', language: 'en', inReplyToId: null, application: null, idempotencyKey: null });
  const accounts = '/api/v1/admin/accounts';
  const report = await ask('POST', '/api/v1/reports', { account_id: bob.account.id, status_ids: [posted.ok ? posted.value.id : ''] });
  const rule = await ask('POST', '/api/v1/admin/domain_blocks', { domain: 'far.example', severity: 'suspend' });
  const allow = await ask('POST', '/api/v1/admin/domain_allows', { domain: 'friend.example' });
  const asked = [
    report,
    rule,
    allow,
    await ask('GET', '/api/v2/admin/accounts?email=bob@mail.example&display_name=b'),
    await ask('POST', `${accounts}/${willa.accountId}/approve`),
    await ask('POST', `${accounts}/${wendel.accountId}/reject`),
    await ask('POST', `${accounts}/${far.id}/action`, { type: 'suspend' }),
    ...(await inTurn(['disable', 'silence', 'suspend'], (type) => ask('POST', `${accounts}/${bob.account.id}/action`, { type }))),
    ...(await inTurn(['enable', 'unsilence', 'unsuspend'], (order) => ask('POST', `${accounts}/${bob.account.id}/${order}`))),
    await ask('GET', '/api/v1/admin/reports?resolved=true'),
    ...(await inTurn(['reopen', 'assign_to_self', 'unassign', 'resolve'], (order) => ask('POST', `/api/v1/admin/reports/${report.body.id}/${order}`))),
    await ask('PUT', `/api/v1/admin/domain_blocks/${rule.body.id}`, { severity: 'suspend', public_comment: 'spam' }),
  ];
  expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 200));
  await until('the suspended server to be severed by one of the copies', async () => {
    const lines = await owner.backbone.db.query("SELECT 1 FROM moderation.audit WHERE target = 'far.example' AND action = 'domain_rule.severed' LIMIT 2");
    return lines.length > 0;
  });
  for (const path of [`domain_blocks/${rule.body.id}`, `domain_allows/${allow.body.id}`]) expect((await ask('DELETE', `/api/v1/admin/${path}`)).status).toBe(200);
});

async function inTurn<T, R>(values: readonly T[], work: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}
