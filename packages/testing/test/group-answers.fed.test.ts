import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { until, type JsonObject, type ReceivedPost, type ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

/** `trees` is a group on one server, `vic`, a member of it, lives on another. */
let stage: HostileStage;
let trees: ScriptedPerson;
beforeAll(async () => {
  stage = await HostileStage.start();
  trees = stage.evil.addPerson('trees');
  stage.evil.documents.set(trees.id, { ...trees.actor({ type: 'Group' }), id: trees.id });
  await stage.follow(stage.alice, trees);
});
afterAll(() => stage.stop());

const objectOf = (post: ReceivedPost): JsonObject => (post.activity?.['object'] ?? {}) as JsonObject;
const toGroup = (type: string, uri: string): Promise<ReceivedPost> => stage.evil.untilPost(`${type} of ${uri}`, (post) => post.type === type && (objectOf(post)['id'] === uri || post.activity?.['object'] === uri));
const toAuthor = (type: string, uri: string): Promise<ReceivedPost> => stage.victim.untilPost(`${type} of ${uri}`, (post) => post.type === type && (objectOf(post)['id'] === uri || post.activity?.['object'] === uri));
/** What vic posted into the group, as the group passes it on. */
async function posted(text: string): Promise<{ readonly id: string; readonly uri: string }> {
  const note = stage.vic.note(text, { audience: trees.id });
  expect(await stage.apply(trees, trees.activity('Announce', stage.vic.create(note)))).toBe('applied');
  const status = await until('the post', () => stage.status(note.id));
  return { id: status.id, uri: note.id };
}
const answer = (id: string, more: JsonObject = {}): Promise<{ id: string; uri: string }> => stage.alice.api.post('/api/v1/statuses', { status: 'an answer', in_reply_to_id: id, ...more });

test('an answer, its edit and its deletion go to the group as well, which is named in it', async () => {
  const post = await posted('a yew');
  const mine = await answer(post.id);
  await toAuthor('Create', mine.uri);
  const note = objectOf(await toGroup('Create', mine.uri));
  expect(note['cc']).toEqual(expect.arrayContaining([trees.id]));
  // Nobody is told that they were mentioned.
  expect(JSON.stringify(note['tag'])).not.toContain(trees.id);
  const below = await answer(mine.id);
  await toGroup('Create', below.uri);
  await stage.alice.api.ask('PUT', `/api/v1/statuses/${mine.id}`, { status: 'another answer' });
  await toGroup('Update', mine.uri);
  await stage.alice.api.delete(`/api/v1/statuses/${mine.id}`);
  await toGroup('Delete', mine.uri);
});

test('a favourite and its end are votes that the group counts', async () => {
  const post = await posted('a birch');
  await stage.alice.api.post(`/api/v1/statuses/${post.id}/favourite`);
  const like = await toGroup('Like', post.uri);
  await toAuthor('Like', post.uri);
  await stage.alice.api.post(`/api/v1/statuses/${post.id}/unfavourite`);
  for (const told of [toGroup, toAuthor]) await told('Undo', String(like.activityId));
});

test('what is for followers stays among them', async () => {
  const post = await posted('an oak');
  const closed = await answer(post.id, { status: `@${stage.vic.handle} between us`, visibility: 'private' });
  await toAuthor('Create', closed.uri);
  const open = await answer(post.id);
  await toGroup('Create', open.uri);
  expect(stage.evil.posts.filter((one) => objectOf(one)['id'] === closed.uri)).toEqual([]);
});
