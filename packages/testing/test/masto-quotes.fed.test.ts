import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { MastoHttpError, type mastodon } from 'masto';
import { startTestServer, type TestServer } from '../src/index.js';
import { EntityWitness } from './entity-witness.js';
import { mastoOf, originOf } from './masto-session.js';

jest.setTimeout(90_000);

let server: TestServer;
let witness: EntityWitness;
let alice: mastodon.rest.Client;
let bob: mastodon.rest.Client;
beforeAll(async () => {
  server = await startTestServer();
  const [one, other] = [await server.person('alice'), await server.person('bob')];
  witness = new EntityWitness(originOf(server));
  [alice, bob] = [mastoOf(server, one.token), mastoOf(server, other.token)];
});
afterAll(async () => {
  witness?.leave();
  await server?.stop();
});
afterEach(() => witness.sayFaults());

/** masto's types are older than quotes; its serializer passes on what it is given, and its reader what comes. */
interface Quoting {
  readonly quote: { readonly state: string; readonly quotedStatus: mastodon.v1.Status | null } | null;
  readonly quoteApproval: { readonly automatic: string[]; readonly currentUser: string };
  readonly quotesCount: number;
}
type Quoted = mastodon.v1.Status & Quoting;
const write = async (as: mastodon.rest.Client, params: object): Promise<Quoted> => (await as.v1.statuses.create(params as mastodon.rest.v1.CreateStatusParams)) as unknown as Quoted;
const read = async (as: mastodon.rest.Client, id: string): Promise<Quoted> => (await as.v1.statuses.$select(id).fetch()) as unknown as Quoted;

test('somebody quotes, is told of it, and the author takes it back', async () => {
  const original = await write(alice, { status: 'Quote me' });
  expect(original.quoteApproval).toEqual({ automatic: ['public'], manual: [], currentUser: 'automatic' });
  const quote = await write(bob, { status: 'Look at this', quotedStatusId: original.id });
  expect(quote.quote).toMatchObject({ state: 'accepted', quotedStatus: { id: original.id, content: '<p>Quote me</p>' } });
  expect((await read(bob, original.id)).quotesCount).toBe(1);
  await server.settled();
  const [told] = await alice.v1.notifications.list({ types: ['quote' as never] });
  expect(told).toMatchObject({ type: 'quote', status: { id: quote.id } });

  const other = await write(alice, { status: 'A quote of a quote', quotedStatusId: quote.id });
  expect(other.quote?.quotedStatus).toMatchObject({ id: quote.id, quote: { state: 'accepted', quotedStatusId: original.id } });
  expect((await alice.v1.timelines.home.list()).map(({ id }) => id)).toContain(other.id);

  const answer = await fetch(`${originOf(server)}/api/v1/statuses/${original.id}/quotes/${quote.id}/revoke`, { method: 'POST', headers: { authorization: `Bearer ${(await server.person('carol')).token}` } });
  expect(answer.status).toBe(403);
});

test('an author chooses who may quote, for one post and for those to come', async () => {
  const closed = await write(alice, { status: 'Not me', quoteApprovalPolicy: 'nobody' });
  expect((await read(bob, closed.id)).quoteApproval).toEqual({ automatic: [], manual: [], currentUser: 'denied' });
  const refused = await write(bob, { status: 'x', quotedStatusId: closed.id }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(MastoHttpError);
  expect(refused).toMatchObject({ statusCode: 422 });
  await alice.v1.accounts.updateCredentials({ source: { quotePolicy: 'followers' } as object });
  expect(await alice.v1.preferences.fetch()).toMatchObject({ 'posting:default:quote_policy': 'followers' });
  expect((await write(alice, { status: 'Friends' })).quoteApproval.automatic).toEqual(['followers']);
});
