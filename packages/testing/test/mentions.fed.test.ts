import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, startTestServer, until, type JsonObject, type ScriptedPerson, type TestPerson, type TestServer } from '../src/index.js';

jest.setTimeout(120_000);


let rem: ScriptedRemote;
let oth: ScriptedRemote;
let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  [rem, oth] = [await ScriptedRemote.start({ name: 'rem' }), await ScriptedRemote.start({ name: 'oth' })];
  server = await startTestServer({ peers: [rem.host, oth.host] });
  [alice, bob] = [await server.person('alice'), await server.person('bob')];
});
afterAll(async () => {
  await Promise.all([server, rem, oth].map((one) => one.stop()));
});

interface Shown {
  readonly id: string;
  readonly uri: string;
  readonly content: string;
  readonly mentions: readonly { readonly acct: string; readonly url: string }[];
}

const pageOf = (remote: ScriptedRemote, name: string): string => `${remote.baseUrl}/@${name}`;
const mention = (href: string | undefined, name: string): JsonObject => ({ type: 'Mention', ...(href === undefined ? {} : { href }), name });

async function arrive(extra: JsonObject, content = 'hello'): Promise<Shown> {
  const note = rem.person.note(content, extra);
  expect((await rem.sendActivity(`http://${server.domain}/inbox`, rem.person.create(note))).status).toBe(202);
  const { id } = await until(`${note.id} to be stored`, async () => (await server.backbone.store.statusesByUris([note.id]))[0]);
  return alice.api.get<Shown>(`/api/v1/statuses/${id}`);
}
const mentionsOf = async (person: TestPerson): Promise<string[]> => {
  const told = await person.api.get<{ status: { uri: string } }[]>('/api/v1/notifications?types[]=mention&limit=80');
  return told.map(({ status }) => status.uri);
};
/** Follows, and is let in. */
async function follow(person: TestPerson, remote: ScriptedRemote, other: ScriptedPerson): Promise<void> {
  const { accounts } = await person.api.get<{ accounts: { id: string }[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(other.handle)}`);
  await person.api.post(`/api/v1/accounts/${accounts[0]?.id}/follow`);
  const { activity } = await remote.untilPost('a Follow', ({ type, activity: it }) => type === 'Follow' && it?.['object'] === other.id);
  await remote.sendActivity(`http://${server.domain}/inbox`, other.activity('Accept', activity), { as: other });
  await until('the follow', async () => (await person.api.get<{ following: boolean }[]>(`/api/v1/accounts/relationships?id[]=${accounts[0]?.id}`))[0]?.following);
}
const notified = (person: TestPerson, uri: string) => until(`${person.handle} to be told of ${uri}`, async () => (await mentionsOf(person)).includes(uri));

test('somebody here is mentioned by the address of their page, also when it is all that is addressed', async () => {
  const page = `http://${server.domain}/@alice`;
  const link = `<p><a href="${page}" class="u-url mention">@alice</a> look</p>`;
  const shown = await arrive({ content: link, cc: [page], tag: [mention(page, '@alice')] });
  expect(shown.mentions).toEqual([expect.objectContaining({ acct: 'alice', url: page })]);
  // The link that clients match with the mention stands as it was written.
  expect(shown.content).toContain(`href="${page}"`);
  await notified(alice, shown.uri);

  const direct = await arrive({ to: [page], cc: [], tag: mention(page, '@alice') });
  expect(direct).toMatchObject({ visibility: 'direct', mentions: [{ acct: 'alice' }] });
  await notified(alice, direct.uri);
});

test('somebody here is mentioned by a whole handle alone', async () => {
  const shown = await arrive({ cc: [alice.account.uri], tag: [mention(undefined, `@Alice@${server.domain}`)] });
  expect(shown.mentions).toEqual([expect.objectContaining({ acct: 'alice' })]);
  await notified(alice, shown.uri);
  const byAcct = await arrive({ cc: [alice.account.uri], tag: [mention(`acct:alice@${server.domain}`, '@alice')] });
  await notified(alice, byAcct.uri);
});

test('a name beside the address of another host names nobody, and who is tagged and not addressed is not told', async () => {
  await follow(alice, rem, rem.person);
  const lying = await arrive({ cc: [rem.person.followers], tag: [mention(`${oth.baseUrl}/nobody`, `@bob@${server.domain}`)] });
  const unaddressed = await arrive({ tag: [mention(`http://${server.domain}/@bob`, '@bob')] });
  const last = await arrive({ cc: [bob.account.uri], tag: [mention(`http://${server.domain}/@bob`, '@bob')] });
  await notified(bob, last.uri);
  expect(await mentionsOf(bob)).toEqual([last.uri]);
  expect([lying.mentions, unaddressed.mentions]).toEqual([[], []]);
});

test('people of other servers are known by the page that they themselves name, and by nobody else’s word', async () => {
  const [known, thief] = [oth.addPerson('known'), rem.addPerson('thief')];
  rem.documents.set(thief.id, thief.actor({ url: pageOf(oth, 'known') }));
  await follow(alice, rem, thief);
  await follow(alice, oth, known);
  const asked = oth.gets.length;
  const shown = await arrive({ tag: [mention(pageOf(oth, 'known'), '@known')], cc: [known.id] });
  expect(shown.mentions).toEqual([expect.objectContaining({ acct: known.handle, url: pageOf(oth, 'known') })]);
  expect(oth.gets.slice(asked)).toEqual([]);
});

test('strangers are looked up in the background, by a page that names its document or by the handle beside it, five of a post', async () => {
  const [html, named] = [oth.addPerson('html'), oth.addPerson('named')];
  const head = `<!doctype html><head><link rel="alternate" type="application/activity+json" href="/users/html"></head>`;
  oth.answers.set('/@html', { kind: 'status', status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: head });
  const many = Array.from({ length: 20 }, (_, n) => mention(`${oth.baseUrl}/missing/${n}`, `@missing${n}`));
  const asked = oth.gets.length;
  const shown = await arrive({ cc: [html.id, named.id], tag: [mention(pageOf(oth, 'html'), '@html'), mention(`${oth.baseUrl}/profile/named`, `@${named.handle}`), ...many] });
  const all = await until('both to be met', async () => {
    const { mentions } = await alice.api.get<Shown>(`/api/v1/statuses/${shown.id}`);
    return mentions.length === 2 ? mentions : null;
  });
  expect(all.map(({ acct }) => acct).sort()).toEqual([html.handle, named.handle].sort());
  expect(oth.gets.slice(asked).filter((target) => target.startsWith('/missing/')).length).toBeLessThanOrEqual(3);
});
