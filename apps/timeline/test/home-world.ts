import { expect } from '@jest/globals';
import { REPLIES_POLICIES, type Account, type List, type Visibility } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
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
import { until, type TestServer } from '@trunkline/testing';
import { changeList } from './home-lists.js';
import { REMOTE, type Step } from './home-steps.js';

export const PAGE = { limit: 40, maxId: null, sinceId: null, minId: null };
const NAMES = ['ann', 'bea', 'rae'];

const hostOf = (run: number): string => `far${run}.example`;

/** One small world, and what was written in it. */
export class World {
  readonly statuses: StatusId[] = [];
  readonly orphans: { readonly uri: string }[] = [];
  /** The person of the other server is suspended. */
  isBanned = false;
  private serial = 0;

  private constructor(
    readonly server: TestServer,
    /** No two worlds of a server have the same. */
    private readonly run: number,
    readonly people: readonly Account[],
    /** One of each reader. */
    readonly lists: readonly List[],
  ) {}

  static async start(server: TestServer, run: number): Promise<World> {
    const { store, ids, clock, settings } = server.backbone;
    const host = hostOf(run);
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
    const lists = people.slice(0, REMOTE).map((owner, at): List => ({ id: ids.next(), accountId: owner.id, title: 'some', repliesPolicy: REPLIES_POLICIES[(run + at) % 3] ?? 'none', exclusive: false }));
    for (const list of lists) await server.backbone.lists.create(list);
    return new World(server, run, people, lists);
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

  get host(): string {
    return hostOf(this.run);
  }

  uri(): string {
    this.serial += 1;
    return `https://${this.host}/notes/${this.run}-${this.serial}`;
  }
}

function row(world: World, author: Account, change: Partial<NewStatus>): NewStatus {
  const id = world.server.backbone.ids.next();
  const uri = change.uri ?? world.uri();
  return {
    id, accountId: author.id, uri, url: uri, local: false, content: '<p>hello</p>', text: null, spoilerText: '', sensitive: false, visibility: 'public', language: 'en',
    inReplyToId: null, inReplyToAccountId: null, inReplyToUri: null, boostOfId: null, conversationId: id, conversationUri: null, applicationName: null,
    applicationWebsite: null, poll: null, media: [], emojis: [], mentions: [], tags: [], createdAt: new Date(), ...change,
  };
}

const ignoreRefusal = async (work: Promise<unknown>): Promise<void> => void (await work);

async function write(world: World, step: Extract<Step, { visibility: Visibility }>): Promise<void> {
  const { backbone } = world.server;
  const { store } = backbone;
  const [author, other] = [world.person(step.who), world.person(step.whom)];
  if (step.does === 'edit') return edit(world, step);
  const parentId = step.does === 'reply' ? (world.status(step.which) ?? null) : null;
  if (step.does === 'orphan' && isSuspended(world)) return;
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
  const { backbone } = world.server;
  const statusId = world.status(which);
  const [status] = statusId === undefined ? [] : await backbone.store.statusesByIds([statusId]);
  const author = world.readers.find((person) => person.id === status?.accountId);
  if (status === undefined || author === undefined || status.text === null) return;
  await ignoreRefusal(editStatus(backbone, author, status.id, { text: `hello again${names ? nameOf(world, whom) : ''}`, spoilerText: '', sensitive: true, language }));
}

const nameOf = (world: World, whom: number): string => ` @${world.person(whom).username}${whom === REMOTE ? `@${world.host}` : ''}`;

/** The parent of an answer arrives after it. */
async function bringParent(world: World): Promise<void> {
  const orphan = isSuspended(world) ? undefined : world.orphans.shift();
  if (orphan === undefined) return;
  const author = world.person(REMOTE);
  const status = row(world, author, { uri: orphan.uri });
  const id = await world.server.backbone.store.transaction(async (tx) => {
    const saved = await saveAndAnnounce(tx, status);
    if (saved !== null) await tx.adoptOrphans([{ uri: orphan.uri, id: saved, accountId: author.id }]);
    return saved;
  });
  if (id !== null) world.statuses.push(id);
}

async function boost(world: World, step: Step): Promise<void> {
  const { backbone } = world.server;
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
  const { moderation, policy } = world.server.backbone;
  // What was under way when the rule came may count as from before or from after it.
  await settled(world.server);
  await moderation.setDomainRule(null, { domain: world.host, severity, rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false });
  await policy.refresh();
}

const isSuspended = ({ server, host, isBanned }: World): boolean => isBanned || server.backbone.policy.current().domainRules.some((rule) => rule.domain === host && rule.severity === 'suspend');

/** One step of a history. */
export async function take(world: World, step: Step): Promise<void> {
  const { backbone } = world.server;
  // Nothing is taken from servers that are suspended.
  if (step.who === REMOTE && isSuspended(world)) return;
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
      await keptPage(world.server, me);
      return ignoreRefusal(homeTimeline(backbone, rowReader(backbone), me.id, PAGE));
    case 'forget':
      return feeds.drop(me.id);
    case 'suspend':
    case 'silence':
      return setRule(world, step.does);
    case 'lift':
      return setRule(world, 'noop');
    case 'limit':
    case 'free':
      return store.transaction((tx) => tx.updateAccount(other.id, { silencedAt: step.does === 'limit' ? new Date() : null }));
    case 'ban':
    case 'let back':
      return ban(world, step.does === 'ban');
    case 'choose':
      await store.transaction((tx) => tx.updateFollow(me.id, other.id, { languages: ['en'] }));
      return feeds.renew(me.id);
    case 'mute for a while':
      if (step.who === step.whom) return;
      return store.transaction((tx) => tx.insertMute({ id: ids.next(), accountId: me.id, targetId: other.id, hideNotifications: true, expiresAt: new Date(Date.now() + 3_600_000) }));
    case 'mutes end':
      return endMutes(world, me);
    case 'list in':
    case 'list out':
    case 'list apart':
    case 'list together':
    case 'list answers':
      return step.who === REMOTE ? undefined : changeList(world, step);
    case 'parent':
      return bringParent(world);
    case 'wait':
      return settled(world.server);
    default:
      return write(world, step);
  }
}

