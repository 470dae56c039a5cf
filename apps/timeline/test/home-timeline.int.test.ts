import { afterEach, expect, jest, test } from '@jest/globals';
import type { Account, Visibility } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { withBackbone } from '@trunkline/platform';
import {
  blockAccount,
  boostRow,
  boostStatus,
  deleteStatus,
  editStatus,
  followAccount,
  homeTimeline,
  newLocalAccount,
  publishStatus,
  rowReader,
  saveAndAnnounce,
  unblockAccount,
  unfollowAccount,
  type NewStatus,
} from '@trunkline/social';
import { startTestServer, until, type TestServer } from '@trunkline/testing';
import fc from 'fast-check';
import { TimelineModule } from '../src/index.js';
import { homeByOracle } from './home-oracle.js';
import { KNOWN, REMOTE, steps, type Step } from './home-steps.js';

jest.setTimeout(180_000);

const PAGE = { limit: 40, maxId: null, sinceId: null, minId: null };
const NAMES = ['ann', 'bea', 'rae'];

let server: TestServer;
let run = 0;
afterEach(() => server?.stop());

/** `followersMax`: authors with more are looked up by readers. */
async function start(followersMax: number): Promise<void> {
  server = await startTestServer({
    service: { name: 'timeline', module: TimelineModule, ...withBackbone({ consumes: true }) },
    env: { LOG_LEVEL: 'silent', FANOUT_FOLLOWERS_MAX: String(followersMax) },
  });
}

/** One small world, and what was written in it. */
class World {
  readonly statuses: StatusId[] = [];
  readonly orphans: { readonly uri: string }[] = [];
  private serial = 0;

  private constructor(
    readonly people: readonly Account[],
    readonly host: string,
  ) {}

  static async start(): Promise<World> {
    const { store, ids, clock, settings } = server.backbone;
    run += 1;
    const host = `far${run}.example`;
    const people: Account[] = [];
    for (const [at, name] of NAMES.entries()) {
      const id = ids.next();
      const username = `${name}${run}`;
      const made = newLocalAccount({ id, username, baseUrl: at === REMOTE ? `https://${host}` : settings.baseUrl, now: new Date(clock.nowMs()) });
      await store.transaction((tx) => tx.insertAccount({ ...made, domain: at === REMOTE ? host : null }));
      const [account] = await store.accountsByIds([id]);
      if (account === undefined) throw new Error('the account just made is gone');
      people.push(account);
    }
    return new World(people, host);
  }

  person(at: number): Account {
    return this.people[at] as Account;
  }

  get readers(): readonly Account[] {
    return this.people.slice(0, REMOTE);
  }

  status(which: number): StatusId | undefined {
    return this.statuses[which % Math.max(1, this.statuses.length)];
  }

  uri(): string {
    this.serial += 1;
    return `https://${this.host}/notes/${run}-${this.serial}`;
  }
}

function row(world: World, author: Account, change: Partial<NewStatus>): NewStatus {
  const id = server.backbone.ids.next();
  const uri = change.uri ?? world.uri();
  return {
    id, accountId: author.id, uri, url: uri, local: false, content: '<p>hello</p>', text: null, spoilerText: '', sensitive: false, visibility: 'public', language: 'en',
    inReplyToId: null, inReplyToAccountId: null, inReplyToUri: null, boostOfId: null, conversationId: id, conversationUri: null, applicationName: null,
    applicationWebsite: null, poll: null, media: [], emojis: [], mentions: [], tags: [], createdAt: new Date(), ...change,
  };
}

const ignoreRefusal = async (work: Promise<unknown>): Promise<void> => void (await work);

