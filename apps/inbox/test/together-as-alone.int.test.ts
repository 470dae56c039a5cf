import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Poll, Visibility } from '@trunkline/domain';
import { publishStatus } from '@trunkline/social';
import fc from 'fast-check';
import { ApplyWorld, noteOf, type Stranger, type Told } from './apply-world.js';

let world: ApplyWorld;
/** Posts of Alice: one for everybody, one for her followers. */
let ours: { readonly open: string; readonly hidden: string };
/** Polls of hers: of one choice, of several, for her followers, one that has ended, and no poll at all. */
let polls: readonly string[];
/** Whom strangers follow: Alice, and Bob, who lets people in himself. */
let targets: { readonly alice: string; readonly bob: string };
beforeAll(async () => {
  world = await ApplyWorld.start();
  const bob = (await world.server.person('bob')).account;
  await world.server.backbone.store.transaction((tx) => tx.updateAccount(bob.id, { locked: true }));
  targets = { alice: world.alice.account.uri, bob: bob.uri };
  ours = { open: await postOfAlice('public'), hidden: await postOfAlice('private') };
  polls = [await pollOfAlice({}), await pollOfAlice({ multiple: true }), await pollOfAlice({ multiple: true }, 'private'), await pollOfAlice({ closed: true }), ours.open];
}, 60_000);
afterAll(async () => world?.stop());

const pollOfAlice = (poll: Partial<Poll>, visibility: Visibility = 'public'): Promise<string> =>
  postOfAlice(visibility, { multiple: false, hidesTotals: false, options: CHOICES.map((title) => ({ title, votes: 0 })), votersCount: 0, endsAt: new Date(Date.now() + 3_600_000), closed: false, ...poll });

async function postOfAlice(visibility: Visibility, poll: Poll | null = null): Promise<string> {
  const draft = { poll, text: 'hello', spoilerText: '', sensitive: false, visibility, language: null, inReplyToId: null, application: null, idempotencyKey: null };
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
    group: await world.stranger('main', here, { followed: true, actorType: 'Group' }),
  };
}
type Cast = Awaited<ReturnType<typeof cast>>;

const CHOICES = ['tea', 'rum', 'milk'];
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const KEY = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }).publicKey;
const idAt = (host: string, n: number | string) => `https://${host}/notes/${n}`;

/** One step of a story. Numbers point into the cast and its posts, so that the story can be told to two casts. */
interface Step {
  readonly who: 0 | 1 | 2;
  readonly verb: 'Create' | 'Update' | 'Delete' | 'Like' | 'Announce' | 'Unlike' | 'Unboost' | 'Follow' | 'Unfollow' | 'Leave' | 'Rename' | 'Vote' | 'React' | 'Unreact' | 'Block' | 'Unblock';
  readonly post: number;
  readonly ownerOf: 0 | 1 | 2;
  readonly answers: number | null;
  readonly direct: boolean;
  /** For followers alone. */
  readonly closed: boolean;
  readonly named: boolean;
  readonly updated: number;
  /** It vouches for itself, so that it may be passed on. */
  readonly signed: boolean;
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
    closed: fc.boolean(),
    named: fc.boolean(),
    updated: fc.nat(3),
    signed: fc.boolean(),
    about: fc.constantFrom('open', 'hidden', 'standing', 'own', 'unknown'),
  });

