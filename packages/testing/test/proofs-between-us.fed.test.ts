import { afterEach, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, startFediverse, until, type Fediverse, type JsonObject } from '../src/index.js';

jest.setTimeout(120_000);

interface StatusJson {
  readonly id: string;
  readonly uri: string;
  readonly content: string;
}

const started: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
});

// Both give documents to signed requests alone, and read each other's all the same.
test('what one of us proves, another believes from whoever passes it on, also when its author’s server is away', async () => {
  const ray = await ScriptedRemote.start({ name: 'ray' });
  started.push(ray);
  const env = { AUTHORIZED_FETCH: 'true' };
  const fediverse: Fediverse = await startFediverse({ peers: [ray.host], home: { env }, away: { env } });
  started.push(fediverse.away);
  const { home, away } = fediverse;
  const [alice, bob] = [await home.person('alice'), await away.person('bob')];
  await ray.follow(alice.account.uri, `http://${home.domain}/inbox`);
  await home.settled();
  const post = await alice.api.post<StatusJson>('/api/v1/statuses', { status: 'first' });

  const edited = async (status: string): Promise<string> => {
    await alice.api.ask('PUT', `/api/v1/statuses/${post.id}`, { status });
    const isIt = ({ type, body }: { type: string | null; body: string }): boolean => type === 'Update' && body.includes(status);
    return (await ray.untilPost(`the edit to ${status}`, isIt)).body;
  };
  const search = `/api/v2/search?resolve=true&type=statuses&q=${encodeURIComponent(post.uri)}`;
  const { statuses } = await bob.api.get<{ statuses: StatusJson[] }>(search);
  expect(statuses).toMatchObject([{ uri: post.uri, content: '<p>first</p>' }]);
  const shown = async (): Promise<string> => (await bob.api.get<StatusJson>(`/api/v1/statuses/${statuses[0]?.id}`)).content;
  const passOn = async (body: string): Promise<void> => {
    expect((await ray.sendBody(`http://${away.domain}/inbox`, body)).status).toBe(202);
    await away.settled();
  };

  const [second, third, fourth] = [await edited('second'), await edited('third'), await edited('fourth')];
  await passOn(second);
  expect(await shown()).toBe('<p>second</p>');
  await fediverse.home.stop();
  await passOn(third);
  expect(await shown()).toBe('<p>third</p>');
  // Nothing is left to be asked: it waits to be tried again.
  const forged = { ...(JSON.parse(fourth.replaceAll('fourth', 'forged')) as JsonObject), id: `${post.uri}#updates/forged` };
  for (const body of [JSON.stringify(forged), fourth]) expect((await ray.sendBody(`http://${away.domain}/inbox`, body)).status).toBe(202);
  await until('the last edit', async () => (await shown()) === '<p>fourth</p>');
  const rows = await away.backbone.db.query(`SELECT reason FROM federation.inbound WHERE state = 'stored' AND body LIKE '%forged%' LIMIT 2`);
  expect(rows).toEqual([{ reason: expect.stringMatching(/^object_unreachable/) }]);
});
