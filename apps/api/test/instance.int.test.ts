import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestPerson, TestServer } from '@trunkline/testing';
import { allConforming, conforming, nobody, startApi, type Json } from './api-server.js';

let server: TestServer;
let owner: TestPerson;

beforeAll(async () => {
  server = await startApi({ SITE_TITLE: 'The home' });
  owner = await server.person('olga', { role: 'Owner' });
}, 60_000);
afterAll(() => server?.stop());

const ask = <T = Json>(path: string): Promise<T> => nobody(server).get<T>(path);

describe('the server tells of itself', () => {
  test('in both versions, with its limits, its people and whom to turn to', async () => {
    const v2 = conforming('Instance', await ask('/api/v2/instance'));
    expect(v2).toMatchObject({
      domain: server.domain,
      title: 'The home',
      contact: { account: { username: 'olga', roles: [] } },
      configuration: { statuses: { max_characters: 500 }, urls: { streaming: `ws://${server.domain}` } },
      registrations: { enabled: true, approval_required: true },
    });
    const v1 = conforming('V1::Instance', await ask('/api/v1/instance'));
    expect(v1).toMatchObject({ uri: server.domain, stats: { user_count: 1 }, contact_account: { username: 'olga' } });
    expect(v1['version']).toMatch(/^4\.6\.5 \(compatible; Trunkline /);
    conforming('ExtendedDescription', await ask('/api/v1/instance/extended_description'));
  });

  test('rules, blocked servers and peers come from what moderation decided', async () => {
    const { moderation, policy } = server.backbone;
    const rule = { rejectMedia: false, rejectReports: false, privateComment: 'ours', publicComment: 'spam', obfuscate: false };
    await moderation.setDomainRule(null, { ...rule, domain: 'bad.example', severity: 'suspend' });
    await moderation.setDomainRule(null, { ...rule, domain: 'watched.example', severity: 'noop' });
    await policy.refresh();
    const blocks = allConforming('DomainBlock', await ask('/api/v1/instance/domain_blocks'));
    expect(blocks).toMatchObject([{ domain: 'bad.example', severity: 'suspend', comment: 'spam' }]);
    allConforming('Rule', await ask('/api/v1/instance/rules'));
    expect(await ask('/api/v1/instance/peers')).toEqual([]);
  });

  test('what is not there yet is empty, not missing', async () => {
    for (const path of ['v1/instance/activity', 'v1/custom_emojis', 'v1/trends', 'v1/trends/tags', 'v1/trends/statuses', 'v1/trends/links']) {
      expect(await ask(`/api/${path}`)).toEqual([]);
    }
    for (const path of ['v1/filters', 'v2/filters', 'v1/lists', 'v1/conversations', 'v1/followed_tags', 'v1/announcements']) {
      expect(await owner.api.get(`/api/${path}`)).toEqual([]);
      expect((await nobody(server).ask('GET', `/api/${path}`)).status).toBe(401);
    }
  });

  test('preferences are the person’s defaults', async () => {
    expect(conforming('Preferences', await owner.api.get('/api/v1/preferences'))).toMatchObject({ 'posting:default:visibility': 'public' });
  });

  test('an address that does not exist is refused in Mastodon’s form', async () => {
    expect(await nobody(server).ask('GET', '/api/v1/nothing')).toMatchObject({ status: 404, body: { error: expect.any(String) } });
  });
});
