import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Database } from '../src/database.js';
import { brokenInvariants } from '../src/ledger/invariants.js';
import { startDatabase } from './postgres.js';

let db: Database;
let stop: () => Promise<void>;
beforeAll(async () => ({ db, stop } = await startDatabase()), 60_000);
afterAll(() => stop());

// An author with one follower, whose one post one person likes; the triggers and foreign keys of the rest do not matter here.
beforeEach(async () => {
  await db.query('TRUNCATE social.accounts, social.account_stats, social.statuses, social.status_stats, social.follows, social.favourites, federation.delivery_retries CASCADE');
  await db.query(`INSERT INTO social.accounts (id, username, uri, url, inbox_url) SELECT n, 'p' || n, 'https://here.example/' || n, '', '' FROM generate_series(1, 2) n`);
  await db.query(`INSERT INTO social.follows (id, account_id, target_account_id) VALUES (5, 2, 1)`);
  await db.query(`INSERT INTO social.statuses (id, account_id, uri, url, local, visibility, conversation_id, created_at) VALUES (10, 1, 'https://here.example/10', '', true, 'public', 10, now())`);
  await db.query('INSERT INTO social.favourites (id, account_id, status_id) VALUES (6, 2, 10)');
  await db.query('INSERT INTO social.status_stats (status_id, favourites_count) VALUES (10, 1)');
  await db.query('INSERT INTO social.account_stats (account_id, followers_count, following_count, statuses_count) VALUES (1, 1, 0, 1), (2, 0, 1, 0)');
});

const broken = async () => Object.fromEntries(await brokenInvariants(db));

test('where counters are their rows nothing is broken', async () => {
  expect(await broken()).toEqual({ status_counters: 0, account_counters: 0, delivery_activity: 0 });
});

test('a planted counter is found, of a post and of its author', async () => {
  await db.query('UPDATE social.status_stats SET favourites_count = 2');
  await db.query('UPDATE social.account_stats SET followers_count = 0 WHERE account_id = 1');
  expect(await broken()).toEqual({ status_counters: 1, account_counters: 1, delivery_activity: 0 });
});

test('a delivery without its activity is found', async () => {
  await db.query(`INSERT INTO federation.delivery_retries (id, body_id, inbox, host, not_before) VALUES (1, 99, 'https://there.example/inbox', 'there.example', now())`);
  expect((await broken())['delivery_activity']).toBe(1);
});
