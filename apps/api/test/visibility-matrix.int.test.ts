import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Visibility } from '@trunkline/domain';
import { statusUris } from '@trunkline/activitypub';
import { nowDate, type Snowflake } from '@trunkline/kernel';
import { blockAccount, boostRow, followAccount } from '@trunkline/social';
import type { ApiClient, TestPerson, TestServer } from '@trunkline/testing';
import { nobody, startApi, type Json } from './api-server.js';
import { ACTING_PATHS, READING_PATHS, VIEWERS, type Planted, type ReadingPath, type ViewerName } from './reading-paths.js';

const VISIBILITIES = ['public', 'unlisted', 'private', 'direct'] as const;

/** Who may see what, written out: the rule itself is not asked. */
const MAY_SEE: Readonly<Record<Visibility, readonly ViewerName[]>> = {
  public: ['author', 'follower', 'mentioned', 'stranger', 'nobody'],
  unlisted: ['author', 'follower', 'mentioned', 'stranger', 'nobody'],
  private: ['author', 'follower', 'mentioned'],
  direct: ['author', 'mentioned'],
};

let server: TestServer;
let host: TestPerson;
let booster: TestPerson;
const people = new Map<ViewerName, TestPerson>();
const planted = new Map<Visibility, Planted>();

const person = (name: ViewerName): TestPerson => {
  const found = people.get(name);
  if (found === undefined) throw new Error(`nobody is ${name}`);
  return found;
};
const write = async (by: TestPerson, status: string, more: Json = {}): Promise<Snowflake> =>
  (await by.api.post('/api/v1/statuses', { status, ...more }))['id'] as Snowflake;

/** A boost that no use case would make, as a hostile or broken peer might. */
async function plantBoost(topId: Snowflake): Promise<Snowflake> {
  const { store, ids, settings, clock } = server.backbone;
  const [target] = await store.statusesByIds([topId]);
  if (target === undefined) throw new Error('nothing to boost');
  const id = ids.next();
  const uri = statusUris(settings.baseUrl, booster.account.id, id).id;
  const row = boostRow(target, { id, accountId: booster.account.id, uri, visibility: 'public', local: true, createdAt: nowDate(clock) });
  await store.transaction((tx) => tx.insertStatus(row));
  return id;
}

async function plant(visibility: Visibility): Promise<Planted> {
  const { store, ids, notifications } = server.backbone;
  const author = person('author');
  const tag = `matrix${visibility}`;
  const rootId = await write(host, 'come and talk');
  const topId = await write(author, `@mentioned about #${tag}`, { visibility });
  const replyId = await write(author, `@mentioned in answer`, { visibility, in_reply_to_id: rootId });
  // Nobody who cannot see it could answer it: the answer is hung below it afterwards.
  const childId = await write(host, 'and on');
  await server.backbone.db.query('UPDATE social.statuses SET in_reply_to_id = $2, in_reply_to_account_id = $3 WHERE id = $1', [childId, replyId, author.account.id]);
  const notificationIds = new Map<ViewerName, Snowflake>();
  for (const [name, { account }] of people) {
    const id = ids.next();
    const from = name === 'author' ? host.account.id : author.account.id;
    await notifications.insert([{ id, accountId: account.id, type: 'status', fromAccountId: from, statusId: topId, reportId: null, fact: id }]);
    await store.transaction(async (tx) => {
      await tx.insertBookmark({ id: ids.next(), accountId: account.id, statusId: topId });
      await tx.insertFavourite({ id: ids.next(), accountId: account.id, statusId: topId, uri: null });
    });
    notificationIds.set(name, id);
  }
  const boostId = await plantBoost(topId);
  const topUri = statusUris(server.backbone.settings.baseUrl, author.account.id, topId).id;
  return { visibility, authorId: author.account.id, tag, topId, topUri, replyId, rootId, childId, boostId, boosterId: booster.account.id, notificationIds };
}