async function write(world: World, step: Extract<Step, { visibility: Visibility }>): Promise<void> {
  const { backbone } = server;
  const { store } = backbone;
  const [author, other] = [world.person(step.who), world.person(step.whom)];
  if (step.does === 'edit') return edit(world, step);
  const parentId = step.does === 'reply' ? (world.status(step.which) ?? null) : null;
  if (step.does === 'orphan' && isSuspended(world.host)) return;
  if (step.who !== REMOTE && step.does !== 'orphan') {
    const draft = {
      text: `hello${step.names ? nameOf(world, step.whom) : ''}`, spoilerText: '', sensitive: false,
      visibility: step.visibility, language: step.language, inReplyToId: parentId, application: null, idempotencyKey: null,
    };
    const made = await publishStatus(backbone, author, draft);
    if (made.ok) world.statuses.push(made.value.id);
    return;
  }
  // What comes from elsewhere: also answers to what is not known here yet.
  const [parent] = parentId === null ? [] : await store.statusesByIds([parentId]);
  const orphan = step.does === 'orphan' ? { uri: world.uri() } : null;
  if (orphan !== null) world.orphans.push(orphan);
  const status = row(world, world.person(REMOTE), {
    visibility: step.visibility,
    language: step.language,
    mentions: step.names ? [{ accountId: other.id, silent: false }] : [],
    inReplyToId: parent?.id ?? null,
    inReplyToAccountId: parent?.accountId ?? null,
    inReplyToUri: orphan?.uri ?? null,
  });
  const id = await store.transaction((tx) => saveAndAnnounce(tx, status));
  if (id !== null) world.statuses.push(id);
}

/** Who is named, and the language, are other ones after it. */
async function edit(world: World, { whom, which, names, language }: Extract<Step, { visibility: Visibility }>): Promise<void> {
  const { backbone } = server;
  const statusId = world.status(which);
  const [status] = statusId === undefined ? [] : await backbone.store.statusesByIds([statusId]);
  const author = world.readers.find((person) => person.id === status?.accountId);
  if (status === undefined || author === undefined || status.text === null) return;
  await ignoreRefusal(editStatus(backbone, author, status.id, { text: `hello again${names ? nameOf(world, whom) : ''}`, spoilerText: '', sensitive: true, language }));
}

const nameOf = (world: World, whom: number): string => ` @${world.person(whom).username}${whom === REMOTE ? `@${world.host}` : ''}`;

/** The parent of an answer arrives after it. */
async function bringParent(world: World): Promise<void> {
  const orphan = isSuspended(world.host) ? undefined : world.orphans.shift();
  if (orphan === undefined) return;
  const author = world.person(REMOTE);
  const status = row(world, author, { uri: orphan.uri });
  const id = await server.backbone.store.transaction(async (tx) => {
    const saved = await saveAndAnnounce(tx, status);
    if (saved !== null) await tx.adoptOrphans([{ uri: orphan.uri, id: saved, accountId: author.id }]);
    return saved;
  });
  if (id !== null) world.statuses.push(id);
}

async function boost(world: World, step: Step): Promise<void> {
  const { backbone } = server;
  const statusId = world.status(step.which);
  if (statusId === undefined) return;
  if (step.who !== REMOTE) {
    const made = await boostStatus(backbone, world.person(step.who), statusId);
    if (made.ok && !world.statuses.includes(made.value)) world.statuses.push(made.value);
    return;
  }
  const [target] = await backbone.store.statusesByIds([statusId]);
  if (target === undefined || target.deletedAt !== null || target.boostOfId !== null || !['public', 'unlisted'].includes(target.visibility)) return;
  const uri = world.uri();
  const made = boostRow(target, { id: backbone.ids.next(), accountId: world.person(REMOTE).id, uri, visibility: 'public', local: false, createdAt: new Date() });
  const id = await backbone.store.transaction((tx) => saveAndAnnounce(tx, made));
  if (id !== null) world.statuses.push(id);
}

async function setRule(world: World, severity: 'suspend' | 'silence' | 'noop'): Promise<void> {
  const { moderation, policy } = server.backbone;
  // What was under way when the rule came may count as from before or from after it.
  await settled();
  await moderation.setDomainRule(null, { domain: world.host, severity, rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false });
  await policy.refresh();
}

const isSuspended = (host: string): boolean => server.backbone.policy.current().domainRules.some((rule) => rule.domain === host && rule.severity === 'suspend');

