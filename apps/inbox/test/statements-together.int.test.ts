import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { publishStatus } from '@trunkline/social';
import { ApplyWorld, noteOf, type Stranger, type Told } from './apply-world.js';
import { StatementCount } from './statement-count.js';

let world: ApplyWorld;
let statements: StatementCount;
beforeAll(async () => {
  world = await ApplyWorld.start();
  statements = new StatementCount(world.db);
}, 60_000);
afterAll(async () => world?.stop());

const FEW = 4;
const MANY = 40;

interface Crowd {
  readonly group: Stranger;
  readonly members: readonly Stranger[];
  /** A post of somebody here. */
  readonly ours: string;
}

async function crowd(count: number): Promise<Crowd> {
  const host = `c${randomUUID().slice(0, 8)}.example`;
  const members = await Promise.all(Array.from({ length: count }, (_, n) => world.stranger(`member${n}`, host, { followed: false })));
  return { group: await world.stranger('main', host, { followed: true, actorType: 'Group' }), members, ours: await postOfAlice() };
}

async function postOfAlice(): Promise<string> {
  const draft = { text: 'hello', spoilerText: '', sensitive: false, visibility: 'public' as const, language: null, inReplyToId: null, application: null, idempotencyKey: null };
  const made = await publishStatus(world.server.backbone, world.alice.account, draft);
  if (!made.ok) throw new Error(made.error.code);
  return made.value.uri;
}

const idOf = (member: Stranger, what: string): string => `${member.uri}/${what}`;
const announced = (group: Stranger, actor: Stranger, type: string, object: unknown): Told => ({
  actor: group, type: 'Announce', id: `${group.uri}/announces/${randomUUID()}`, object: { id: idOf(actor, `${type}s/1`), type, actor: actor.uri, object },
});
const published = new Map<string, string>();
/** A millisecond of its own for each: the low bits of an id are drawn, and of many in one millisecond two may draw the same, which takes two statements more. */
function publishedOf({ uri }: Stranger): string {
  const known = published.get(uri) ?? new Date(Date.UTC(2026, 2, 1) + published.size).toISOString();
  published.set(uri, known);
  return known;
}
const post = (member: Stranger, more: object = {}) => noteOf(member, idOf(member, 'post'), { published: publishedOf(member), ...more });
const shares = ({ group, members }: Crowd): Told[] => members.map((member) => announced(group, member, 'Create', post(member)));
const reacts = ({ members, ours }: Crowd): Told[] => members.map((actor) => ({ actor, type: 'EmojiReact', id: idOf(actor, 'reacts/1'), object: ours, content: '👍' }));

/** What stands before, and what is counted. */
const KINDS: Readonly<Record<string, { readonly before?: (of: Crowd) => Told[]; readonly told: (of: Crowd) => Told[] }>> = {
  'new posts by way of a group': { told: shares },
  'edits by way of a group': { before: shares, told: ({ group, members }) => members.map((member) => announced(group, member, 'Update', post(member, { content: '<p>mended</p>', updated: '2026-03-02T00:00:00Z' }))) },
  'ends by way of a group': { before: shares, told: ({ group, members }) => members.map((member) => announced(group, member, 'Delete', idOf(member, 'post'))) },
  'votes by way of a group': { told: ({ group, members, ours }) => members.map((member, n) => announced(group, member, n % 3 === 0 ? 'Dislike' : 'Like', ours)) },
  'what takes votes back, by way of a group': {
    before: ({ group, members, ours }) => members.map((member) => announced(group, member, 'Like', ours)),
    told: ({ group, members, ours }) => members.map((member) => announced(group, member, 'Undo', { id: idOf(member, 'Likes/1'), type: 'Like', actor: member.uri, object: ours })),
  },
  'people who leave, with what is left of them': {
    before: (of) => [
      ...of.members.map((actor): Told => ({ actor, type: 'Create', object: post(actor, { cc: [world.alice.account.uri] }) })),
      ...of.members.map((actor): Told => ({ actor, type: 'Follow', object: world.alice.account.uri })),
      ...of.members.map((actor): Told => ({ actor, type: 'Like', object: of.ours })),
      ...reacts(of),
    ],
    told: ({ members }) => members.map((actor) => ({ actor, type: 'Delete', object: actor.uri })),
  },
  'Blocks of somebody whom many follow': {
    before: ({ members }) => members.map((actor) => ({ actor, type: 'Follow', object: world.alice.account.uri })),
    told: ({ members }) => members.map((actor) => ({ actor, type: 'Block', object: world.alice.account.uri })),
  },
  'what takes Blocks back': {
    before: ({ members }) => members.map((actor) => ({ actor, type: 'Block', id: idOf(actor, 'blocks/1'), object: world.alice.account.uri })),
    told: ({ members }) => members.map((actor) => ({ actor, type: 'Undo', object: { id: idOf(actor, 'blocks/1'), type: 'Block', actor: actor.uri, object: world.alice.account.uri } })),
  },
  'what takes emoji reactions back': {
    before: reacts,
    told: (of) => reacts(of).map(({ actor, id, type, object, content }) => ({ actor, type: 'Undo', object: { id, type, actor: actor.uri, object, content } })),
  },
};

test.each(Object.entries(KINDS))('%s: forty take as many statements as four', async (_, { before = () => [], told }) => {
  const take = async (count: number): Promise<string[]> => {
    const people = await crowd(count);
    await world.apply(world.copy(), await world.store(...before(people)));
    const ids = await world.store(...told(people));
    const [alone, splits]: [string[], number[]] = [[], []];
    const taken = await statements.during(() => world.apply(world.copy({ alone, splits }), ids));
    expect({ alone, splits }).toEqual({ alone: [], splits: [] });
    const outcomes = new Set(await world.outcomes(ids));
    outcomes.delete('ignored: dislike');
    expect(outcomes).toEqual(new Set(['applied']));
    return taken;
  };
  const many = await take(MANY);
  expect(many.length).toBeGreaterThan(1);
  expect(many).toEqual(await take(FEW));
}, 60_000);
