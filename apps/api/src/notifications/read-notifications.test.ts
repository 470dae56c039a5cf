import { describe, expect, test } from '@jest/globals';
import type { Account, Notification, Page, PolicySnapshot } from '@trunkline/domain';
import { compareIds, snowflake } from '@trunkline/kernel';
import type { SocialReads } from '@trunkline/social';
import { readNotifications } from './read-notifications.js';

const VIEWER = snowflake('1');
const [WELCOME, GONE] = [snowflake('2'), snowflake('3')];
const everything: Page = { limit: 2, maxId: null, sinceId: null, minId: null };
const query = { page: everything, types: [] as string[], excludeTypes: [], accountId: null };

const follow = (id: number, fromAccountId = WELCOME): Notification => ({
  id: snowflake(String(id)),
  accountId: VIEWER,
  type: 'follow',
  fromAccountId,
  statusId: null,
  reportId: null,
  createdAt: new Date(0),
});

/** A store over rows, newest first, as the SQL one answers; it notes what it was asked. */
function portsOver(rows: readonly Notification[]) {
  const asked: { types: readonly string[] | null; page: Page }[] = [];
  const accounts = [WELCOME, GONE].map((id) => ({ id, domain: null, suspendedAt: null, deletedAt: id === GONE ? new Date(0) : null }) as Account);
  const store = {
    accountsByIds: (ids: readonly string[]) => Promise.resolve(accounts.filter((account) => ids.includes(account.id))),
    statusesByIds: () => Promise.resolve([]),
    viewerTies: () => Promise.resolve(new Map()),
    statusFlags: () => Promise.resolve(new Map()),
  } as unknown as SocialReads;
  const policy = { current: () => ({ domainRules: [], allowedDomains: [], limitedFederation: false }) as unknown as PolicySnapshot };
  const notifications = {
    page: (wanted: { types: readonly string[] | null; page: Page }) => {
      asked.push(wanted);
      const { maxId, minId, limit } = wanted.page;
      const within = rows.filter((row) => (maxId === null || compareIds(row.id, maxId) < 0) && (minId === null || compareIds(row.id, minId) > 0));
      return Promise.resolve(minId === null ? within.slice(0, limit) : within.slice(-limit));
    },
  };
  return { store, policy, notifications, reports: null, asked };
}

const idsOf = async (ports: ReturnType<typeof portsOver>, change: Partial<typeof query> = {}): Promise<string[]> =>
  (await readNotifications(ports, VIEWER, { ...query, ...change })).map(({ notification }) => notification.id);

describe('a page of notifications', () => {
  test('is filled up when senders are gone, so that it does not look like the end', async () => {
    const ports = portsOver([follow(9, GONE), follow(8, GONE), follow(7), follow(6, GONE), follow(5), follow(4)]);
    expect(await idsOf(ports)).toEqual(['7', '5']);
  });

  test('read upwards keeps what is nearest to the bound', async () => {
    const ports = portsOver([follow(9), follow(8), follow(7), follow(6, GONE), follow(5)]);
    expect(await idsOf(ports, { page: { ...everything, minId: snowflake('5') } })).toEqual(['8', '7']);
  });

  test('of types that exist nowhere is empty without asking', async () => {
    const ports = portsOver([follow(9)]);
    expect(await idsOf(ports, { types: ['annual_report'] })).toEqual([]);
    expect(ports.asked).toEqual([]);
    expect(await idsOf(ports, { types: ['annual_report', 'follow'] })).toEqual(['9']);
    expect(ports.asked[0]?.types).toEqual(['follow']);
  });

  test('ends when the store keeps giving what is hidden', async () => {
    const ports = portsOver(Array.from({ length: 50 }, (_, at) => follow(99 - at, GONE)));
    expect(await idsOf(ports)).toEqual([]);
    expect(ports.asked).toHaveLength(3);
  });
});
