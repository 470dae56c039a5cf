import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Snowflake } from '@trunkline/kernel';
import { ApplyWorld, noteOf, type Stranger } from './apply-world.js';

let world: ApplyWorld;
beforeAll(async () => {
  world = await ApplyWorld.start();
}, 60_000);
afterAll(async () => world?.stop());

/** Amy is followed from here; Ned, on her server, and Eve are not. */
async function cast() {
  const run = randomUUID().slice(0, 8);
  const [here, there] = [`a${run}.example`, `b${run}.example`];
  return {
    hosts: [here, there],
    amy: await world.stranger('amy', here, { followed: true }),
    ned: await world.stranger('ned', here, { followed: false }),
    eve: await world.stranger('eve', there, { followed: false }),
  };
}

async function castOfGroup() {
  const people = await cast();
  return { ...people, group: await world.stranger('main', people.amy.host, { followed: true, actorType: 'Group' }) };
}
type Cast = Awaited<ReturnType<typeof castOfGroup>>;

/** As a group passes on what a member says. */
const passedOn = ({ group }: Cast, actor: Stranger, type: string, object: unknown) => ({
  actor: group, type: 'Announce', id: `${group.uri}/announces/${randomUUID()}`, object: { id: `${actor.uri}/said/${randomUUID()}`, type, actor: actor.uri, object },
});

const create = (actor: Stranger, note: Record<string, unknown>) => ({ actor, type: 'Create', object: note });
const idAt = (host: string, n: number | string) => `https://${host}/notes/${n}`;

