import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startTestServer, type TestServer } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(120_000);

const ROUNDS = 12;
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

// The rows go to whichever copy hears the bell first; what was said last has to count.
test('a Follow and its Undo, sent at once to two copies, end as the sender said last', async () => {
  const people = Array.from({ length: ROUNDS }, (_, at) => stage.evil.addPerson(`quick${at}`));
  await Promise.all(people.map((person) => stage.meet(person)));
  await Promise.all(
    people.map(async (person, at) => {
      const follow = person.activity('Follow', stage.bob.account.uri);
      const said = at % 2 === 0 ? [follow, person.activity('Undo', follow)] : [follow, person.activity('Undo', follow), { ...follow, id: `${follow.id}/again` }];
      for (const [turn, activity] of said.entries()) {
        const url = `${(turn % 2 === 0 ? stage.server : copy).url}/inbox`;
        expect((await stage.evil.sendActivity(url, activity, { as: person, host: stage.server.domain })).status).toBe(202);
      }
    }),
  );
  await stage.server.settled();
  const follows = await Promise.all(people.map(async (person) => stage.count('social.follows f JOIN social.accounts a ON a.id = f.account_id', 'a.uri = $1', [person.id])));
  expect(follows).toEqual(people.map((_, at) => at % 2));
  expect(await stage.count('federation.inbound', "state = 'dead'")).toBe(0);
});

test('S216 one activity that came to both copies at once stands once', async () => {
  const [person] = [stage.evil.addPerson('twice')];
  await stage.meet(person);
  expect(await stage.apply(person, person.activity('Follow', stage.bob.account.uri))).toBe('applied');
  const note = person.note('once', { to: [stage.bob.account.uri], cc: [], tag: [{ type: 'Mention', href: stage.bob.account.uri }] });
  const create = person.create(note);
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, at) => stage.evil.sendActivity(`${(at % 2 === 0 ? stage.server : copy).url}/inbox`, create, { as: person, host: stage.server.domain })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  await stage.server.settled();
  expect(await stage.count('social.statuses', 'uri = $1', [note.id])).toBe(1);
  const told = await stage.bob.api.get<{ type: string }[]>('/api/v1/notifications?types[]=mention');
  expect(told).toHaveLength(1);
});
