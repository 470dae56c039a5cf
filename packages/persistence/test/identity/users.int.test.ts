import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AccountRegisteredV1 } from '@trunkline/contracts';
import type { Snowflake } from '@trunkline/kernel';
import { Users, type NewUser } from '../../src/identity/users.js';
import { addAccount, ids, page, profile, startWorld, type World } from '../social/world.js';

let world: World;
let users: Users;
beforeAll(async () => {
  world = await startWorld(10);
  users = new Users(world.db, world.store);
}, 60_000);
afterAll(() => world.stop());

const signUp = (name: string, change: Partial<NewUser> = {}): NewUser => ({
  id: ids.next(),
  account: { ...profile(name), id: ids.next() },
  email: `${name}@mail.example`,
  password: 'correct horse',
  role: 'User',
  locale: 'en',
  confirmed: true,
  approved: true,
  reason: null,
  appId: null,
  ip: '203.0.113.9',
  ...change,
});

async function made(name: string, change: Partial<NewUser> = {}) {
  const result = await users.create(signUp(name, change));
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

const NO_FILTER = { origin: null, status: null, username: null, domain: null, email: null } as const;

describe('signing up', () => {
  test('a taken name or address is told apart, and nothing of a refused sign-up stays', async () => {
    await made('taken');
    expect(await users.create(signUp('TAKEN', { email: 'other@mail.example' }))).toMatchObject({ ok: false, error: { code: 'username_taken' } });
    const refused = signUp('fresh', { email: 'TAKEN@Mail.Example' });
    expect(await users.create(refused)).toMatchObject({ ok: false, error: { code: 'email_taken' } });
    expect(await world.store.accountsByIds([refused.account.id])).toEqual([]);
  });

  test('ten sign-ups for one name at once make one account', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, (_, n) => users.create(signUp('rush', { email: `rush${n}@mail.example` }))));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(await world.db.query('SELECT id FROM identity.users WHERE email LIKE $1', ['rush%'])).toHaveLength(1);
  });

  test('what commits with it commits or fails with it', async () => {
    const good = signUp('eventful');
    await users.create(good, (tx) => tx.appendEvent(AccountRegisteredV1, { accountId: good.account.id, pending: false }));
    const bad = signUp('uneventful');
    await expect(users.create(bad, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await world.db.query(`SELECT id FROM events.outbox WHERE payload->>'accountId' = $1`, [good.account.id])).toHaveLength(1);
    expect(await users.byAccountIds([good.account.id, bad.account.id])).toHaveLength(1);
  });

  test('the confirmation link works once, a renewed one ends the former', async () => {
    const { user, confirmationToken } = await made('confirmer', { confirmed: false });
    expect(user.confirmedAt).toBeNull();
    const renewed = await users.renewConfirmation(user.id, null);
    expect(await users.confirm(confirmationToken ?? '')).toBeNull();
    if (!renewed.ok) throw new Error(renewed.error.code);
    const both = await Promise.all([users.confirm(renewed.value), users.confirm(renewed.value)]);
    expect(both.filter((confirmed) => confirmed !== null)).toHaveLength(1);
    expect((await users.byIds([user.id]))[0]?.confirmedAt).toBeInstanceOf(Date);
    expect(await users.renewConfirmation(user.id, null)).toMatchObject({ ok: false, error: { code: 'confirmed' } });
  });

  test('only somebody who waits can be approved or rejected', async () => {
    const waiting = await made('waiting', { approved: false, reason: 'I like it' });
    expect(waiting.user.reason).toBe('I like it');
    expect(await users.approve(waiting.user.id)).toBe(true);
    expect(await users.approve(waiting.user.id)).toBe(false);
    expect(await users.reject(waiting.user.id)).toBe(false);
    const unwanted = await made('unwanted', { approved: false });
    expect(await users.reject(unwanted.user.id)).toBe(true);
    expect(await users.byEmail('unwanted@mail.example')).toBeNull();
    expect((await world.store.accountsByIds([unwanted.user.accountId]))[0]?.deletedAt).toBeInstanceOf(Date);
  });
});

