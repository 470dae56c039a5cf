import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { followAccount } from '@trunkline/social';
import type { TestPerson, TestServer } from '@trunkline/testing';
import { allConforming, conforming, idsOf, linkOf, nobody, startApi, type Json } from './api-server.js';

let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  server = await startApi();
  [alice, bob] = [await server.person('alice'), await server.person('bob')];
}, 60_000);
afterAll(() => server?.stop());

const write = async (person: TestPerson, text: string, more: Json = {}): Promise<string> =>
  String((await person.api.post('/api/v1/statuses', { status: text, ...more }))['id']);

describe('timelines', () => {
  test('home pages down and up by links without gap or double, and notes that the person was here', async () => {
    const followed = await followAccount(server.backbone, bob.account, alice.account);
    expect(followed).toMatchObject({ ok: true });
    const written: string[] = [];
    for (let at = 0; at < 7; at += 1) written.unshift(await write(alice, `number ${at}`));
    const pages: string[][] = [];
    let path: string | null = '/api/v1/timelines/home?limit=3';
    let back: string | null = null;
    while (path !== null) {
      const answer: Awaited<ReturnType<typeof bob.api.ask>> = await bob.api.ask('GET', path);
      pages.push(idsOf(allConforming('Status', answer.body)));
      path = linkOf(answer.headers, 'next');
      back = linkOf(answer.headers, 'prev') ?? back;
    }
    expect(pages).toEqual([written.slice(0, 3), written.slice(3, 6), written.slice(6)]);
    expect(idsOf((await bob.api.ask('GET', back ?? '')).body)).toEqual(written.slice(3, 6));
    const [user] = await server.backbone.users.byAccountIds([bob.account.id]);
    expect(user?.lastActiveAt).toBeInstanceOf(Date);
  });

  test('while another fills the feed, what is there so far is given as a part', async () => {
    const { feeds } = server.backbone;
    const carol = await server.person('carol');
    const claim = await feeds.claim(carol.account.id);
    const own = await write(carol, 'mine');
    await feeds.push([carol.account.id], own as Parameters<typeof feeds.push>[1]);
    const part = await carol.api.ask('GET', '/api/v1/timelines/home');
    expect([part.status, idsOf(part.body)]).toEqual([206, [own]]);
    if (claim === null) throw new Error('the feed was claimed already');
    await feeds.fill(carol.account.id, [], claim);
    expect((await carol.api.ask('GET', '/api/v1/timelines/home')).status).toBe(200);
    // One that has to be looked at again, while somebody does, is whole all the same.
    await feeds.renew(carol.account.id);
    await feeds.claim(carol.account.id);
    const whole = await carol.api.ask('GET', '/api/v1/timelines/home');
    expect([whole.status, idsOf(whole.body)]).toEqual([200, [own]]);
  });

  test('a cursor at the end of home finds nothing', async () => {
    const answer = await alice.api.ask('GET', '/api/v1/timelines/home?max_id=1');
    expect([answer.body, answer.headers.get('link')]).toEqual([[], null]);
  });

  test('public holds what everybody may see, not answers, boosts or quieter posts', async () => {
    const open = await write(alice, 'for everybody');
    await write(bob, 'an answer', { in_reply_to_id: open });
    await bob.api.post(`/api/v1/statuses/${open}/reblog`);
    for (const visibility of ['unlisted', 'private', 'direct']) await write(alice, `quiet ${visibility}`, { visibility });
    const shown = allConforming('Status', await nobody(server).get('/api/v1/timelines/public?limit=2'));
    expect(shown[0]).toMatchObject({ id: open });
    expect(shown[0]).not.toHaveProperty('favourited');
    expect(idsOf(await nobody(server).get('/api/v1/timelines/public?local=true&limit=1'))).toEqual([open]);
    expect(await nobody(server).get('/api/v1/timelines/public?remote=true')).toEqual([]);
    expect(await nobody(server).get('/api/v1/timelines/public?only_media=true')).toEqual([]);
  });

  test('a tag’s page knows any, all and none, in whatever letters', async () => {
    const [red, both, blue] = [await write(alice, '#Red'), await write(alice, '#red #blue'), await write(bob, '#BLUE')];
    const tagged = async (query: string): Promise<string[]> => idsOf(await nobody(server).get(`/api/v1/timelines/tag/${query}`));
    expect(await tagged('red')).toEqual([both, red]);
    expect(await tagged('RED?any[]=blue')).toEqual([blue, both, red]);
    expect(await tagged('red?all[]=blue')).toEqual([both]);
    expect(await tagged('red?none[]=blue')).toEqual([red]);
    expect(await tagged('nowhere')).toEqual([]);
    expect(conforming('Tag', await alice.api.get('/api/v1/tags/Red'))).toMatchObject({ name: 'red', following: false });
    expect(conforming('Tag', await nobody(server).get('/api/v1/tags/red'))).not.toHaveProperty('following');
    expect((await nobody(server).ask('GET', '/api/v1/tags/123')).status).toBe(404);
  });

  test('home is for people; public is for all', async () => {
    expect((await nobody(server).ask('GET', '/api/v1/timelines/home')).status).toBe(401);
    expect((await nobody(server).ask('GET', '/api/v1/timelines/public?limit=abc&max_id=x')).status).toBe(200);
  });
});
