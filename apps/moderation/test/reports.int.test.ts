import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ReportCreatedV1 } from '@trunkline/contracts';
import type { Status } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import { entityFaults } from '@trunkline/mastodon-api';
import { deleteStatus, publishStatus } from '@trunkline/social';
import { startTestServer, type TestPerson, type TestServer } from '@trunkline/testing';
import { moderationService, remotePerson } from './moderation-server.js';

jest.setTimeout(60_000);

let server: TestServer;
let moderator: TestPerson;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  server = await startTestServer({ service: moderationService() });
  moderator = await server.person('mod_x', { role: 'Moderator' });
  alice = await server.person('alice');
  bob = await server.person('bob');
});
afterAll(() => server.stop());

async function post(person: TestPerson, visibility: Status['visibility'] = 'public'): Promise<Status> {
  const draft = { text: 'buy now', spoilerText: '', sensitive: false, visibility, language: 'en', inReplyToId: null, application: null, idempotencyKey: null };
  const posted = await publishStatus(server.backbone, person.account, draft);
  if (!posted.ok) throw new Error(posted.error.code);
  return posted.value;
}

type ReportBody = { id: string; status_ids: string[]; rule_ids: string[]; category: string; comment: string; forwarded: boolean };
const report = (body: Record<string, unknown>) => alice.api.ask<ReportBody>('POST', '/api/v1/reports', body);
const rows = async () => Number((await server.backbone.db.query<{ n: string }>('SELECT count(*) AS n FROM moderation.reports LIMIT 1'))[0]?.n);

test('a report is stored with the event that tells the moderators, who work on it', async () => {
  const rule = await server.backbone.moderation.addServerRule(null, 'No spam');
  await server.backbone.policy.refresh();
  const status = await post(bob);
  const { status: code, body } = await report({ account_id: bob.account.id, status_ids: [status.id], comment: 'spam', rule_ids: [rule.id], forward: true });
  expect(code).toBe(200);
  expect(entityFaults('Report', body)).toEqual([]);
  expect(body).toMatchObject({ status_ids: [status.id], rule_ids: [rule.id], category: 'violation', comment: 'spam', forwarded: false });
  const events = await server.backbone.db.query(`SELECT 1 FROM events.outbox WHERE subject = $1 AND payload->>'reportId' = $2 LIMIT 5`, [ReportCreatedV1.subject, body.id]);
  expect(events).toHaveLength(1);

  const [listed] = await moderator.api.get<Record<string, never>[]>('/api/v1/admin/reports');
  expect(entityFaults('Admin::Report', listed)).toEqual([]);
  expect(listed).toMatchObject({ id: body.id, account: { username: 'alice' }, target_account: { username: 'bob' }, statuses: [{ id: status.id }], rules: [{ text: 'No spam' }] });
  expect(await moderator.api.post(`/api/v1/admin/reports/${body.id}/assign_to_self`)).toMatchObject({ assigned_account: { username: 'mod_x' } });
  expect(await moderator.api.post(`/api/v1/admin/reports/${body.id}/unassign`)).toMatchObject({ assigned_account: null });
  expect(await moderator.api.post(`/api/v1/admin/reports/${body.id}/resolve`)).toMatchObject({ action_taken: true, action_taken_by_account: { username: 'mod_x' } });
  expect(await moderator.api.get('/api/v1/admin/reports')).toEqual([]);
  expect(await moderator.api.get('/api/v1/admin/reports?resolved=true')).toMatchObject([{ id: body.id }]);
  expect(await moderator.api.post(`/api/v1/admin/reports/${body.id}/reopen`)).toMatchObject({ action_taken: false, action_taken_by_account: null });
  const lines = await server.backbone.db.query<{ action: string }>('SELECT action FROM moderation.audit WHERE target = $1 ORDER BY id LIMIT 10', [body.id]);
  expect(lines.map((line) => line.action)).toEqual(['report.assign', 'report.unassign', 'report.resolve', 'report.reopen']);

  // An action about the account answers what is open about it.
  await moderator.api.post(`/api/v1/admin/accounts/${bob.account.id}/action`, { type: 'silence' });
  expect(await moderator.api.get(`/api/v1/admin/reports/${body.id}`)).toMatchObject({ action_taken: true });
});

test("only what the reporter can see of the target's posts may be named; a refused report leaves nothing", async () => {
  const [own, hidden, gone, fine] = [await post(alice), await post(bob, 'direct'), await post(bob), await post(bob)];
  await deleteStatus(server.backbone, gone);
  const before = await rows();
  for (const id of [own.id, hidden.id, '12345']) {
    expect((await report({ account_id: bob.account.id, status_ids: [fine.id, id] })).status).toBe(404);
  }
  expect((await report({ account_id: '12345' })).status).toBe(404);
  expect((await report({ account_id: bob.account.id, comment: 'x'.repeat(1001) })).status).toBe(422);
  expect((await report({ account_id: bob.account.id, category: 'violation', rule_ids: ['77'] })).status).toBe(422);
  expect((await report({ account_id: bob.account.id, category: 'boring' })).status).toBe(422);
  expect(await rows()).toBe(before);
  // Deleting a post must not undo a report about it.
  const { body } = await report({ account_id: bob.account.id, status_ids: [gone.id, fine.id], category: 'spam' });
  expect(body).toMatchObject({ status_ids: [fine.id], category: 'spam' });
});

test('the wish to forward is kept for people elsewhere', async () => {
  const far = await remotePerson(server, 'rita', 'far.example');
  expect((await report({ account_id: far.id, forward: true })).body).toMatchObject({ forwarded: true });
  const told = (await report({ account_id: far.id, forward: true, forward_to_domains: ['Far.example', 'no domain!'] })).body;
  const quiet = (await report({ account_id: far.id, forward_to_domains: ['far.example'] })).body;
  expect(await server.backbone.reports.byIds([told.id as Snowflake])).toMatchObject([{ forwarded: true, forwardToDomains: ['far.example'] }]);
  expect(await server.backbone.reports.byIds([quiet.id as Snowflake])).toMatchObject([{ forwarded: false, forwardToDomains: [] }]);
  expect((await report({ account_id: far.id })).body).toMatchObject({ forwarded: false, category: 'other', comment: '' });
});
