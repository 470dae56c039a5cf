import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Snowflake } from '@trunkline/kernel';
import { SqlModerationStore, type NewDomainRule } from '../../src/moderation/moderation-store.js';
import { SqlReportStore } from '../../src/moderation/report-store.js';
import { severDomain } from '../../src/moderation/sever-domain.js';
import { addAccount, followTie, ids, page, startWorld, wrongCounters, type World } from '../social/world.js';

let world: World;
let moderation: SqlModerationStore;
let moderator: Snowflake;
beforeAll(async () => {
  world = await startWorld();
  moderation = new SqlModerationStore(world.db, ids);
  moderator = await addAccount(world.store, 'moderator');
}, 60_000);
afterAll(() => world.stop());

const rule = (domain: string, change: Partial<NewDomainRule> = {}): NewDomainRule => ({
  domain, severity: 'suspend', rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false, ...change,
});
const auditRows = async () => Number((await world.db.query<{ n: string }>('SELECT count(*) AS n FROM moderation.audit'))[0]?.n);

describe('rules', () => {
  test('every decision raises the version by one and leaves a line in the audit', async () => {
    const before = { version: await moderation.version(), audit: await auditRows() };
    const made = await moderation.setDomainRule(moderator, rule('bad.example', { privateComment: 'spam' }));
    const again = await moderation.setDomainRule(null, rule('bad.example', { severity: 'silence' }));
    expect(again.id).toBe(made.id);
    const allow = await moderation.allowDomain(moderator, 'good.example');
    await moderation.setRegistrations(moderator, 'approved', false);
    const text = await moderation.addServerRule(moderator, 'Be kind', 'really');
    const snapshot = await moderation.snapshot();
    expect(snapshot).toMatchObject({
      version: before.version + 5,
      allowedDomains: ['good.example'],
      registrations: 'approved',
      approvalReasonRequired: false,
      serverRules: [{ id: text.id, text: 'Be kind', hint: 'really' }],
    });
    expect(snapshot.domainRules).toEqual([again]);
    expect(await moderation.deleteDomainRule(moderator, made.id)).toMatchObject({ domain: 'bad.example' });
    expect(await moderation.disallowDomain(moderator, allow.id)).toEqual(allow);
    expect(await moderation.deleteServerRule(moderator, text.id)).toBe(true);
    expect(await moderation.snapshot()).toMatchObject({ version: before.version + 8, domainRules: [], allowedDomains: [], serverRules: [] });
    expect(await auditRows()).toBe(before.audit + 8);
  });

  test('twenty decisions at once are twenty versions', async () => {
    const before = await moderation.version();
    await Promise.all(Array.from({ length: 20 }, (_, n) => moderation.setDomainRule(moderator, rule(`d${n % 7}.example`))));
    expect(await moderation.version()).toBe(before + 20);
    expect((await moderation.snapshot()).domainRules).toHaveLength(7);
  });
});

describe('reports', () => {
  test('are listed, assigned, resolved and reopened', async () => {
    const store = new SqlReportStore(world.db);
    const [who, whom] = [await addAccount(world.store, 'reporter'), await addAccount(world.store, 'reported')];
    const id = ids.next();
    const report = {
      id, accountId: who, targetAccountId: whom, statusIds: [ids.next()], ruleIds: [], comment: 'sp\u0000am', category: 'spam' as const, forwarded: false,
    };
    await store.insert(report);
    await store.insert(report);
    const [stored] = await store.byIds([id, ids.next()]);
    expect(stored).toMatchObject({ ...report, comment: 'spam', actionTakenAt: null, assignedAccountId: null });
    const open = (resolved: boolean | null) => store.list({ resolved, accountId: null, targetAccountId: whom, page: page() });
    expect(await open(false)).toHaveLength(1);
    expect(await store.assign(id, moderator)).toMatchObject({ assignedAccountId: moderator });
    const resolved = await store.resolve(id, moderator);
    expect(resolved).toMatchObject({ actionTakenByAccountId: moderator, actionTakenAt: expect.any(Date) });
    expect(await open(false)).toEqual([]);
    expect(await open(true)).toHaveLength(1);
    expect(await open(null)).toHaveLength(1);
    expect(await store.reopen(id)).toMatchObject({ actionTakenAt: null, actionTakenByAccountId: null });
    await expect(store.resolve(ids.next(), moderator)).rejects.toMatchObject({ status: 404 });
  });
});

describe('severing a domain', () => {
  test('ends follows and requests both ways, with subdomains and ports but without neighbours and exempted hosts', async () => {
    const { store, db } = world;
    const local = await addAccount(store, 'popular');
    const domains = ['evil.example', 'sub.evil.example', 'evil.example:3001', 'exempt.evil.example', 'notevil.example', 'evil.example.org'];
    const people = await Promise.all(domains.map((domain, n) => addAccount(store, `far${n}`, domain)));
    for (const person of people) {
      await store.transaction(async (tx) => {
        await tx.insertFollow(followTie(local, person));
        await tx.insertFollow(followTie(person, local));
      });
    }
    const asker = await addAccount(store, 'asker');
    await store.transaction((tx) => tx.insertFollowRequest(followTie(asker, people[0] as Snowflake)));
    await moderation.setDomainRule(moderator, rule('evil.example'));
    await moderation.setDomainRule(moderator, rule('exempt.evil.example', { severity: 'noop' }));
    expect(await severDomain(db, store, 'evil.example')).toEqual({ following: 4, followers: 3 });
    const left = (await store.followingIds(local, page())).map((entry) => entry.id);
    expect(new Set(left)).toEqual(new Set(people.slice(3)));
    expect(await store.followerIds(local, page())).toHaveLength(3);
    expect(await store.followRequest(asker, people[0] as Snowflake)).toBeNull();
    expect(await wrongCounters(db)).toEqual([]);
    expect(await severDomain(db, store, 'evil.example')).toEqual({ following: 0, followers: 0 });
  });

  // More than one transaction's worth.
  test('goes on until nothing is left', async () => {
    const { store, db } = world;
    const local = await addAccount(store, 'magnet');
    const people = await Promise.all(Array.from({ length: 450 }, (_, n) => addAccount(store, `many${n}`, 'big.example')));
    await store.transaction(async (tx) => {
      for (const person of people) await tx.insertFollow(followTie(person, local));
    });
    await moderation.setDomainRule(moderator, rule('big.example'));
    expect(await severDomain(db, store, 'big.example')).toEqual({ following: 0, followers: 450 });
    expect((await store.accountsByIds([local]))[0]?.followersCount).toBe(0);
    expect(await wrongCounters(db)).toEqual([]);
  }, 60_000);
});
