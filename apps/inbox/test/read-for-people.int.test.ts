import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { actorUris } from '@trunkline/activitypub';
import { until, type TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

jest.setTimeout(60_000);

/** No service with keys runs here: the test answers in its place. Alice follows Amy. */
let bench: InboxBench;
let alice: TestPerson;
let amy: PeerActor;
beforeAll(async () => {
  bench = await InboxBench.start();
  bench.leaveReadings();
  alice = await bench.server.person('alice');
  amy = bench.peer.actor('amy');
  await bench.follows(alice, amy);
}, 60_000);
afterAll(() => bench?.stop());

const readings = () => bench.server.backbone.personalReadings;
const claim = () => readings().claim({ limit: 8, leaseSeconds: 60, exceptDomains: [] });

/** A post that is refused to everybody, and what it says. */
function hidden() {
  const note = bench.peer.note(amy, { to: [`${amy.uri}/followers`], cc: [] });
  bench.peer.documents.set(new URL(note.id).pathname, 401);
  return note;
}

test('an activity that waited in vain takes the answer when it is tried again, by whatever copy', async () => {
  const note = hidden();
  const create = bench.peer.activity('Create', amy, note.id);
  expect(await bench.apply(amy, create)).toBe('stored: object_unreachable: timeout');
  const [reading] = await claim();
  expect(reading).toMatchObject({ uri: note.id, named: [], domain: bench.peer.host, attempts: 1 });
  if (reading !== undefined) await readings().answer(reading, { state: 'read', document: JSON.stringify(note) });
  await bench.server.backbone.db.query(`UPDATE federation.inbound SET next_attempt_at = now() - interval '11 seconds' WHERE activity_id = $1`, [create.id]);
  await until('the activity to be applied', async () => (await bench.rows(create.id))[0]?.state === 'applied');
  expect(await bench.status(note.id)).toMatchObject({ visibility: 'private', content: '<p>hello</p>' });
  expect(await claim()).toEqual([]);
});

test('what comes back is judged as what was fetched: not another’s words, nor another document', async () => {
  const ned = bench.peer.actor('ned');
  const lies = [
    [(note: object) => ({ ...note, attributedTo: ned.uri }), 'ignored: foreign_author'],
    [(note: object) => ({ ...note, type: 'Person' }), expect.stringMatching(/^ignored: /)],
  ] as const;
  for (const [lie, verdict] of lies) {
    const note = hidden();
    const ended = bench.apply(amy, bench.peer.activity('Create', amy, note.id, { to: [actorUris(bench.server.backbone.settings.baseUrl, alice.account.id).id] }));
    const [reading] = await until('the reading', async () => {
      const claimed = await claim();
      return claimed.length > 0 ? claimed : null;
    });
    expect(reading?.named).toEqual([alice.account.id]);
    if (reading !== undefined) await readings().answer(reading, { state: 'read', document: JSON.stringify(lie(note)) });
    expect(await ended).toEqual(verdict);
    expect(await bench.status(note.id)).toBeUndefined();
  }
});
