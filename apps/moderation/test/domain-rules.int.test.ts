import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { domainVerdict } from '@trunkline/domain';
import { entityFaults } from '@trunkline/mastodon-api';
import { startTestServer, SteadyClock, until, type TestPerson, type TestServer } from '@trunkline/testing';
import { moderationService, remotePerson } from './moderation-server.js';

jest.setTimeout(60_000);

let first: TestServer;
let second: TestServer;
let admin: TestPerson;

beforeAll(async () => {
  first = await startTestServer({ service: moderationService() });
  second = await startTestServer({ service: moderationService(), sharing: first });
  admin = await first.person('admin_x', { role: 'Admin' });
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

const suspended = (server: TestServer, domain: string) => domainVerdict(server.backbone.policy.current(), domain).suspended;
type Block = { id: string; severity: string; public_comment: string | null };

/** From the decision on, which was just made. */
async function holdsWithinASecond(what: string, isSo: () => boolean): Promise<void> {
  const clock = new SteadyClock(() => first.backbone.db.query('SELECT 1'));
  const openMs = await clock.lastOtherwiseMs(what, isSo).finally(() => clock.stop());
  expect(openMs).toBeLessThan(1_000);
}

describe('one second', () => {
  test('a domain rule holds in two copies of a service within one second', async () => {
    for (const domain of ['one.example', 'two.example', 'three.example']) {
      await admin.api.post('/api/v1/admin/domain_blocks', { domain, severity: 'suspend' });
      await holdsWithinASecond('both copies to hold the rule', () => suspended(first, domain) && suspended(second, domain));
    }
  });

  test('also when the broadcast is lost', async () => {
    await first.backbone.moderation.setDomainRule(null, { domain: 'quiet.example', severity: 'suspend', rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false });
    await holdsWithinASecond('both copies to hold the rule', () => suspended(first, 'quiet.example') && suspended(second, 'sub.quiet.example'));
  });

  test('and lifting it too', async () => {
    const rule = await admin.api.post<Block>('/api/v1/admin/domain_blocks', { domain: 'lift.example', severity: 'suspend' });
    expect(await admin.api.delete(`/api/v1/admin/domain_blocks/${rule.id}`)).toEqual({});
    await holdsWithinASecond('both copies to be open', () => !suspended(first, 'lift.example') && !suspended(second, 'lift.example'));
  });
});

describe('admin/domain_blocks', () => {
  test('made, read, changed, listed, removed', async () => {
    const made = await admin.api.post<Block>('/api/v1/admin/domain_blocks', { domain: 'HTTPS://Bücher.example/', severity: 'silence', private_comment: 'see ticket' });
    expect(entityFaults('Admin::DomainBlock', made)).toEqual([]);
    expect(made).toMatchObject({ domain: 'xn--bcher-kva.example', severity: 'silence', private_comment: 'see ticket', reject_media: false });
    const changed = await admin.api.ask<Block>('PUT', `/api/v1/admin/domain_blocks/${made.id}`, { severity: 'noop', public_comment: 'fine again' });
    expect(changed.body).toMatchObject({ id: made.id, severity: 'noop', private_comment: 'see ticket', public_comment: 'fine again' });
    expect(await admin.api.get<Block[]>('/api/v1/admin/domain_blocks?limit=1')).toMatchObject([{ id: made.id }]);
    expect((await admin.api.ask('POST', '/api/v1/admin/domain_blocks', { domain: 'xn--bcher-kva.example' })).body).toMatchObject({ existing_domain_block: { id: made.id } });
    await admin.api.delete(`/api/v1/admin/domain_blocks/${made.id}`);
    expect((await admin.api.ask('GET', `/api/v1/admin/domain_blocks/${made.id}`)).status).toBe(404);
    const lines = await first.backbone.db.query<{ action: string; account_id: string }>(
      "SELECT action, account_id FROM moderation.audit WHERE target = 'xn--bcher-kva.example' ORDER BY id LIMIT 10",
    );
    expect(lines.map((line) => line.action)).toEqual(['domain_rule.set', 'domain_rule.set', 'domain_rule.delete']);
    expect(new Set(lines.map((line) => line.account_id))).toEqual(new Set([admin.account.id]));
  });

  test.each([{}, { domain: '' }, { domain: 'a b' }, { domain: 'x.example', severity: 'nuke' }])('%j is refused', async (body) => {
    expect((await admin.api.ask('POST', '/api/v1/admin/domain_blocks', body)).status).toBe(422);
  });

  test('nobody blocks this server', async () => {
    const answer = await admin.api.ask('POST', '/api/v1/admin/domain_blocks', { domain: first.domain, severity: 'suspend' });
    expect(answer).toMatchObject({ status: 422, body: { error: 'Validation failed: Domain is this server' } });
  });
});

describe('admin/domain_allows', () => {
  test('made, read, listed, removed; twice is once', async () => {
    const made = await admin.api.post<{ id: string }>('/api/v1/admin/domain_allows', { domain: 'friend.example' });
    expect(entityFaults('Admin::DomainAllow', made)).toEqual([]);
    expect(await admin.api.post('/api/v1/admin/domain_allows', { domain: 'friend.example' })).toEqual(made);
    expect(await admin.api.get(`/api/v1/admin/domain_allows/${made.id}`)).toEqual(made);
    expect(await admin.api.get('/api/v1/admin/domain_allows')).toEqual([made]);
    await holdsWithinASecond('the other copy to know', () => second.backbone.policy.current().allowedDomains.includes('friend.example'));
    expect(await admin.api.delete(`/api/v1/admin/domain_allows/${made.id}`)).toEqual({});
    expect((await admin.api.ask('DELETE', `/api/v1/admin/domain_allows/${made.id}`)).status).toBe(404);
  });
});

describe('severing', () => {
  const follow = (server: TestServer, accountId: string, targetId: string) =>
    server.backbone.store.transaction((tx) =>
      tx.insertFollow({ id: server.backbone.ids.next(), accountId: accountId as never, targetId: targetId as never, uri: null, showBoosts: true, notify: false, languages: null }),
    );
  const ties = async (accountId: string) =>
    Number((await first.backbone.db.query<{ n: string }>('SELECT count(*) AS n FROM social.follows WHERE account_id = $1 OR target_account_id = $1 LIMIT 1', [accountId]))[0]?.n);

  test('a suspension ends the follows in both directions, subdomains too, and nobody else’s', async () => {
    const local = await first.person('lena');
    const [evil, sub, other] = [
      await remotePerson(first, 'eve', 'evil.example'),
      await remotePerson(first, 'eva', 'a.evil.example'),
      await remotePerson(first, 'ann', 'notevil.example'),
    ];
    for (const person of [evil, sub, other]) await follow(first, local.account.id, person.id);
    for (const person of [evil, other]) await follow(first, person.id, local.account.id);
    await admin.api.post('/api/v1/admin/domain_blocks', { domain: 'evil.example', severity: 'suspend' });
    await until('the ties to be gone', async () => (await ties(evil.id)) + (await ties(sub.id)) === 0);
    expect(await ties(other.id)).toBe(2);
    await until('the rule to be marked as done', async () => {
      const lines = await first.backbone.db.query("SELECT 1 FROM moderation.audit WHERE target = 'evil.example' AND action = 'domain_rule.severed' LIMIT 2");
      return lines.length === 1;
    });
  });

  test('what a process left undone, the leader finishes', async () => {
    const local = await first.person('lars');
    const far = await remotePerson(first, 'fay', 'undone.example');
    await follow(first, local.account.id, far.id);
    // The rule alone, as a process leaves it that ends right after its commit.
    await first.backbone.moderation.setDomainRule(null, { domain: 'undone.example', severity: 'suspend', rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false });
    await until('the ties to be gone', async () => (await ties(far.id)) === 0);
  });
});
