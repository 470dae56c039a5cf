import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { proveActivity } from '@trunkline/activitypub';
import { until, type ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

// Who speaks in the name of others, or under another name than their own.

jest.setTimeout(90_000);

let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.start();
  await stage.meet(stage.vic);
});
afterAll(() => stage.stop());

// Each stood for the other, and the search for what was meant went round for ever.
test('S097 two requests that name each other are taken back by the id of either', async () => {
  const mine = await stage.alice.api.post<{ uri: string }>('/api/v1/statuses', { status: 'like me' });
  const [one, two] = [`${stage.vic.id}/ring/1`, `${stage.vic.id}/ring/2`];
  const like = (id: string) => ({ id, type: 'Like', actor: stage.vic.id, object: mine.uri });
  for (const [id, other] of [[one, two], [two, one]] as const) await stage.mustApply(stage.vic, stage.vic.activity('LikeRequest', mine.uri, { id, instrument: like(other) }));
  await stage.mustApply(stage.vic, stage.vic.activity('Undo', like(one)));
  await stage.mustApply(stage.vic, stage.vic.activity('Undo', one));
  expect((await stage.status(mine.uri))?.favouritesCount).toBe(0);
});

/** From now on WebFinger of the victim's host says that this is one of its people; and the actor says so too. */
async function renameTo(person: ScriptedPerson, handle: string): Promise<void> {
  const links = [{ rel: 'self', type: 'application/activity+json', href: person.id }];
  stage.victim.documents.set(`${stage.victim.baseUrl}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${handle}`)}`, { subject: `acct:${handle}`, links });
  const actor = person.actor({ webfinger: handle });
  stage.evil.documents.set(person.id, { id: person.id, ...actor });
  await stage.mustApply(person, person.activity('Update', actor));
}

// FEP-2c59 lets an actor choose the domain in its handle; rules about the host that really answers went by that.
test('S193 a rule about a host is not left behind under a handle of another domain', async () => {
  const mal = stage.evil.addPerson('mal');
  await stage.follow(stage.bob, mal);
  const rule = { domain: stage.evil.host, severity: 'silence', rejectMedia: true, rejectReports: true, privateComment: null, publicComment: null, obfuscate: false } as const;
  await stage.server.backbone.moderation.setDomainRule(null, rule);
  await until('the rule to hold', () => stage.server.backbone.policy.current().domainRules.some(({ domain }) => domain === stage.evil.host));
  await renameTo(mal, `mal@${stage.victim.host}`);
  const account = await stage.account(mal.id);
  expect(account).toMatchObject({ domain: stage.victim.host });
  expect(await stage.alice.api.get(`/api/v1/accounts/${account?.id}`)).toMatchObject({ limited: true });

  const mention = { type: 'Mention', href: stage.alice.account.uri };
  const picture = { type: 'Image', mediaType: 'image/png', url: `${stage.evil.baseUrl}/p.png` };
  const note = mal.note('hello', { cc: [mal.followers, stage.alice.account.uri], tag: [mention], attachment: [picture] });
  await stage.mustApply(mal, mal.create(note));
  await stage.server.settled();
  expect(await stage.status(note.id)).toMatchObject({ media: [] });
  const uris = async (path: string): Promise<string[]> => (await stage.alice.api.get<{ uri: string }[]>(path)).map(({ uri }) => uri);
  expect(await uris('/api/v1/timelines/public')).not.toContain(note.id);
  expect(await stage.alice.api.get('/api/v1/notifications?types[]=mention')).toEqual([]);
  // Whoever follows from there is let in by hand, met before or not.
  for (const person of [mal, stage.evil.addPerson('new')]) {
    expect(await stage.apply(person, person.activity('Follow', stage.bob.account.uri))).toBe('applied');
    const tie = ['account_id = (SELECT id FROM social.accounts WHERE uri = $1) AND target_account_id = $2', [person.id, stage.bob.account.id]] as const;
    expect([await stage.count('social.follows', tie[0], [...tie[1]]), await stage.count('social.follow_requests', tie[0], [...tie[1]])]).toEqual([0, 1]);
  }
  expect(await stage.apply(mal, mal.activity('Flag', [stage.alice.account.uri], { content: 'bad' }))).toBe('ignored: reports_rejected');
});

// Last, since the forged one goes on waiting. A forged Undo whose key could not be fetched was tried again for nine hours, and held up all that its alleged author said about ties.
test('S013 what somebody passes on in another’s name keeps nothing of theirs waiting', async () => {
  stage.victim.answers.set('/keys/away', { kind: 'status', status: 503 });
  const { privateKey } = generateKeyPairSync('ed25519');
  const like = { id: `${stage.vic.id}/likes/1`, type: 'Like', actor: stage.vic.id, object: `${stage.evil.baseUrl}/notes/1` };
  const forged = proveActivity(stage.vic.activity('Undo', like), { keyId: `${stage.victim.baseUrl}/keys/away`, privateKey }, new Date());
  expect(await stage.apply(stage.eve, forged)).toBe('stored: proof_key_unreachable');
  const follow = stage.vic.activity('Follow', stage.alice.account.uri);
  expect(await stage.apply(stage.vic, follow)).toBe('applied');
  expect(await stage.apply(stage.vic, stage.vic.activity('Undo', follow))).toBe('applied');
});
