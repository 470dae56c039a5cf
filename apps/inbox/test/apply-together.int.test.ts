import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
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
type Cast = Awaited<ReturnType<typeof cast>>;

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
});

describe('copies', () => {
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

/** One step of a story. Numbers point into the cast and its posts, so that the story can be told to two casts. */
interface Step {
  readonly who: 0 | 1 | 2;
  readonly verb: 'Create' | 'Update' | 'Delete';
  readonly post: number;
  readonly ownerOf: 0 | 1 | 2;
  readonly answers: number | null;
  readonly direct: boolean;
  readonly named: boolean;
  readonly updated: number;
}

const PEOPLE = ['amy', 'ned', 'eve'] as const;
const POSTS_MAX = 4;

const step = (verbs: readonly Step['verb'][]): fc.Arbitrary<Step> =>
  fc.record({
    who: fc.constantFrom(0, 1, 2),
    verb: fc.constantFrom(...verbs),
    post: fc.nat(POSTS_MAX),
    ownerOf: fc.constantFrom(0, 1, 2),
    answers: fc.option(fc.nat(POSTS_MAX)),
    direct: fc.boolean(),
    named: fc.boolean(),
    updated: fc.nat(3),
  });

/** `ownOnly`: nothing hangs on what another did, since one by one, too, people do not wait for each other. */
function tell(story: readonly Step[], people: Cast, ownOnly: boolean) {
  const uriOf = (owner: number, post: number) => idAt((people[PEOPLE[owner] ?? 'amy'] as Stranger).host, `${ownOnly ? owner : ''}-${post}`);
  return story.map((one) => {
    const actor = people[PEOPLE[one.who]];
    const uri = uriOf(one.who, one.post);
    if (one.verb === 'Delete') return { actor, type: 'Delete', object: uri };
    const note = noteOf(actor, uri, {
      content: `<p>${one.verb} ${one.updated}</p>`,
      ...(one.direct ? { to: [world.alice.account.uri], cc: [] } : {}),
      ...(one.named ? { tag: [{ type: 'Mention', href: world.alice.account.uri }, { type: 'Hashtag', name: '#Trains' }], ...(one.direct ? {} : { cc: [world.alice.account.uri] }) } : {}),
      ...(one.answers === null ? {} : { inReplyTo: uriOf(ownOnly ? one.who : one.ownerOf, one.answers) }),
      ...(one.updated === 0 ? {} : { updated: `2026-03-0${one.updated + 1}T00:00:00.000Z` }),
    });
    return { actor, type: one.verb, object: note };
  });
}

describe('a batch does what one by one would do', () => {
  const run = async (story: readonly Step[], ownOnly: boolean, how: 'batch' | 'one by one') => {
    const people = await cast();
    const ids = await world.store(...tell(story, people, ownOnly));
    const copy = world.copy({ together: how === 'batch' });
    if (how === 'batch') await world.apply(copy, ids);
    else for (const id of ids) await world.apply(copy, [id]);
    const text = JSON.stringify({ outcomes: await world.outcomes(ids), state: await world.state(people.hosts) });
    return JSON.parse(text.replaceAll(people.hosts[0] as string, 'a.example').replaceAll(people.hosts[1] as string, 'b.example').replace(/"(\d{15,})/g, '"id')) as unknown;
  };

  // Same host ids are shared between Amy and Ned: what is one's is foreign to the other.
  test('posts of all, answering each other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(['Create']), { minLength: 1, maxLength: 12 }), async (story) => {
        expect(await run(story, false, 'batch')).toEqual(await run(story, false, 'one by one'));
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  test('posts, edits and deletions, each of their own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(['Create', 'Create', 'Update', 'Delete']), { minLength: 1, maxLength: 12 }), async (story) => {
        expect(await run(story, true, 'batch')).toEqual(await run(story, true, 'one by one'));
      }),
      { numRuns: 20 },
    );
  }, 120_000);
});