/** `ownOnly`: nothing hangs on what another did, since one by one, too, people do not wait for each other. */
function tell(story: readonly Step[], people: Cast, ownOnly: boolean): Told[] {
  const uriOf = (owner: number, post: number) => idAt((people[PEOPLE[owner] ?? 'amy'] as Stranger).host, `${ownOnly ? owner : ''}-${post}`);
  return story.map((one) => {
    const actor = people[PEOPLE[one.who]];
    const uri = uriOf(one.who, one.post);
    if (one.verb === 'React' || one.verb === 'Unreact') return emojiIn(one, actor, { own: uri, people });
    if (one.verb === 'Like' || one.verb === 'Announce') return reactionIn(one, actor, { own: uri, people });
    if (one.verb === 'Unlike' || one.verb === 'Unboost') return undoIn(one, actor, { own: uri, people });
    if (one.verb === 'Follow' || one.verb === 'Unfollow') return tieIn(one, actor);
    if (one.verb === 'Block' || one.verb === 'Unblock') return blockIn(one, actor);
    if (one.verb === 'Vote') return { actor, type: 'Create', object: voteIn(one, actor) };
    // Amy's post is everybody's to like.
    if (one.verb === 'Leave' && one.who !== 0) return { actor, type: 'Delete', object: actor.uri };
    if (one.verb === 'Rename') return { actor, type: 'Update', object: profileIn(one, actor) };
    if (one.verb === 'Delete' || one.verb === 'Leave') return { actor, type: 'Delete', object: one.named ? { id: uri, type: 'Tombstone' } : uri, signed: one.signed };
    const note = noteOf(actor, uri, {
      content: `<p>${one.verb} ${one.updated}</p>`,
      ...(one.post === 3 ? pollIn(one) : {}),
      ...(one.post === 2 ? { interactionPolicy: { canQuote: { automaticApproval: one.named ? [PUBLIC] : [] } }, ...(one.updated === 2 ? { quote: ours.open } : {}) } : {}),
      ...(one.direct ? { to: [world.alice.account.uri], cc: [] } : one.closed ? { to: [`${actor.uri}/followers`], cc: [] } : {}),
      ...(one.named ? { tag: [{ type: 'Mention', href: world.alice.account.uri }, { type: 'Hashtag', name: '#Trains' }], ...(one.direct ? {} : { cc: [world.alice.account.uri] }) } : {}),
      ...(one.answers === null ? {} : { inReplyTo: one.answers === POSTS_MAX ? ours.open : uriOf(ownOnly ? one.who : one.ownerOf, one.answers) }),
      ...(one.updated === 0 ? {} : { updated: `2026-03-0${one.updated + 1}T00:00:00.000Z` }),
    });
    return { actor, type: one.verb, object: note, signed: one.signed };
  });
}

/** The answers that a poll has had; once it asks something else. */
const pollIn = ({ updated, answers }: Step) => ({
  type: 'Question',
  oneOf: ['tea', updated === 3 ? 'milk' : 'rum'].map((name) => ({ type: 'Note', name, replies: { type: 'Collection', totalItems: answers ?? 0 } })),
  votersCount: answers ?? 0,
});

/** Of what stands, of what does not yet, under the id by which it came or a fresh one. */
function undoIn(one: Step, actor: Stranger, where: { readonly own: string; readonly people: Cast }) {
  const object = reactionIn({ ...one, verb: one.verb === 'Unlike' ? 'Like' : 'Announce' }, actor, where);
  return { actor, type: 'Undo', object: { ...object, ...(one.named ? { id: `${object.id}/fresh` } : {}), actor: actor.uri } };
}

/** Everything about oneself anew; once without a key. */
const profileIn = ({ updated, named, direct }: Step, actor: Stranger) => ({
  id: actor.uri,
  type: 'Person',
  preferredUsername: actor.uri.slice(actor.uri.lastIndexOf('/') + 1),
  name: `Called ${updated}`,
  inbox: `${actor.uri}/inbox`,
  followers: named ? `${actor.uri}/followers` : `${actor.uri}/fans`,
  manuallyApprovesFollowers: direct,
  ...(updated === 3 ? {} : { publicKey: { id: `${actor.uri}#key-${updated}`, owner: actor.uri, publicKeyPem: KEY } }),
});

function tieIn(one: Step, actor: Stranger) {
  const whom = one.direct ? targets.bob : one.updated === 3 ? `${targets.alice}0` : targets.alice;
  const follow = { id: `${actor.uri}/follows/${one.updated}`, actor, type: 'Follow', object: whom };
  return one.verb === 'Follow' ? follow : { actor, type: 'Undo', object: { ...follow, actor: actor.uri } };
}

/** Of Alice, Bob or nobody; taken back under its id or a fresh one. */
function blockIn(one: Step, actor: Stranger): Told {
  const whom = one.direct ? targets.bob : one.updated === 3 ? `${targets.alice}0` : targets.alice;
  const block = { id: `${actor.uri}/blocks/${one.post}`, actor, type: 'Block', object: whom };
  return one.verb === 'Block' ? block : { actor, type: 'Undo', object: { ...block, ...(one.named ? { id: `${block.id}/fresh` } : {}), actor: actor.uri } };
}