describe('one batch', () => {
  test('a post that comes three times stands once, is counted once and told once', async () => {
    const { amy, hosts } = await cast();
    const note = noteOf(amy, idAt(amy.host, 1));
    const ids = await world.store(create(amy, note), create(amy, note), create(amy, note));
    const splits: number[] = [];
    await world.apply(world.copy({ splits }), ids);
    expect(await world.outcomes(ids)).toEqual(['applied', 'applied', 'applied']);
    const { statuses, events } = await world.state(hosts);
    expect(statuses).toHaveLength(1);
    expect(events).toEqual([{ subject: 'status.published.v1', uri: note.id, times: '1' }]);
    expect(splits).toEqual([]);
  });

  test('an answer finds its parent of the same batch, whichever comes first, and may only pass because of it', async () => {
    const { amy, eve } = await cast();
    const [parent, first, last] = [idAt(amy.host, 'p'), idAt(amy.host, 'first'), idAt(eve.host, 'last')];
    const ids = await world.store(
      create(amy, noteOf(amy, first, { inReplyTo: parent })),
      create(amy, noteOf(amy, parent)),
      create(eve, noteOf(eve, last, { inReplyTo: parent })),
    );
    await world.apply(world.copy(), ids);
    expect(await world.outcomes(ids)).toEqual(['applied', 'applied', 'applied']);
    const statuses = await world.server.backbone.store.statusesByUris([parent, first, last]);
    const [stood] = statuses.filter((status) => status.uri === parent);
    expect(statuses.filter((status) => status.inReplyToId === stood?.id).map((status) => status.uri).sort()).toEqual([first, last].sort());
    expect(stood?.repliesCount).toBe(2);
  });

  test('Create, Update and Delete of one post end in its tombstone', async () => {
    const { amy } = await cast();
    const note = noteOf(amy, idAt(amy.host, 1));
    const ids = await world.store(
      create(amy, note),
      { actor: amy, type: 'Update', object: { ...note, content: '<p>mended</p>', updated: '2026-03-02T00:00:00.000Z' } },
      { actor: amy, type: 'Delete', object: note.id },
      create(amy, note),
    );
    await world.apply(world.copy(), ids);
    expect(await world.outcomes(ids)).toEqual(['applied', 'applied', 'applied', 'ignored: tombstone']);
    expect((await world.server.backbone.store.statusesByUris([note.id]))[0]?.deletedAt).not.toBeNull();
  });

  test('Likes and boosts go together, each is counted once and told once', async () => {
    const { amy, ned, eve, hosts } = await cast();
    const standing = idAt(amy.host, 'standing');
    await world.apply(world.copy(), await world.store(create(amy, noteOf(amy, standing))));
    const [hidden, alone, splits]: [string, string[], number[]] = [idAt(amy.host, 'hidden'), [], []];
    await world.apply(world.copy(), await world.store(create(amy, noteOf(amy, hidden, { to: [`${amy.uri}/followers`], cc: [] }))));
    const ids = await world.store(
      { actor: ned, type: 'Like', object: standing },
      { actor: eve, type: 'Like', object: standing },
      { actor: ned, type: 'Like', object: standing },
      { actor: eve, type: 'Like', object: hidden },
      { actor: amy, type: 'Announce', object: standing },
      { actor: amy, type: 'Announce', object: standing },
      { actor: eve, type: 'Announce', object: standing },
      { actor: eve, type: 'Like', object: idAt(amy.host, 'unknown') },
      create(amy, noteOf(amy, idAt(amy.host, 'new'))),
    );
    await world.apply(world.copy({ alone, splits }), ids);
    expect(await world.outcomes(ids)).toEqual([...Array(3).fill('applied'), 'ignored: not_visible', 'applied', 'applied', 'ignored: not_relevant', 'ignored: unknown_status', 'applied']);
    expect({ alone, splits }).toEqual({ alone: [], splits: [] });
    const { statuses, events } = (await world.state(hosts)) as { statuses: { uri: string; reactions: string }[]; events: unknown[] };
    expect(statuses.find(({ uri }) => uri === standing)?.reactions).toBe('2 1');
    expect(events).toContainEqual({ subject: 'status.favourited.v1', uri: standing, times: '2' });
  });

  test('the flood of ends of what was never here goes together, whoever says it', async () => {
    const { amy, ned, eve, hosts } = await cast();
    const stranger = (n: number): Stranger => ({ ...eve, uri: `https://${eve.host}/users/unknown${n}` });
    const ids = await world.store(
      ...[...Array(20).keys()].flatMap((n) => [
        { actor: stranger(n), type: 'Delete', object: { type: 'Tombstone', id: idAt(eve.host, `of${n}`) }, signed: true },
        { actor: stranger(n + 20), type: 'Delete', object: stranger(n + 20).uri },
      ]),
      { actor: ned, type: 'Delete', object: idAt(ned.host, 'never') },
      { actor: amy, type: 'Undo', object: { type: 'Announce', id: `${amy.uri}/boosts/1`, actor: amy.uri, object: idAt(eve.host, 'never') } },
      { actor: ned, type: 'Update', object: noteOf(ned, idAt(ned.host, 'old')) },
    );
    const [alone, splits]: [string[], number[]] = [[], []];
    await world.apply(world.copy({ alone, splits }), ids);
    expect({ alone, splits }).toEqual({ alone: [], splits: [] });
    const outcomes = await world.outcomes(ids);
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(22);
    expect(outcomes.filter((outcome) => outcome === 'ignored: unknown_actor')).toHaveLength(20);
    expect(outcomes.at(-1)).toBe('ignored: not_relevant');
    expect((await world.state(hosts)).tombstones).toHaveLength(22);
  });

  test('edits, profiles, ends, Follows and what takes them back go together', async () => {
    const { amy, ned, eve, hosts } = await cast();
    const notes = [1, 2, 3].map((n) => noteOf(amy, idAt(amy.host, n)));
    await world.apply(world.copy(), await world.store(...notes.map((note) => create(amy, note)), { actor: ned, type: 'Like', object: idAt(amy.host, 1), id: `${ned.uri}/likes/1` }));
    const follow = (actor: Stranger) => ({ actor, type: 'Follow', object: world.alice.account.uri, id: `${actor.uri}/follows/1` });
    const ids = await world.store(
      { actor: amy, type: 'Update', object: { ...notes[0], content: '<p>mended</p>', updated: '2026-03-02T00:00:00.000Z' } },
      { actor: amy, type: 'Delete', object: idAt(amy.host, 2) },
      { actor: amy, type: 'Update', object: { id: amy.uri, type: 'Person', preferredUsername: 'amy', name: 'Amy', inbox: `${amy.uri}/inbox` } },
      { actor: ned, type: 'Undo', object: { type: 'Like', id: `${ned.uri}/likes/1`, actor: ned.uri, object: idAt(amy.host, 1) } },
      follow(ned),
      follow(eve),
      { actor: eve, type: 'Undo', object: { ...follow(eve), actor: eve.uri } },
    );
    const [alone, splits]: [string[], number[]] = [[], []];
    await world.apply(world.copy({ alone, splits }), ids);
    expect({ alone, splits }).toEqual({ alone: [], splits: [] });
    expect(new Set(await world.outcomes(ids))).toEqual(new Set(['applied']));
    const { statuses, people, follows, favourites } = (await world.state(hosts)) as { statuses: { content: string; deleted: boolean }[]; people: { display_name: string }[]; follows: { follower: string }[]; favourites: unknown[] };
    expect(statuses.map(({ content, deleted }) => (deleted ? 'gone' : content))).toEqual(['<p>mended</p>', 'gone', '<p>hello</p>']);
    expect(people[0]?.display_name).toBe('Amy');
    expect(follows.map(({ follower }) => follower)).toEqual([ned.uri]);
    expect(favourites).toEqual([]);
  });

  test('what a group passes on goes together past what has to be fetched, but for what is about the same', async () => {
    const people = await castOfGroup();
    const { amy, ned, eve } = people;
    const mia = await world.stranger('mia', amy.host, { followed: false });
    const [ours, theirs, unread] = [noteOf(amy, idAt(amy.host, 'ours')), noteOf(ned, idAt(ned.host, 'theirs')), idAt(eve.host, 'unread')];
    const ids = await world.store(
      passedOn(people, amy, 'Create', ours),
      passedOn(people, eve, 'Create', { ...noteOf(eve, unread), content: '<p>of another server</p>' }),
      passedOn(people, ned, 'Like', ours.id),
      passedOn(people, mia, 'Like', unread),
      passedOn(people, eve, 'Like', ours.id),
      passedOn(people, ned, 'Dislike', ours.id),
      passedOn(people, ned, 'Create', theirs),
      passedOn(people, amy, 'Update', { ...ours, content: '<p>mended</p>', updated: '2026-03-02T00:00:00.000Z' }),
      passedOn(people, amy, 'Delete', theirs.id),
    );
    const [alone, splits]: [string[], number[]] = [[], []];
    await world.apply(world.copy({ alone, splits }), ids);
    expect({ alone: alone.length, splits }).toEqual({ alone: 2, splits: [] });
    const outcomes = ['applied', 'ignored: object_not_found', 'applied', 'ignored: unknown_status', 'ignored: group_vote', 'ignored: dislike', 'applied', 'applied', 'applied'];
    expect(await world.outcomes(ids)).toEqual(outcomes);
    const { statuses } = (await world.state(people.hosts)) as { statuses: { uri: string; author: string; content: string; boosted: string | null; reactions: string | null; deleted: boolean }[] };
    expect(statuses.find(({ uri }) => uri === ours.id)).toMatchObject({ content: '<p>mended</p>', reactions: '1 1', deleted: false });
    expect(statuses.filter(({ boosted, deleted }) => boosted !== null && !deleted).map(({ author, boosted }) => [author, boosted])).toEqual([[people.group.uri, ours.id]]);
    expect(statuses.find(({ uri }) => uri === theirs.id)?.deleted).toBe(true);
  });

  test('an Undo waits for a Follow that another copy has in hand', async () => {
    const { ned } = await cast();
    const follow = { actor: ned, type: 'Follow', object: world.alice.account.uri, id: `${ned.uri}/follows/1` };
    const [first, second] = await world.store(follow, { actor: ned, type: 'Undo', object: { ...follow, actor: ned.uri } });
    const undoing = world.apply(world.copy(), [second as Snowflake]);
    await world.apply(world.copy(), [first as Snowflake]);
    await undoing;
    expect(await world.outcomes([first, second] as Snowflake[])).toEqual(['applied', 'applied']);
    expect(await world.server.backbone.store.follow(ned.id, world.alice.account.id)).toBeNull();
  });

  test('what a row of the same batch brings can be liked in it', async () => {
    const { amy, ned } = await cast();
    const note = noteOf(amy, idAt(amy.host, 1));
    const ids = await world.store(create(amy, note), { actor: ned, type: 'Like', object: note.id });
    await world.apply(world.copy(), ids);
    expect(await world.outcomes(ids)).toEqual(['applied', 'applied']);
  });

  test('each event names the trace of its own activity', async () => {
    const { amy } = await cast();
    const ids = await world.store(create(amy, noteOf(amy, idAt(amy.host, 1))), create(amy, noteOf(amy, idAt(amy.host, 2))));
    await world.apply(world.copy(), ids);
    const traces = await world.db.query<{ sent: string; told: string }>(
      `SELECT i.trace AS sent, o.trace AS told FROM federation.inbound i
         JOIN social.statuses s ON s.uri = i.body::jsonb #>> '{object,id}' JOIN events.outbox o ON (o.payload->>'statusId')::bigint = s.id
        WHERE i.id = ANY($1) LIMIT 10`,
      [ids],
    );
    expect(traces).toHaveLength(2);
    expect(traces.filter(({ sent, told }) => sent !== told)).toEqual([]);
  });
});

