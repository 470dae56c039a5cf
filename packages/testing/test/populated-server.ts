import { ScriptedRemote, startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
type Json = Readonly<Record<string, unknown>>;

/** A server where something of every kind happened: two people here, an owner, and somebody elsewhere. */
export interface Populated {
  readonly server: TestServer;
  readonly remote: ScriptedRemote;
  readonly alice: TestPerson;
  readonly bob: TestPerson;
  readonly owner: TestPerson;
  /** Ids by what they are: `note`, `question`, `reply`, `mine`, `remoteAccount`, `notification`, `report`, `rule`. */
  readonly ids: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function populatedServer(): Promise<Populated> {
  const remote = await ScriptedRemote.start({ name: 'mallory' });
  const server = await startTestServer({ peers: [remote.host] });
  const [alice, bob, owner] = [await server.person('alice'), await server.person('bob'), await server.person('owner', { role: 'Owner' })];
  remote.documents.set(remote.person.id, remote.person.actor(richActor(remote)));
  const ids = await happenings({ server, remote, alice, bob, owner });
  const stop = async (): Promise<void> => {
    await server.stop();
    await remote.stop();
  };
  return { server, remote, alice, bob, owner, ids, stop };
}

const emoji = (remote: ScriptedRemote): Json => ({
  id: `${remote.baseUrl}/emojis/blob`,
  type: 'Emoji',
  name: ':blob:',
  updated: '2024-01-01T00:00:00Z',
  icon: { type: 'Image', mediaType: 'image/png', url: `${remote.baseUrl}/blob.png` },
});

// Addresses that browsers would run, and markup that is not text, must not come out at the other end.
const richActor = (remote: ScriptedRemote): Json => ({
  name: 'Mallory :blob: </script><script>alert(1)</script>',
  summary: '<p>Hello <b onclick="x()">there</b><script>alert(2)</script></p>',
  url: 'javascript:alert(3)',
  icon: { type: 'Image', mediaType: 'image/png', url: `${remote.baseUrl}/avatar.png` },
  image: { type: 'Image', url: 'data:text/html,<script>alert(4)</script>' },
  published: '2020-02-03T04:05:06Z',
  tag: [emoji(remote)],
  attachment: [
    { type: 'PropertyValue', name: 'Home', value: '<a href="https://mallory.example" rel="me">mallory.example</a>' },
    { type: 'PropertyValue', name: 'Bad', value: '<a href="javascript:alert(5)">x</a>' },
  ],
});

async function happenings({ server, remote, alice, bob, owner }: Omit<Populated, 'ids' | 'stop'>): Promise<Record<string, string>> {
  const { person } = remote;
  const inbox = `http://${server.domain}/inbox`;
  const send = (activity: Json): Promise<unknown> => remote.sendActivity(inbox, activity);
  const make = (by: TestPerson, path: string, body: Json = {}): Promise<{ id: string; uri: string }> => by.api.post(`/api/v1/${path}`, body);

  const found = await alice.api.get<{ accounts: { id: string }[] }>(`/api/v2/search?resolve=true&q=${encodeURIComponent(person.id)}`);
  const remoteAccount = found.accounts[0]?.id ?? '';
  await make(alice, `accounts/${remoteAccount}/follow`);
  const follow = await remote.untilPost('a follow', ({ type }) => type === 'Follow');
  await send(person.activity('Accept', follow.activity));
  await make(bob, `accounts/${alice.account.id}/follow`, { notify: true });
  await make(alice, `accounts/${bob.account.id}/follow`);
  await alice.api.get('/api/v1/timelines/home');
  const list = await make(alice, 'lists', { title: 'Friends' });
  await make(alice, `lists/${list.id}/accounts`, { account_ids: [bob.account.id] });

  const mine = await make(alice, 'statuses', { status: 'Mine, about #trains @bob https://trains.example/a', spoiler_text: 'Rails' });
  await make(alice, 'statuses', { status: 'For followers', visibility: 'private', language: 'de' });
  await make(alice, 'statuses', { status: '@bob between us', visibility: 'direct' });
  const reply = await make(bob, 'statuses', { status: '@alice a reply', in_reply_to_id: mine.id });
  const quote = await make(bob, 'statuses', { status: 'Look at this', quoted_status_id: mine.id });
  await make(alice, 'statuses', { status: 'And at that', quoted_status_id: quote.id });
  await make(bob, `statuses/${mine.id}/favourite`);
  await make(bob, `statuses/${mine.id}/reblog`);
  await make(bob, `statuses/${mine.id}/bookmark`);
  await alice.api.ask('PUT', `/api/v1/statuses/${mine.id}`, { status: 'Mine, about #trains @bob, better', spoiler_text: 'Rails', sensitive: true });

  await remote.follow(alice.account.uri, inbox);
  const note = person.note(`Look :blob: <a href="javascript:alert(6)">x</a>`, richNote(remote, alice));
  const question = person.note('Tea or coffee?', poll());
  const image = person.note('', { type: 'Image', name: 'A picture', url: `${remote.baseUrl}/picture.png`, mediaType: 'image/png' });
  const answer = person.note('An answer', { inReplyTo: mine.uri, tag: [{ type: 'Mention', href: alice.account.uri, name: `@${alice.handle}` }], cc: [alice.account.uri] });
  for (const each of [note, question, image, answer]) await send(person.create(each));
  await send(person.activity('Announce', mine.uri, { to: [PUBLIC], cc: [person.followers] }));
  await send(person.activity('Like', mine.uri));
  await server.settled();

  const idOf = async (uri: string): Promise<string> =>
    until(`${uri} to be known`, async () => (await server.backbone.store.statusesByUris([uri]))[0]?.id);
  const known = { note: await idOf(note.id), question: await idOf(question.id), image: await idOf(image.id), answer: await idOf(answer.id) };
  await make(alice, `statuses/${known.note}/favourite`);
  await make(alice, `statuses/${known.note}/bookmark`);
  await make(alice, `statuses/${known.note}/reblog`);
  await make(alice, 'markers', { home: { last_read_id: known.note }, notifications: { last_read_id: '1' } });
  await make(bob, `accounts/${remoteAccount}/mute`, { duration: 3_600 });
  const report = await make(alice, 'reports', { account_id: remoteAccount, status_ids: [known.note], comment: 'Bad', forward: false });
  await make(owner, `admin/reports/${report.id}/assign_to_self`);
  const block = await make(owner, 'admin/domain_blocks', { domain: 'bad.example', severity: 'silence', public_comment: 'Bad', obfuscate: true });
  const allow = await make(owner, 'admin/domain_allows', { domain: 'good.example' });
  await server.settled();
  const [notification] = await alice.api.get<{ id: string }[]>('/api/v1/notifications');
  return { ...known, quote: quote.id, list: list.id, mine: mine.id, reply: reply.id, remoteAccount, report: report.id, block: block.id, allow: allow.id, notification: notification?.id ?? '' };
}

const richNote = (remote: ScriptedRemote, alice: TestPerson): Json => ({
  summary: 'Careful :blob:',
  sensitive: true,
  contentMap: { en: '<p>Look :blob: <a href="javascript:alert(6)">x</a><img src=x onerror=alert(7)></p>' },
  url: 'javascript:alert(8)',
  tag: [
    emoji(remote),
    { type: 'Hashtag', name: '#Trains', href: `${remote.baseUrl}/tags/trains` },
    { type: 'Mention', href: alice.account.uri, name: `@${alice.handle}` },
  ],
  cc: [remote.person.followers, alice.account.uri],
  attachment: [
    { type: 'Document', mediaType: 'image/png', url: `${remote.baseUrl}/a.png`, name: 'A train', blurhash: 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH', width: 640, height: 480, focalPoint: [0.1, -0.2] },
    { type: 'Video', mediaType: 'video/mp4', url: `${remote.baseUrl}/b.mp4` },
    { type: 'Document', mediaType: 'text/html', url: 'data:text/html,<script>alert(9)</script>' },
  ],
});

const poll = (): Json => ({
  type: 'Question',
  endTime: '2030-01-01T00:00:00Z',
  votersCount: 3,
  oneOf: [
    { type: 'Note', name: 'Tea', replies: { type: 'Collection', totalItems: 2 } },
    { type: 'Note', name: 'Coffee', replies: { type: 'Collection', totalItems: 1 } },
  ],
});
