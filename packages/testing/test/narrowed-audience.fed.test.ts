import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { JsonObject, TestPerson } from '../src/index.js';
import { EventSource } from './event-source.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(120_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const NAMES = ['alice', 'bob', 'carol'] as const;
type Name = (typeof NAMES)[number];

/** Alice follows vic, who writes; carol follows eve, who boosts; bob follows neither. All of them read what bob says. */
let stage: HostileStage;
let people: Record<Name, TestPerson>;
let streams: Record<Name, Record<'user' | 'public', EventSource>>;
beforeAll(async () => {
  stage = await HostileStage.start();
  people = { alice: stage.alice, bob: stage.bob, carol: await stage.server.person('carol') };
  await stage.follow(people.alice, stage.vic);
  await stage.follow(people.carol, stage.eve);
  for (const name of ['alice', 'carol'] as const) await people[name].api.post(`/api/v1/accounts/${people.bob.account.id}/follow`);
  // Only who read their home lately has a feed.
  for (const name of NAMES) await people[name].api.get('/api/v1/timelines/home');
  await stage.server.settled();
  const open = (name: Name, stream: string) => EventSource.open(`${stage.server.url}/api/v1/streaming/${stream}`, people[name].token);
  const both = async (name: Name) => ({ user: await open(name, 'user'), public: await open(name, 'public') });
  streams = { alice: await both('alice'), bob: await both('bob'), carol: await both('carol') };
});
afterAll(async () => {
  for (const one of Object.values(streams ?? {})) for (const source of Object.values(one)) source.close();
  await stage?.stop();
});

/** Resolves when all streams have brought what was said before. */
async function fence(): Promise<void> {
  await stage.server.settled();
  const { id } = await people.bob.api.post<{ id: string }>('/api/v1/statuses', { status: 'a fence' });
  for (const name of NAMES) {
    for (const source of Object.values(streams[name])) await source.next(`${name} to hear the fence`, ({ data }) => data.includes(`"${id}"`));
  }
}

/** What a stream said of a status: `delete`, or another event and whether it says these words. */
const heard = (name: Name, stream: 'user' | 'public', id: string, words: string): string[] =>
  streams[name][stream].events.flatMap(({ event, data }) => {
    if (event === 'delete') return data === id ? ['delete'] : [];
    return event === 'status.update' && data.includes(`"${id}"`) ? [`${event}${data.includes(words) ? '' : ' without the words'}`] : [];
  });

/** Of all places where somebody may read a status, those that show it, or these words. */
async function placesShowing(name: Name, { id, uri }: { id: string; uri: string }, words: string): Promise<string[]> {
  const { api } = people[name];
  const vic = await stage.account(stage.vic.id);
  const places = {
    itself: `/api/v1/statuses/${id}`,
    history: `/api/v1/statuses/${id}/history`,
    context: `/api/v1/statuses/${id}/context`,
    home: '/api/v1/timelines/home?limit=40',
    public: '/api/v1/timelines/public?limit=40',
    tag: '/api/v1/timelines/tag/narrow?limit=40',
    profile: `/api/v1/accounts/${vic?.id}/statuses?limit=40`,
    bookmarks: '/api/v1/bookmarks',
    favourites: '/api/v1/favourites',
    search: `/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(uri)}`,
  };
  const shown: string[] = [];
  for (const [place, path] of Object.entries(places)) {
    const { status, body } = await api.ask('GET', path);
    const text = JSON.stringify(body);
    if (status === 200 && (text.includes(`"id":"${id}"`) || text.includes(words) || place === 'history' || place === 'context')) shown.push(place);
  }
  return shown;
}

const EVERYWHERE = ['itself', 'history', 'context', 'home', 'public', 'tag', 'profile', 'bookmarks', 'favourites', 'search'];
let seconds = 0;
async function rewrite(note: JsonObject, words: string, more: JsonObject): Promise<JsonObject> {
  seconds += 1;
  const edited: JsonObject = { ...note, content: `<p>${words}</p>`, updated: new Date(Date.now() + 1_000 * seconds).toISOString(), ...more };
  await stage.mustApply(stage.vic, stage.vic.activity('Update', edited, { to: edited['to'], cc: edited['cc'] }));
  await fence();
  return edited;
}