/** As Misskey (a Like) and Pleroma write it: with an emoji of theirs, one that has a picture, or one whose picture cannot be had. */
function emojiIn(one: Step, actor: Stranger, where: { readonly own: string; readonly people: Cast }) {
  const { object, id } = reactionIn({ ...one, verb: 'Like' }, actor, where);
  const content = ['👍', '🚂', ':blob:', ':lost:'][one.updated] ?? '';
  const picture = { type: 'Emoji', name: content, icon: { type: 'Image', mediaType: 'image/png', url: one.updated === 2 ? `https://${actor.host}/blob.png` : 'nowhere' } };
  const react = { id: `${id}/react/${one.updated}`, actor, type: one.direct ? 'EmojiReact' : 'Like', object, content, ...(one.updated < 2 ? {} : { tag: [picture] }) };
  return one.verb === 'React' ? react : { actor, type: 'Undo', object: { ...react, ...(one.named ? { id: `${react.id}/fresh` } : {}), actor: actor.uri } };
}

/** One choice, or (GoToSocial) two in one activity; now and then of what is no choice. */
function voteIn({ post, updated, direct, named }: Step, actor: Stranger) {
  const poll = polls[post] ?? '';
  const vote = (place: number) => ({ id: `${actor.uri}/votes/${post}/${place}`, type: 'Note', attributedTo: actor.uri, to: [world.alice.account.uri], name: named ? `${CHOICES[place] ?? 'gin'} ` : (CHOICES[place] ?? 'gin'), inReplyTo: poll });
  return direct ? [vote(updated), vote((updated + 1) % CHOICES.length)] : vote(updated);
}

/** Named by what it is about, so that the same comes twice and an Undo can name it. Nothing is boosted that would have to be fetched. */
function reactionIn({ verb, about }: Step, actor: Stranger, { own, people }: { readonly own: string; readonly people: Cast }) {
  const uris = { ...ours, standing: idAt(people.amy.host, 'standing'), own, unknown: idAt(actor.host, 'unknown') };
  const what = verb === 'Announce' && (about === 'own' || about === 'unknown') ? 'standing' : about;
  return { id: `${actor.uri}/${verb}/${what}${what === 'own' ? own.slice(own.lastIndexOf('/')) : ''}`, actor, type: verb, object: uris[what] };
}

/** The same, as a group passes it on; now and then it boosts something itself. Nothing is passed on that would have to be fetched. */
function passedOn(story: readonly Step[], people: Cast): Told[] {
  const { group } = people;
  const said = story.map((one) => (one.who === 2 && /^(Create|Update)$/.test(one.verb) ? { ...one, verb: 'Like' as const } : one));
  return tell(said.map((one) => (one.who === 0 && one.verb === 'Leave' ? { ...one, verb: 'Delete' as const } : one)), people, false).map((told, index) => {
    const one = said[index] as Step;
    if (one.verb === 'Announce' || one.verb === 'Unboost') return one.verb === 'Announce' ? reactionIn(one, group, { own: '', people }) : undoIn(one, group, { own: '', people });
    const { actor, type, object } = told;
    // A moderator's, of what another wrote.
    const moderator = one.verb === 'Delete' && one.named ? people.ned : actor;
    const dislikes = one.verb === 'Like' && one.closed;
    const inner = { id: told.id ?? `${moderator.uri}/said/${index}`, type: dislikes ? 'Dislike' : type, actor: moderator.uri, object, content: told.content, tag: told.tag };
    return { actor: group, type: 'Announce', id: `${group.uri}/announces/${index}`, object: inner };
  });
}