async function take(world: World, step: Step): Promise<void> {
  const { backbone } = server;
  // Nothing is taken from servers that are suspended.
  if (step.who === REMOTE && isSuspended(world.host)) return;
  const { store, feeds, ids } = backbone;
  const [me, other] = [world.person(step.who), world.person(step.whom)];
  const statusId = world.status(step.which);
  switch (step.does) {
    case 'follow':
    case 'boosts on':
    case 'boosts off':
      if (step.who === REMOTE) return;
      if (step.whom === REMOTE && me.id !== other.id) {
        // The other server accepts at once.
        const tie = { id: ids.next(), accountId: me.id, targetId: other.id, uri: null, showBoosts: true, notify: false, languages: step.which % 5 === 0 ? ['en'] : null };
        if ((await store.viewerTies(me.id, [other.id])).get(other.id)?.blockedEitherWay !== true) await store.transaction((tx) => tx.insertFollow(tie));
      } else if (step.does === 'follow') await ignoreRefusal(followAccount(backbone, me, other));
      if (step.does !== 'follow') await store.transaction((tx) => tx.updateFollow(me.id, other.id, { showBoosts: step.does === 'boosts on' }));
      return feeds.renew(me.id);
    case 'unfollow':
      return ignoreRefusal(unfollowAccount(backbone, me.id, other.id));
    case 'block':
      return ignoreRefusal(blockAccount(backbone, me.id, other.id));
    case 'unblock':
      await unblockAccount(backbone, me.id, other.id);
      return feeds.renew(me.id);
    case 'mute':
      if (step.who === step.whom) return;
      return store.transaction((tx) => tx.insertMute({ id: ids.next(), accountId: me.id, targetId: other.id, hideNotifications: true, expiresAt: null }));
    case 'unmute':
      await store.transaction((tx) => tx.deleteMute(me.id, other.id));
      return feeds.renew(me.id);
    case 'boost':
      return boost(world, step);
    case 'delete': {
      const [status] = statusId === undefined ? [] : await store.statusesByIds([statusId]);
      if (status !== undefined) await deleteStatus(backbone, status);
      return;
    }
    case 'read':
      await keptPage(me);
      return ignoreRefusal(homeTimeline(backbone, rowReader(backbone), me.id, PAGE));
    case 'forget':
      return feeds.drop(me.id);
    case 'suspend':
      return setRule(world, 'suspend');
    case 'silence':
      return setRule(world, 'silence');
    case 'lift':
      return setRule(world, 'noop');
    case 'limit':
    case 'free':
      return store.transaction((tx) => tx.updateAccount(other.id, { silencedAt: step.does === 'limit' ? new Date() : null }));
    case 'choose':
      await store.transaction((tx) => tx.updateFollow(me.id, other.id, { languages: ['en'] }));
      return feeds.renew(me.id);
    case 'mute for a while':
      if (step.who === step.whom) return;
      return store.transaction((tx) => tx.insertMute({ id: ids.next(), accountId: me.id, targetId: other.id, hideNotifications: true, expiresAt: new Date(Date.now() + 3_600_000) }));
    case 'mutes end':
      return endMutes(me);
    case 'parent':
      return bringParent(world);
    case 'wait':
      return settled();
    default:
      return write(world, step);
  }
}

/** Instead of waiting until then. What is kept in memory is told, where it would look at the clock. */
async function endMutes(reader: Account): Promise<void> {
  // What was under way may count as from before or from after it.
  await settled();
  const { db, store, ids } = server.backbone;
  const passing = await db.query<{ targetId: AccountId }>(`SELECT target_account_id AS "targetId" FROM social.mutes WHERE account_id = $1 AND expires_at > now() LIMIT 10`, [reader.id]);
  for (const { targetId } of passing) {
    await store.transaction((tx) => tx.insertMute({ id: ids.next(), accountId: reader.id, targetId, hideNotifications: true, expiresAt: new Date(Date.now() - 1_000) }));
  }
}