beforeAll(async () => {
  server = await startApi();
  [host, booster] = [await server.person('host'), await server.person('booster')];
  for (const name of VIEWERS) if (name !== 'nobody') people.set(name, await server.person(name));
  const author = person('author').account;
  await followAccount(server.backbone, person('follower').account, author);
  for (const visibility of VISIBILITIES) planted.set(visibility, await plant(visibility));
  await blockAccount(server.backbone, author.id, person('blocked').account.id);
  await blockAccount(server.backbone, person('blocker').account.id, author.id);
}, 90_000);
afterAll(() => server?.stop());

/** Every row that anybody's acting on the planted statuses of a visibility makes or changes. */
async function tracesOf(visibility: Visibility) {
  const found = planted.get(visibility);
  const ids = [found?.topId, found?.replyId];
  const rowsOf = async (sql: string) => (await server.backbone.db.query<{ rows: string }>(`SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') AS rows FROM (${sql}) AS t`, [ids]))[0]?.rows;
  return Promise.all([
    rowsOf('SELECT * FROM social.statuses WHERE id = ANY($1::bigint[]) OR in_reply_to_id = ANY($1) OR boost_of_id = ANY($1)'),
    rowsOf('SELECT * FROM social.status_stats WHERE status_id = ANY($1::bigint[])'),
    rowsOf('SELECT * FROM social.favourites WHERE status_id = ANY($1::bigint[])'),
    rowsOf('SELECT * FROM social.bookmarks WHERE status_id = ANY($1::bigint[])'),
    rowsOf('SELECT * FROM social.pins WHERE status_id = ANY($1::bigint[])'),
    rowsOf('SELECT * FROM social.mentions WHERE status_id = ANY($1::bigint[])'),
    rowsOf('SELECT * FROM timeline.notifications WHERE status_id = ANY($1::bigint[])'),
  ]);
}

async function wrongPaths(paths: readonly ReadingPath[], visibility: Visibility, viewer: ViewerName, maySee: boolean): Promise<string[]> {
  const found = planted.get(visibility);
  if (found === undefined) throw new Error(`nothing ${visibility} was planted`);
  const api: ApiClient = viewer === 'nobody' ? nobody(server) : person(viewer).api;
  const wrong: string[] = [];
  for (const path of paths) {
    if (viewer === 'nobody' && path.signedInOnly === true) continue;
    const shows = await path.shows(api, found, viewer);
    const must = maySee && (path.mustShow?.(viewer, visibility) ?? true);
    if (shows && !maySee) wrong.push(`${path.name} shows it`);
    if (!shows && must) wrong.push(`${path.name} hides it`);
  }
  return wrong;
}

const cells = VISIBILITIES.flatMap((visibility) => VIEWERS.map((viewer) => [viewer, visibility, MAY_SEE[visibility].includes(viewer)] as const));

describe('S123 S126 S129 S130 visibility is one rule on every path', () => {
  test.each(cells)('%s, a %s status: visible %s', async (viewer, visibility, maySee) => {
    expect(await wrongPaths(READING_PATHS, visibility, viewer, maySee)).toEqual([]);
  });

  test.each(cells)('%s acting on a %s status: allowed %s', async (viewer, visibility, maySee) => {
    const before = await tracesOf(visibility);
    expect(await wrongPaths(ACTING_PATHS, visibility, viewer, maySee)).toEqual([]);
    // An answer and a boost at least; what was favourited and bookmarked was so before.
    if (maySee && viewer !== 'nobody') expect(await tracesOf(visibility)).not.toEqual(before);
    else expect(await tracesOf(visibility)).toEqual(before);
  });

  // Last: from here on the author is suspended.
  test('nobody sees anything of a suspended author', async () => {
    const { store } = server.backbone;
    await store.transaction((tx) => tx.updateAccount(person('author').account.id, { suspendedAt: new Date(0) }));
    for (const viewer of ['follower', 'mentioned', 'stranger', 'nobody'] as const) {
      expect(await wrongPaths(READING_PATHS, 'public', viewer, false)).toEqual([]);
    }
  });
});