describe('poison', () => {
  beforeAll(() =>
    world.db.query(`
      CREATE FUNCTION social.choke() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF new.content LIKE '%poison%' THEN RAISE EXCEPTION 'choked'; END IF; RETURN new; END $$;
      CREATE TRIGGER choke BEFORE INSERT ON social.statuses FOR EACH ROW EXECUTE FUNCTION social.choke()`),
  );
  afterAll(() => world.db.query('DROP TRIGGER choke ON social.statuses; DROP FUNCTION social.choke()'));

  // In the middle of 40 rows: halves of halves until it stands alone.
  test('takes nobody with it', async () => {
    const { amy, ned, eve } = await cast();
    const notes = [...Array(40).keys()].map((n) => {
      const author = [amy, ned, eve][n % 3] as Stranger;
      const more = { to: [world.alice.account.uri], ...(n === 19 ? { content: '<p>poison</p>' } : {}) };
      return create(author, noteOf(author, idAt(author.host, n), more));
    });
    const ids = await world.store(...notes);
    const splits: number[] = [];
    await world.apply(world.copy({ splits }), ids);
    const outcomes = await world.outcomes(ids);
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(39);
    expect(outcomes[19]).toMatch(/^stored: .*choked/);
    expect(splits.length).toBeLessThanOrEqual(7);
  });

  test('that a group passes on takes nobody with it', async () => {
    const people = await castOfGroup();
    const posts = [...Array(30).keys()].map((n) => {
      const author = n % 2 === 0 ? people.amy : people.ned;
      return passedOn(people, author, 'Create', noteOf(author, idAt(author.host, n), n === 11 ? { content: '<p>poison</p>' } : {}));
    });
    const ids = await world.store(...posts);
    await world.apply(world.copy(), ids);
    const outcomes = await world.outcomes(ids);
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(29);
    expect(outcomes[11]).toMatch(/^stored: .*choked/);
    const { statuses } = (await world.state(people.hosts)) as { statuses: { boosted: string | null }[] };
    expect(statuses.filter(({ boosted }) => boosted !== null)).toHaveLength(29);
  });
});