/** The person of the other server, by a moderator here; as with `setRule`. */
async function ban(world: World, isBanned: boolean): Promise<void> {
  await settled(world.server);
  world.isBanned = isBanned;
  await world.server.backbone.store.transaction((tx) => tx.updateAccount(world.person(REMOTE).id, { suspendedAt: isBanned ? new Date() : null }));
}

/** Instead of waiting until then. What is kept in memory is told, where it would look at the clock. */
async function endMutes(world: World, reader: Account): Promise<void> {
  // What was under way may count as from before or from after it.
  await settled(world.server);
  const { db, store, ids } = world.server.backbone;
  const passing = await db.query<{ targetId: AccountId }>(`SELECT target_account_id AS "targetId" FROM social.mutes WHERE account_id = $1 AND expires_at > now() LIMIT 10`, [reader.id]);
  for (const { targetId } of passing) {
    await store.transaction((tx) => tx.insertMute({ id: ids.next(), accountId: reader.id, targetId, hideNotifications: true, expiresAt: new Date(Date.now() - 1_000) }));
  }
}

/** All that this app has to do is done. */
export async function settled(server: TestServer): Promise<void> {
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

/** The first page as clients get it: from memory, where it is kept. */
export async function keptPage(server: TestServer, reader: Account): Promise<readonly StatusId[]> {
  const { homePages, changes } = server.backbone;
  const { ids, json } = await homePages.read({ viewerId: reader.id, page: PAGE, told: await changes.sync(), onPartialFeed: () => undefined });
  expect((JSON.parse(json.toString()) as { id: StatusId }[]).map(({ id }) => id)).toEqual(ids);
  return ids;
}