describe('people', () => {
  test('sign in with the address in any case and the right password; the hash does not come along', async () => {
    const { user } = await made('signer');
    expect(await users.authenticate(' SIGNER@mail.example', 'correct horse')).toEqual(user);
    expect(await users.authenticate('signer@mail.example', 'wrong')).toBeNull();
    expect(await users.authenticate('nobody@mail.example', 'correct horse')).toBeNull();
    await users.setPassword(user.id, 'battery staple');
    expect(await users.authenticate('signer@mail.example', 'correct horse')).toBeNull();
    expect(await users.authenticate('signer@mail.example', 'battery staple')).toEqual(user);
    expect(Object.values(user).some((value) => String(value).includes('scrypt'))).toBe(false);
  });

  test('being here is noted at most hourly', async () => {
    const { user } = await made('active');
    const seen = async () => (await users.byIds([user.id]))[0]?.lastActiveAt ?? null;
    await users.touch(user.id);
    const first = await seen();
    expect(first).toBeInstanceOf(Date);
    await users.touch(user.id);
    expect(await seen()).toEqual(first);
    await world.db.query(`UPDATE identity.users SET last_active_at = now() - interval '61 minutes' WHERE id = $1`, [user.id]);
    await users.touch(user.id);
    expect((await seen())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? 0);
  });

  test('defaults keep what is not named; a language can be taken back', async () => {
    const { user } = await made('chooser');
    await users.setDefaults(user.id, { visibility: 'unlisted', language: 'de' });
    await users.setDefaults(user.id, { sensitive: true });
    expect((await users.byIds([user.id]))[0]).toMatchObject({ defaultVisibility: 'unlisted', defaultSensitive: true, defaultLanguage: 'de' });
    await users.setDefaults(user.id, { language: null });
    expect((await users.byIds([user.id]))[0]?.defaultLanguage).toBeNull();
  });

  test('moderators are those with a role who can sign in', async () => {
    const { user: owner } = await made('theowner', { role: 'Owner' });
    const { user: off } = await made('formermod', { role: 'Moderator' });
    await users.setDisabled(off.id, true);
    const { user: promoted } = await made('promoted');
    await users.setRole(promoted.id, 'Admin');
    expect(await users.moderatorAccountIds()).toEqual([owner.accountId, promoted.accountId]);
    expect(await users.hasOwner()).toBe(true);
  });
});

test('lists for moderators: by state, origin, name and address, paged in both directions', async () => {
  const people: Snowflake[] = [];
  for (let n = 0; n < 5; n += 1) people.push((await made(`list_${n}`)).user.accountId);
  const pending = (await made('list_p', { approved: false })).user.accountId;
  const remote = await addAccount(world.store, 'list_r', 'far.example');
  await world.store.transaction((tx) => tx.updateAccount(people[0] as Snowflake, { suspendedAt: new Date() }));
  const search = (change: Partial<Parameters<Users['search']>[0]> = {}) =>
    users.search({ ...NO_FILTER, username: 'LIST_', page: page(), ...change });
  const all = [remote, pending, ...[...people].reverse()];
  expect(await search()).toEqual(all);
  expect(await search({ origin: 'remote' })).toEqual([remote]);
  expect(await search({ status: 'pending' })).toEqual([pending]);
  expect(await search({ status: 'suspended' })).toEqual([people[0]]);
  expect(await search({ status: 'active', origin: 'local' })).toEqual([...people.slice(1)].reverse());
  expect(await search({ domain: 'FAR.example' })).toEqual([remote]);
  expect(await search({ email: 'List_3@mail.example' })).toEqual([people[3]]);
  expect(await search({ page: page(2, { maxId: people[4] as Snowflake }) })).toEqual([people[3], people[2]]);
  expect(await search({ page: page(2, { minId: people[0] as Snowflake }) })).toEqual([people[2], people[1]]);
  // The underscore is no wildcard.
  expect(await search({ username: 'lis__' })).toEqual([]);
});
