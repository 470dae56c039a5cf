import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Visibility } from '@trunkline/domain';
import { publishStatus } from '@trunkline/social';
import fc from 'fast-check';
import { ApplyWorld, noteOf, type Stranger } from './apply-world.js';

let world: ApplyWorld;
/** Posts of Alice: one for everybody, one for her followers. */
let ours: { readonly open: string; readonly hidden: string };
beforeAll(async () => {
  world = await ApplyWorld.start();
  ours = { open: await postOfAlice('public'), hidden: await postOfAlice('private') };
}, 60_000);
afterAll(async () => world?.stop());

async function postOfAlice(visibility: Visibility): Promise<string> {
  const draft = { text: 'hello', spoilerText: '', sensitive: false, visibility, language: null, inReplyToId: null, application: null, idempotencyKey: null };
  const made = await publishStatus(world.server.backbone, world.alice.account, draft);
  if (!made.ok) throw new Error(made.error.code);
  return made.value.uri;
}

/** Amy is followed from here, and a post of hers stands; Ned, on her server, and Eve are not. */
async function cast() {
  const run = randomUUID().slice(0, 8);
  const [here, there] = [`a${run}.example`, `b${run}.example`];
  const amy = await world.stranger('amy', here, { followed: true });
  await world.apply(world.copy(), await world.store({ actor: amy, type: 'Create', object: noteOf(amy, idAt(here, 'standing')) }));
  return {
    hosts: [here, there],
    amy,
    ned: await world.stranger('ned', here, { followed: false }),
    eve: await world.stranger('eve', there, { followed: false }),
  };
}
type Cast = Awaited<ReturnType<typeof cast>>;

const idAt = (host: string, n: number | string) => `https://${host}/notes/${n}`;

/** One step of a story. Numbers point into the cast and its posts, so that the story can be told to two casts. */
interface Step {
  readonly who: 0 | 1 | 2;
  readonly verb: 'Create' | 'Update' | 'Delete' | 'Like' | 'Announce' | 'Undo';
  readonly post: number;
  readonly ownerOf: 0 | 1 | 2;
  readonly answers: number | null;
  readonly direct: boolean;
  readonly named: boolean;
  readonly updated: number;
  /** What is liked or boosted. */
  readonly about: 'open' | 'hidden' | 'standing' | 'own' | 'unknown';
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
    about: fc.constantFrom('open', 'hidden', 'standing', 'own', 'unknown'),
  });

/** `ownOnly`: nothing hangs on what another did, since one by one, too, people do not wait for each other. */
function tell(story: readonly Step[], people: Cast, ownOnly: boolean) {
  const uriOf = (owner: number, post: number) => idAt((people[PEOPLE[owner] ?? 'amy'] as Stranger).host, `${ownOnly ? owner : ''}-${post}`);
  return story.map((one) => {
    const actor = people[PEOPLE[one.who]];
    const uri = uriOf(one.who, one.post);
    if (one.verb === 'Like' || one.verb === 'Announce') return reactionIn(one, actor, { own: uri, people });
    if (one.verb === 'Undo') return { actor, type: 'Undo', object: { ...reactionIn({ ...one, verb: 'Like' }, actor, { own: uri, people }), actor: actor.uri } };
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

/** Named by what it is about, so that the same comes twice and an Undo can name it. Nothing is boosted that would have to be fetched. */
function reactionIn({ verb, about }: Step, actor: Stranger, { own, people }: { readonly own: string; readonly people: Cast }) {
  const uris = { ...ours, standing: idAt(people.amy.host, 'standing'), own, unknown: idAt(actor.host, 'unknown') };
  const what = verb === 'Announce' && (about === 'own' || about === 'unknown') ? 'standing' : about;
  return { id: `${actor.uri}/${verb}/${what}${what === 'own' ? own.slice(own.lastIndexOf('/')) : ''}`, actor, type: verb, object: uris[what] };
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

  test('posts, Likes, boosts and what takes them back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(['Create', 'Like', 'Like', 'Announce', 'Undo', 'Delete']), { minLength: 1, maxLength: 14 }), async (story) => {
        expect(await run(story, true, 'batch')).toEqual(await run(story, true, 'one by one'));
      }),
      { numRuns: 30 },
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