describe('copies', () => {
  // In each of the four batches Likes and boosts of two posts that are answered there too: counters are moved in many orders.
  test('that apply what one crowd says about the same posts', async () => {
    const { amy, ned, eve, hosts } = await cast();
    const posts = [idAt(amy.host, 'p'), idAt(amy.host, 'q')];
    await world.apply(world.copy(), await world.store(...posts.map((post) => create(amy, noteOf(amy, post)))));
    const rows = [...Array(60).keys()].map((n) => {
      const actor = [amy, ned, eve][n % 3] as Stranger;
      const about = posts[(n >> 1) % 2] as string;
      if (n % 5 === 0) return create(actor, noteOf(actor, idAt(actor.host, n), { inReplyTo: about, cc: [world.alice.account.uri] }));
      return { actor, type: n % 2 === 0 ? 'Like' : 'Announce', object: about };
    });
    const ids = await world.store(...rows);
    const parts = [0, 1, 2, 3].map((copy) => ids.filter((_, index) => index % 4 !== copy));
    await Promise.all(parts.map((part) => world.apply(world.copy(), part)));
    const { statuses } = (await world.state(hosts)) as { statuses: { uri: string; reactions: string; replies: number }[] };
    const replies = rows.filter((row) => row.type === 'Create').length;
    expect(statuses.filter(({ uri }) => posts.includes(uri)).map(({ reactions }) => reactions)).toEqual(['3 1', '3 1']);
    expect(statuses.filter(({ uri }) => posts.includes(uri)).reduce((sum, one) => sum + Number(one.replies), 0)).toBe(replies);
  });

  // Posts, votes on them and answers among them, each in three of the four batches; then all of their authors leave at once.
  test('that apply what one group passes on do each thing once, and so with people who leave', async () => {
    const people = await castOfGroup();
    const members = await Promise.all([...Array(12).keys()].map((n) => world.stranger(`member${n}`, people.group.host, { followed: false })));
    const at = (n: number): Stranger => members[n % members.length] as Stranger;
    const rows = [...Array(48).keys()].map((n) => {
      if (n >= 36) return passedOn(people, at(n * 5), 'Like', idAt(people.group.host, n - 36));
      const answers = n % 3 === 2 ? { inReplyTo: idAt(people.group.host, (n * 7) % n) } : {};
      return passedOn(people, at(n), 'Create', noteOf(at(n), idAt(people.group.host, n), answers));
    });
    const ids = await world.store(...rows);
    const inParts = (all: readonly Snowflake[]) => Promise.all([0, 1, 2, 3].map((copy) => world.apply(world.copy(), all.filter((_, index) => index % 4 !== copy))));
    await inParts(ids.slice(0, 36));
    await inParts(ids);
    expect(new Set(await world.outcomes(ids))).toEqual(new Set(['applied']));
    const { statuses, events } = (await world.state(people.hosts)) as { statuses: { boosted: string | null; reactions: string }[]; events: { times: string }[] };
    expect(statuses).toHaveLength(36 + 24);
    expect(events.filter(({ times }) => times !== '1')).toEqual([]);
    expect(statuses.filter(({ reactions }) => reactions.startsWith('1 '))).toHaveLength(12);
    const ends = await world.store(...members.map((actor) => ({ actor, type: 'Delete', object: actor.uri })));
    await inParts(ends);
    expect((await world.outcomes(ends)).filter((outcome) => outcome !== 'applied' && outcome !== 'ignored: actor_gone')).toEqual([]);
    const after = (await world.state(people.hosts)) as { statuses: { deleted: boolean }[]; people: { uri: string; deleted: boolean }[]; counts: { uri: string; statuses: string }[] };
    expect(after.statuses.filter(({ deleted }) => !deleted)).toEqual([]);
    expect(after.people.filter(({ deleted }) => deleted)).toHaveLength(12);
    expect(after.counts.filter(({ statuses: count }) => count !== '0')).toEqual([]);
  });

  // Every row in three of the four batches, in other company each time: locks are asked for in many orders.
  test('that apply overlapping batches at once do each thing once', async () => {
    const { amy, ned, eve, hosts } = await cast();
    const rows = [...Array(60).keys()].map((n) => {
      const author = [amy, ned, eve][n % 3] as Stranger;
      const parent = n > 6 ? { inReplyTo: idAt(([amy, ned, eve][(n * 7) % 3] as Stranger).host, (n * 7) % n) } : {};
      return create(author, noteOf(author, idAt(author.host, n), { cc: [world.alice.account.uri], ...parent }));
    });
    const ids = await world.store(...rows);
    const parts = [0, 1, 2, 3].map((copy) => ids.filter((_, index) => index % 4 !== copy));
    await Promise.all(parts.map((part) => world.apply(world.copy(), part)));
    expect(new Set(await world.outcomes(ids))).toEqual(new Set(['applied']));
    const { statuses, counts, events } = (await world.state(hosts)) as { statuses: unknown[]; counts: { statuses: string }[]; events: { times: string }[] };
    expect(statuses).toHaveLength(60);
    expect(counts.map((count) => count.statuses)).toEqual(['20', '20', '20']);
    expect(events.filter((event) => event.times === '1')).toHaveLength(60);
    const wrong = await world.db.query(
      `SELECT s.uri FROM social.statuses s JOIN social.status_stats st ON st.status_id = s.id
        WHERE s.uri LIKE ANY ($1) AND st.replies_count <> (SELECT count(*) FROM social.statuses r WHERE r.in_reply_to_id = s.id) LIMIT 10`,
      [hosts.map((host) => `https://${host}/%`)],
    );
    expect(wrong).toEqual([]);
  });
});
