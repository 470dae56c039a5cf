import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Collection, Create, Note, PUBLIC_COLLECTION, Question, Update } from '@fedify/vocab';
import { until } from '../src/index.js';
import { nowInstant } from './fedify-peer.js';
import { FedifyStage } from './fedify-stage.js';

jest.setTimeout(90_000);

interface PollJson {
  readonly id: string;
  readonly votes_count: number;
  readonly voters_count: number | null;
  readonly voted?: boolean;
  readonly options: readonly { readonly title: string; readonly votes_count: number | null }[];
}
interface StatusJson {
  readonly id: string;
  readonly uri: string;
  readonly edited_at: string | null;
  readonly poll: PollJson | null;
}

let stage: FedifyStage;
beforeAll(async () => {
  stage = await FedifyStage.start();
});
afterAll(() => stage.stop());

const option = (name: string, totalItems: number): Note => new Note({ name, replies: new Collection({ totalItems }) });
const question = (tea: number, rum: number): Question =>
  new Question({
    id: new URL('/users/fred/questions/1', stage.peer.origin),
    attribution: stage.peer.uri,
    to: PUBLIC_COLLECTION,
    content: '<p>Which?</p>',
    published: nowInstant(),
    endTime: nowInstant().add({ hours: 1 }),
    exclusiveOptions: [option('Tea', tea), option('Rum', rum)],
    voters: tea + rum,
  });

test('its poll is shown, voted on, and its counts are no edit', async () => {
  const { peer, alice } = stage;
  await stage.aliceFollows(peer.uri);
  await stage.send(new Create({ id: stage.id('creates'), actor: peer.uri, object: question(1, 2), to: PUBLIC_COLLECTION }));
  const status = await stage.status<StatusJson>(question(1, 2).id ?? '');
  expect(status?.poll).toMatchObject({ votes_count: 3, voters_count: 3, options: [{ title: 'Tea', votes_count: 1 }, { title: 'Rum', votes_count: 2 }] });

  expect(await alice.api.post(`/api/v1/polls/${status?.poll?.id}/votes`, { choices: [0] })).toMatchObject({ voted: true });
  const vote = await until('the vote', () => peer.of(Create)[0]);
  const choice = await vote.getObject();
  expect(choice).toBeInstanceOf(Note);
  expect([String(choice?.name), choice?.content, choice?.replyTargetId?.href]).toEqual(['Tea', null, question(1, 2).id?.href]);
  expect(vote.toIds.map(({ href }) => href)).toEqual([peer.uri.href]);

  await stage.send(new Update({ id: stage.id('updates'), actor: peer.uri, object: question(5, 2), to: PUBLIC_COLLECTION }));
  expect(await alice.api.get<StatusJson>(`/api/v1/statuses/${status?.id}`)).toMatchObject({ edited_at: null, poll: { votes_count: 7, voted: true } });
});

test('it votes on ours, once, and reads how it stands', async () => {
  const { peer, alice } = stage;
  const made = await alice.api.post<StatusJson>('/api/v1/statuses', { status: 'And you?', poll: { options: ['Tea', 'Rum'], expires_in: 3_600 } });
  const vote = (name: string): Note => new Note({ id: stage.id('votes'), attribution: peer.uri, name, replyTarget: new URL(made.uri), to: stage.aliceUri });
  for (const name of ['Rum', 'Tea']) {
    await stage.send(new Create({ id: stage.id('creates'), actor: peer.uri, object: vote(name), to: stage.aliceUri }));
  }
  expect((await alice.api.get<StatusJson>(`/api/v1/statuses/${made.id}`)).poll).toMatchObject({ votes_count: 1, options: [{ votes_count: 0 }, { votes_count: 1 }] });
  expect(await alice.api.get('/api/v1/notifications?types[]=mention')).toEqual([]);

  const read = await peer.read(new URL(made.uri));
  if (!(read instanceof Question)) throw new Error('Fedify reads no poll');
  const counts = [];
  for await (const one of read.getExclusiveOptions()) counts.push([String(one.name), (await one.getReplies())?.totalItems]);
  expect(counts).toEqual([['Tea', 0], ['Rum', 1]]);
  expect(read.voters).toBe(1);
});
