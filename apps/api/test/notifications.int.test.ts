import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { NotificationType } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import { blockAccount } from '@trunkline/social';
import type { TestPerson, TestServer } from '@trunkline/testing';
import { allConforming, conforming, idsOf, linkOf, startApi, type Json } from './api-server.js';

let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  server = await startApi();
  [alice, bob] = [await server.person('alice', { role: 'Owner' }), await server.person('bob')];
}, 60_000);
afterAll(() => server?.stop());

interface Told {
  readonly type: NotificationType;
  readonly from?: TestPerson;
  readonly statusId?: Snowflake;
  readonly reportId?: Snowflake;
}

/** What the timeline service would have stored for alice. */
async function tell({ type, from = bob, statusId, reportId }: Told): Promise<Snowflake> {
  const { notifications, ids } = server.backbone;
  const id = ids.next();
  await notifications.insert([{ id, accountId: alice.account.id, type, fromAccountId: from.account.id, statusId: statusId ?? null, reportId: reportId ?? null, fact: id }]);
  return id;
}

const write = async (person: TestPerson, text: string, more: Json = {}): Promise<Snowflake> =>
  (await person.api.post('/api/v1/statuses', { status: text, ...more }))['id'] as Snowflake;

const list = (query = ''): Promise<Json[]> => alice.api.get(`/api/v1/notifications${query}`);

describe('notifications', () => {
  test('each type carries what belongs to it, in both forms of the API', async () => {
    const statusId = await write(bob, 'hello @alice', { visibility: 'direct' });
    const { ids, reports } = server.backbone;
    const reportId = ids.next();
    await reports.insert({ id: reportId, accountId: bob.account.id, targetAccountId: bob.account.id, statusIds: [], ruleIds: [], comment: 'look', category: 'other', forwarded: false });
    await tell({ type: 'follow' });
    await tell({ type: 'mention', statusId });
    const last = await tell({ type: 'admin.report', reportId });
    const shown = allConforming('Notification', await list());
    expect(shown).toMatchObject([
      { type: 'admin.report', report: { id: reportId, comment: 'look', target_account: { id: bob.account.id } } },
      { type: 'mention', account: { id: bob.account.id }, status: { id: statusId } },
      { type: 'follow', account: { acct: 'bob' } },
    ]);
    expect(conforming('Notification', await alice.api.get(`/api/v1/notifications/${last}`))).toEqual(shown[0]);
    const grouped = conforming<{ accounts: Json[]; statuses: Json[]; notification_groups: Json[] }>('GroupedNotificationsResults', await alice.api.get('/api/v2/notifications'));
    expect(idsOf(grouped.accounts)).toEqual([bob.account.id]);
    expect(idsOf(grouped.statuses)).toEqual([statusId]);
    expect(grouped.notification_groups.map((group) => group['most_recent_notification_id'])).toEqual(idsOf(shown));
  });

  test('types, exclusions and the sender choose; links page', async () => {
    expect((await list('?types[]=follow&types[]=poll')).map(({ type }) => type)).toEqual(['follow']);
    expect(await list('?types[]=poll')).toEqual([]);
    expect((await list('?exclude_types[]=follow&exclude_types[]=admin.report')).map(({ type }) => type)).toEqual(['mention']);
    expect(await list(`?account_id=${alice.account.id}`)).toEqual([]);
    const first = await alice.api.ask<Json[]>('GET', '/api/v1/notifications?limit=2');
    const second = await alice.api.ask<Json[]>('GET', linkOf(first.headers, 'next') ?? '');
    expect([...first.body, ...second.body].map(({ type }) => type)).toEqual(['admin.report', 'mention', 'follow']);
  });

  test('the count ends at the marker; markers are kept with a version', async () => {
    expect(await alice.api.get('/api/v1/notifications/unread_count')).toEqual({ count: 3 });
    expect(await alice.api.get('/api/v2/notifications/unread_count?limit=2')).toEqual({ count: 2 });
    const [newest, second] = idsOf(await list());
    const saved = await alice.api.post('/api/v1/markers', { notifications: { last_read_id: second }, home: { last_read_id: '7' } });
    expect(conforming('Marker', saved['notifications'])).toMatchObject({ last_read_id: second });
    expect(await alice.api.get('/api/v1/notifications/unread_count')).toEqual({ count: 1 });
    const again = await alice.api.post('/api/v1/markers', { notifications: { last_read_id: newest } });
    expect(Object.keys(again)).toEqual(['notifications']);
    const kept = await alice.api.get<Record<string, Json>>('/api/v1/markers?timeline[]=notifications&timeline[]=home&timeline[]=other');
    expect(kept['notifications']?.['version']).toBe(Number((saved['notifications'] as Json)['version']) + 1);
    expect(kept['home']).toMatchObject({ last_read_id: '7' });
    expect(await alice.api.get('/api/v1/markers')).toEqual({});
    expect(await bob.api.get('/api/v1/markers?timeline[]=home')).toEqual({});
  });

  test('what is gone or blocked since is not told', async () => {
    const [gone, carol] = [await write(bob, 'soon gone'), await server.person('carol')];
    const told = await tell({ type: 'status', statusId: gone });
    await bob.api.delete(`/api/v1/statuses/${gone}`);
    const blocked = await tell({ type: 'follow', from: carol });
    await blockAccount(server.backbone, alice.account.id, carol.account.id);
    expect(idsOf(await list()).filter((id) => id === told || id === blocked)).toEqual([]);
    expect((await alice.api.ask('GET', `/api/v1/notifications/${blocked}`)).status).toBe(404);
  });

  test('dismissed one by one or all at once; never somebody else’s', async () => {
    const id = await tell({ type: 'follow' });
    expect((await bob.api.ask('GET', `/api/v1/notifications/${id}`)).status).toBe(404);
    expect((await bob.api.ask('POST', `/api/v1/notifications/${id}/dismiss`)).status).toBe(404);
    expect(await alice.api.post(`/api/v1/notifications/${id}/dismiss`)).toEqual({});
    expect((await alice.api.ask('POST', `/api/v1/notifications/${id}/dismiss`)).status).toBe(404);
    expect(idsOf(await list())).not.toContain(id);
    expect(await bob.api.post('/api/v1/notifications/clear')).toEqual({});
    expect(await list()).not.toEqual([]);
    expect(await alice.api.post('/api/v1/notifications/clear')).toEqual({});
    expect(await list()).toEqual([]);
  });
});
