import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { roomInWindow, startTestServer, type JsonObject, type ScriptedPerson, type TestPerson, type TestServer } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(180_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
let stage: HostileStage;
let copy: TestServer;
beforeAll(async () => {
  stage = await HostileStage.start();
  copy = await startTestServer({ sharing: stage.server });
});
afterAll(async () => {
  await copy.stop();
  await stage.stop();
});

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const naming = (by: ScriptedPerson, people: readonly TestPerson[], more: JsonObject = {}): JsonObject & { readonly id: string } =>
  by.note('hear me', { to: [PUBLIC, ...people.map(({ account }) => account.uri)], cc: [], tag: people.map(({ account }) => ({ type: 'Mention', href: account.uri })), ...more });
const mentionsOf = (by: ScriptedPerson): Promise<number> =>
  stage.count('timeline.notifications n JOIN social.accounts a ON a.id = n.from_account_id', `a.uri = $1 AND n.type = 'mention'`, [by.id]);

describe('S094 a domain that nobody here knows', () => {
  const [PEOPLE, POSTS, BUDGET] = [35, 10, 300];
  let people: TestPerson[];
  beforeAll(async () => {
    people = await Promise.all(many(PEOPLE, (n) => stage.server.person(`crowd${n}`)));
    await roomInWindow(stage.server, 3_600, 60);
  });

  test('is heard by three hundred people in an hour, whoever of it speaks and to whichever copy; what it says is kept', async () => {
    const authors = many(POSTS, (n) => stage.evil.addPerson(`herald${n}`));
    const notes = authors.map((author) => naming(author, people));
    const sent = await Promise.all(
      notes.map((note, n) => stage.evil.sendActivity(`${(n % 2 === 0 ? stage.server : copy).url}/inbox`, authors[n]?.create(note) ?? {}, { as: authors[n] ?? stage.eve, host: stage.server.domain })),
    );
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([202]));
    await stage.server.settled();
    const told = await stage.count('timeline.notifications n JOIN social.accounts a ON a.id = n.from_account_id', `a.uri LIKE $1 AND n.type = 'mention'`, [`${stage.evil.baseUrl}/%`]);
    expect(told).toBe(BUDGET);
    const ids = (await Promise.all(notes.map(({ id }) => stage.status(id)))).map((status) => status?.id);
    expect(await stage.count('social.mentions', 'status_id = ANY($1::bigint[]) AND NOT silent', [ids])).toBe(PEOPLE * POSTS);
  });

  test('takes nothing from others, and whom somebody follows reaches them all the same', async () => {
    const vic = naming(stage.vic, people.slice(0, 3));
    expect(await stage.apply(stage.vic, stage.vic.create(vic))).toBe('applied');
    const [friend] = people;
    if (friend === undefined) throw new Error('nobody is there');
    const herald = stage.evil.addPerson('befriended');
    await stage.follow(friend, herald);
    expect(await stage.apply(herald, herald.create(naming(herald, [friend])))).toBe('applied');
    await stage.server.settled();
    expect([await mentionsOf(stage.vic), await mentionsOf(herald)]).toEqual([3, 1]);
  });
});

test('S094 of a post that is edited a hundred and twenty times the first text and the newest stay', async () => {
  await stage.follow(stage.alice, stage.vic);
  const beganMs = Date.now() - 600_000;
  const note = stage.vic.note('version 0', { published: new Date(beganMs).toISOString() });
  expect(await stage.apply(stage.vic, stage.vic.create(note))).toBe('applied');
  const edited = (n: number): JsonObject => ({ ...note, content: `version ${n}`, updated: new Date(beganMs + n * 1_000).toISOString() });
  for (let n = 1; n <= 120; n += 1) await stage.mustApply(stage.vic, stage.vic.activity('Update', edited(n)));
  await stage.server.settled();
  const status = await stage.status(note.id);
  expect(status?.content).toContain('version 120');
  const kept = await stage.server.backbone.db.query<{ content: string }>('SELECT content FROM social.status_edits WHERE status_id = $1 ORDER BY created_at', [status?.id]);
  expect(kept.map(({ content }) => content.replace(/<[^>]*>/g, ''))).toEqual(['version 0', ...many(99, (n) => `version ${n + 21}`)]);
});

describe('S045 keys', () => {
  const COPIES = 2;
  const PER_MINUTE = 120;
  /** To both copies in turn. */
  const knock = async (keyIdOf: (n: number) => string, as: ScriptedPerson, count: number): Promise<number[]> => {
    const statuses: number[] = [];
    for (let at = 0; at < count; at += 50) {
      const some = many(Math.min(50, count - at), (n) => {
        const url = `${(n % COPIES === 0 ? stage.server : copy).url}/inbox`;
        // Of a type that nobody does anything with: what is asked here is how it is let in.
        return stage.evil.sendActivity(url, { ...as.activity('Travel', stage.bob.account.uri), actor: keyIdOf(at + n).replace(/#.*$/, '') }, { as, keyId: keyIdOf(at + n), host: stage.server.domain });
      });
      statuses.push(...(await Promise.all(some)).map(({ status }) => status));
    }
    return statuses;
  };
  const askedFor = (path: RegExp): number => stage.evil.gets.filter((target) => path.test(target)).length;

  test('a thousand requests with one unknown key have it read once by each copy, and it stands once', async () => {
    const newcomer = stage.evil.addPerson('newcomer');
    const path = new URL(newcomer.id).pathname;
    stage.evil.answers.set(path, { kind: 'honest', delayMs: 300 });
    const statuses = await knock(() => `${newcomer.id}#main-key`, newcomer, 1_000);
    expect(new Set(statuses)).toEqual(new Set([202, 429]));
    expect(askedFor(/^\/users\/newcomer$/)).toBeLessThanOrEqual(COPIES);
    expect(await stage.count('federation.remote_keys', 'owner_uri = $1', [newcomer.id])).toBe(1);
    expect(await stage.count('federation.inbound', 'actor_uri = $1', [newcomer.id])).toBe(0);
    stage.evil.answers.delete(path);
    expect(await stage.apply(newcomer, newcomer.activity('Follow', stage.bob.account.uri))).toBe('applied');
  });

  test('a thousand made-up keys of one host cost it no more than each copy may ask in a minute, and nothing of them is stored', async () => {
    const accounts = await stage.count('social.accounts');
    const statuses = await knock((n) => `${stage.evil.baseUrl}/users/made-up-${n}#main-key`, stage.eve, 1_000);
    expect(statuses.filter((status) => status === 202)).toEqual([]);
    // A minute may end in between.
    expect(askedFor(/^\/users\/made-up-/)).toBeLessThanOrEqual(2 * COPIES * PER_MINUTE);
    expect(await stage.count('federation.remote_keys', 'key_id LIKE $1', [`${stage.evil.baseUrl}/users/made-up-%`])).toBe(0);
    expect(await stage.count('federation.inbound', 'actor_uri LIKE $1', [`${stage.evil.baseUrl}/users/made-up-%`])).toBe(0);
    expect(await stage.count('social.accounts')).toBe(accounts);
    // Somebody else's new key is read meanwhile.
    const late = stage.victim.addPerson('late');
    expect(await stage.apply(late, late.activity('Follow', stage.bob.account.uri))).toBe('applied');
  });
});