/** All that this app has to do is done. */
async function settled(): Promise<void> {
  await until('the events to be handled', async () => {
    const [row] = await server.backbone.db.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM events.outbox o
        WHERE o.published_at IS NULL OR (
          (o.subject LIKE 'status.%' OR o.subject LIKE 'follow.accepted%' OR o.subject LIKE 'follow.undone%' OR o.subject LIKE 'account.blocked%')
          AND NOT EXISTS (SELECT FROM events.done d WHERE d.event_id = o.event_id AND d.consumer LIKE 'timeline-fan-out-%')
          AND o.subject NOT LIKE 'status.un%')`,
    );
    return row?.left === 0;
  });
}

async function homeOf(reader: Account, limit: number): Promise<StatusId[]> {
  const shown: StatusId[] = [];
  let maxId: StatusId | null = null;
  for (;;) {
    const page = await homeTimeline(server.backbone, rowReader(server.backbone), reader.id, { ...PAGE, limit, maxId });
    shown.push(...page.map(({ status }) => status.id));
    maxId = shown.at(-1) ?? null;
    if (page.length < limit) return shown;
  }
}

/** The first page as clients get it: from memory, where it is kept. */
async function keptPage(reader: Account): Promise<readonly StatusId[]> {
  const { homePages, changes } = server.backbone;
  const { ids, json } = await homePages.read({ viewerId: reader.id, page: PAGE, told: await changes.sync(), onPartialFeed: () => undefined });
  expect((JSON.parse(json.toString()) as { id: StatusId }[]).map(({ id }) => id)).toEqual(ids);
  return ids;
}

async function upwards(reader: Account, limit: number): Promise<StatusId[]> {
  const shown: StatusId[] = [];
  for (;;) {
    const page = await homeTimeline(server.backbone, rowReader(server.backbone), reader.id, { ...PAGE, limit, minId: shown[0] ?? ('1' as StatusId) });
    shown.unshift(...page.map(({ status }) => status.id));
    if (page.length < limit) return shown;
  }
}

// Whoever read before got most of it by fan-out, whoever did not by a feed built from Postgres; both must show the same as the oracle.
// With a maximum of none nobody's posts are pushed, with one those of the author whom both follow are not.
test.each([
  { followersMax: 200_000, numRuns: 15 },
  { followersMax: 1, numRuns: 8 },
  { followersMax: 0, numRuns: 8 },
])('after whatever happened, home shows what an oracle in SQL says, by fan-out and built anew, with $followersMax followers at most', async ({ followersMax, numRuns }) => {
  await start(followersMax);
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 35 }), async (list) => {
      const world = await World.start();
      // They follow each other and read from the beginning, mostly.
      for (const who of [0, 1]) for (const whom of [0, 1, 2]) if (who !== whom) await take(world, { does: 'boosts on', who, whom, which: 1 });
      for (const who of [0, 1]) await take(world, { does: 'follow', who, whom: 1 - who, which: 1 });
      await settled();
      for (const who of [0, 1]) await take(world, { does: 'read', who, whom: 0, which: 0 });
      for (const step of list) await take(world, step);
      await settled();
      const { policy, feeds, db } = server.backbone;
      const hostsWith = (severity: string): string[] => policy.current().domainRules.filter((rule) => rule.severity === severity).map((rule) => rule.domain);
      const hosts = { suspended: hostsWith('suspend'), silenced: hostsWith('silence') };
      for (const reader of world.readers) {
        const expected = await homeByOracle(db, reader.id, hosts, 200);
        expect(await keptPage(reader)).toEqual(expected.slice(0, PAGE.limit));
        expect(await homeOf(reader, 40)).toEqual(expected);
        expect(await homeOf(reader, 3)).toEqual(expected);
        expect(await upwards(reader, 4)).toEqual(expected);
        await feeds.drop(reader.id);
        expect(await homeOf(reader, 5)).toEqual(expected);
        expect(await keptPage(reader)).toEqual(expected.slice(0, PAGE.limit));
      }
    }),
    { numRuns, examples: KNOWN.map((list) => [[...list]]) },
  );
});