describe('an Update for fewer people', () => {
  let note: JsonObject & { readonly id: string };
  let it: { id: string; uri: string };
  let boostId: string;

  test('what all could read, all have read', async () => {
    note = stage.vic.note('old words', { tag: [{ type: 'Hashtag', name: '#narrow' }] });
    await stage.mustApply(stage.vic, stage.vic.create(note));
    const boost = stage.eve.activity('Announce', note.id, { to: [PUBLIC] });
    await stage.mustApply(stage.eve, boost);
    it = { id: String((await stage.status(note.id))?.id), uri: note.id };
    boostId = String((await stage.status(boost.id))?.id);
    for (const name of NAMES) for (const act of ['bookmark', 'favourite']) await people[name].api.post(`/api/v1/statuses/${it.id}/${act}`);
    await fence();
    expect(await placesShowing('alice', it, 'old words')).toEqual(EVERYWHERE);
    expect(await placesShowing('bob', it, 'old words')).toEqual(EVERYWHERE.filter((place) => place !== 'home'));
    expect(await placesShowing('carol', it, 'old words')).toEqual(EVERYWHERE);
    expect((await fetch(`${stage.server.url}/api/v1/statuses/${it.id}`)).status).toBe(200);
  });

  test('public → unlisted: it leaves public places, and whoever had it there reads its new words', async () => {
    await rewrite(note, 'second words', { to: [stage.vic.followers], cc: [PUBLIC] });
    for (const name of NAMES) {
      expect([name, heard(name, 'public', it.id, 'second words')]).toEqual([name, ['status.update']]);
      expect([name, await placesShowing(name, it, 'second words')]).toEqual([name, EVERYWHERE.filter((place) => place !== 'public' && place !== 'tag' && !(name === 'bob' && place === 'home'))]);
    }
  });

  test('→ followers: others lose it everywhere, and are told that it is gone', async () => {
    await rewrite(note, 'third words', { to: [stage.vic.followers], cc: [] });
    expect((await stage.status(note.id))?.visibility).toBe('private');
    expect(await placesShowing('alice', it, 'third words')).toEqual(EVERYWHERE.filter((place) => place !== 'public' && place !== 'tag'));
    for (const name of ['bob', 'carol'] as const) expect([name, await placesShowing(name, it, 'words')]).toEqual([name, []]);
    expect((await fetch(`${stage.server.url}/api/v1/statuses/${it.id}`)).status).toBe(404);
    const page = await fetch(`${stage.server.url}/@${stage.vic.handle}/${it.id}`, { headers: { accept: 'text/html' } });
    expect(await page.text()).not.toContain('words');
    expect(heard('alice', 'user', it.id, 'third words').at(-1)).toBe('status.update');
    expect(heard('alice', 'user', it.id, '')).not.toContain('delete');
    // Whom somebody boosted it to has the boost.
    expect(heard('carol', 'user', boostId, '')).toEqual(expect.arrayContaining(['delete']));
    for (const name of ['bob', 'carol'] as const) for (const source of Object.values(streams[name])) expect(source.events.map(({ data }) => data).join()).not.toContain('third words');
  });

  test('→ named people: followers lose it', async () => {
    const { uri } = people.bob.account;
    await rewrite(note, 'last words', { to: [uri], cc: [], tag: [{ type: 'Mention', href: uri, name: '@bob' }] });
    expect((await stage.status(note.id))?.visibility).toBe('direct');
    expect(await placesShowing('alice', it, 'words')).toEqual([]);
    expect(heard('alice', 'user', it.id, '').at(-1)).toBe('delete');
    expect(await placesShowing('bob', it, 'last words')).toEqual(['itself', 'history', 'context', 'profile', 'bookmarks', 'favourites', 'search']);
    expect(streams.alice.user.events.map(({ data }) => data).join()).not.toContain('last words');
  });

  test('public → followers at once: public streams are told that it is gone', async () => {
    const other = stage.vic.note('first words');
    await stage.mustApply(stage.vic, stage.vic.create(other));
    const { id } = (await stage.status(other.id)) ?? { id: '' };
    await fence();
    await rewrite(other, 'hidden words', { to: [stage.vic.followers], cc: [] });
    expect(heard('bob', 'public', id, 'hidden words')).toEqual(['delete']);
    expect(heard('alice', 'public', id, 'hidden words')).toEqual(['status.update']);
    expect(heard('alice', 'user', id, 'hidden words')).toEqual(['status.update']);
  });
});