describe('a batch does what one by one would do', () => {
  const run = async (story: readonly Step[], ownOnly: boolean, how: 'batch' | 'one by one', told: (story: readonly Step[], people: Cast, ownOnly: boolean) => Told[] = tell) => {
    const people = await cast();
    // A post of Alice's has room for so many emojis only, and hers are those of all stories.
    for (const table of ['status_reactions', 'reaction_counts']) await world.db.query(`DELETE FROM social.${table}`);
    const ids = await world.store(...told(story, people, ownOnly));
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
      fc.asyncProperty(fc.array(step(['Create', 'Like', 'Like', 'Announce', 'Unlike', 'Unboost', 'Delete']), { minLength: 1, maxLength: 14 }), async (story) => {
        expect(await run(story, true, 'batch')).toEqual(await run(story, true, 'one by one'));
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  test('posts, edits and deletions, each of their own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(['Create', 'Create', 'Update', 'Update', 'Delete']), { minLength: 1, maxLength: 14 }), async (story) => {
        expect(await run(story, true, 'batch')).toEqual(await run(story, true, 'one by one'));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  test('Follows and their ends, and the Likes of what only followers see', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(['Follow', 'Follow', 'Unfollow', 'Like']), { minLength: 1, maxLength: 14 }), async (story) => {
        expect(await run(story, true, 'batch')).toEqual(await run(story, true, 'one by one'));
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  test('Blocks among Follows, and what takes them back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(['Block', 'Block', 'Unblock', 'Follow', 'Unfollow', 'Like']), { minLength: 1, maxLength: 16 }), async (story) => {
        expect(await run(story, true, 'batch')).toEqual(await run(story, true, 'one by one'));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  test('reactions with emojis among Likes, and what takes them back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(['React', 'React', 'React', 'Like', 'Unreact', 'Unlike', 'Create']), { minLength: 1, maxLength: 18 }), async (story) => {
        expect(await run(story, true, 'batch')).toEqual(await run(story, true, 'one by one'));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  test('votes on polls that take one choice or several, that not all may see, or that are over', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(['Vote', 'Vote', 'Vote', 'Follow', 'Unfollow']), { minLength: 1, maxLength: 20 }), async (story) => {
        expect(await run(story, true, 'batch')).toEqual(await run(story, true, 'one by one'));
      }),
      { numRuns: 30 },
    );
    // However they came, tallies are the votes.
    const tallies = await world.db.query<{ told: boolean; asVoted: boolean; hasVotes: boolean }>(
      `SELECT p.voters_count = (SELECT count(DISTINCT v.account_id) FROM social.poll_votes v WHERE v.status_id = p.status_id)
              AND p.votes = ARRAY(SELECT count(v.id) FROM generate_subscripts(p.options, 1) AS place LEFT JOIN social.poll_votes v ON v.status_id = p.status_id AND v.choice = place - 1 GROUP BY place ORDER BY place) AS told,
              (p.untold_since IS NOT NULL) = (p.voters_count > 0) AS "asVoted", p.voters_count > 0 AS "hasVotes"
         FROM social.polls p JOIN social.statuses s ON s.id = p.status_id WHERE s.uri = ANY($1) ORDER BY p.status_id`,
      [polls],
    );
    expect(tallies).toHaveLength(4);
    expect(tallies.filter(({ told, asVoted }) => !told || !asVoted)).toEqual([]);
    expect([tallies.some(({ hasVotes }) => hasVotes), tallies.at(-1)?.hasVotes]).toEqual([true, false]);
  }, 120_000);

  test('what groups pass on: posts, edits, ends and votes of members', async () => {
    const verbs: Step['verb'][] = ['Create', 'Create', 'Create', 'Update', 'Delete', 'Like', 'Unlike', 'React', 'Unreact', 'Announce', 'Unboost', 'Follow', 'Rename'];
    await fc.assert(
      fc.asyncProperty(fc.array(step(verbs), { minLength: 1, maxLength: 20 }), async (story) => {
        expect(await run(story, false, 'batch', passedOn)).toEqual(await run(story, false, 'one by one', passedOn));
      }),
      { numRuns: 40 },
    );
  }, 180_000);

  test('everything at once, and people who leave', async () => {
    const verbs: Step['verb'][] = ['Create', 'Create', 'Update', 'Delete', 'Like', 'Announce', 'Unlike', 'Unboost', 'Follow', 'Unfollow', 'Rename', 'Vote', 'React', 'Unreact', 'Block', 'Unblock'];
    await fc.assert(
      fc.asyncProperty(fc.array(step([...verbs, ...verbs, 'Leave']), { minLength: 1, maxLength: 24 }), async (story) => {
        expect(await run(story, true, 'batch')).toEqual(await run(story, true, 'one by one'));
      }),
      { numRuns: 40 },
    );
  }, 180_000);
});
