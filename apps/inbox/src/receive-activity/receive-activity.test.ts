import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Account, PolicySnapshot } from '@trunkline/domain';
import { signRequest } from '@trunkline/http-signatures';
import { fail, ok, unavailable } from '@trunkline/kernel';
import { fetchKey, KeyBook, KeyLane, type FetchedKey } from '@trunkline/social';
import { Admission } from './admission.js';
import { KnownSenders } from './known-senders.js';
import { receiveActivity, type InboxPost, type ReceivePorts, type VerifiedActivity } from './receive-activity.js';

const NOW_MS = Date.UTC(2026, 0, 2, 12);
const HOME = 'https://home.example';
const clock = { nowMs: () => NOW_MS };
const pair = () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privateKey };
};
const [amyKey, evilKey, ownKey] = [pair(), pair(), pair()];
const amy = 'https://away.example/users/amy';
const evil = 'https://evil.example/users/eve';
const RULES: PolicySnapshot = {
  version: 1, domainRules: [], allowedDomains: [], limitedFederation: false, registrations: 'open', approvalReasonRequired: false, serverRules: [],
};
const suspended = (domain: string): PolicySnapshot =>
  ({ ...RULES, domainRules: [{ domain, severity: 'suspend' } as PolicySnapshot['domainRules'][number]] });

/** Documents of other servers by address; a text is the code of a failure. */
class Remote {
  documents = new Map<string, unknown>([
    [amy, actorDocument(amy, amyKey.pem)],
    [evil, actorDocument(evil, evilKey.pem)],
  ]);
  fetched: string[] = [];
  fetchObject = async (uri: string) => {
    this.fetched.push(uri);
    const found = this.documents.get(uri) ?? 'not_found';
    return typeof found === 'string' ? fail({ code: found }) : ok({ uri: (found as { id: string }).id, json: found });
  };
  webfinger = async () => fail({ code: 'not_found' });
}

function actorDocument(id: string, publicKeyPem: string) {
  return { id, type: 'Person', publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem } };
}

let remote: Remote;
let stored: VerifiedActivity[];
let known: string[];
let ports: ReceivePorts & { policy: { current: () => PolicySnapshot } };

beforeEach(() => {
  remote = new Remote();
  stored = [];
  known = [];
  const rows = new Map<string, FetchedKey>();
  const table = { get: async (ids: readonly string[]) => new Map([...rows].filter(([id]) => ids.includes(id))), put: async (key: FetchedKey) => void rows.set(key.keyId, key) };
  ports = {
    admission: new Admission({ inFlightMax: 4, perDomainMax: 2 }),
    policy: { current: () => RULES },
    clock,
    keys: new KeyBook({ rows: table, lane: new KeyLane({ fetch: (keyId) => fetchKey(remote, keyId), clock }), clock }),
    senders: new KnownSenders(),
    accounts: {
      accountsByIds: async (ids) => ids.filter((id) => id === '7').map((id) => ({ id, domain: null, deletedAt: null }) as Account),
      accountsByUris: async (uris) => uris.filter((uri) => known.includes(uri)).map((uri) => ({ uri }) as Account),
    },
    store: async (row) => {
      stored.push(row);
      return 'accepted';
    },
    instanceKey: async () => ({ keyId: `${HOME}/actor#main-key`, key: createPublicKey(ownKey.pem) }),
    isRelay: async () => false,
    hosts: ['home.example'],
    origins: [HOME],
  };
});

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

interface Sending {
  readonly as?: { pem: string; privateKey: ReturnType<typeof pair>['privateKey'] };
  readonly keyId?: string;
  readonly atMs?: number;
  readonly inbox?: string;
  readonly host?: string;
  readonly from?: string;
}

/** A signed POST of this activity, by Amy unless told. */
async function post(activity: object, sending: Sending = {}): Promise<InboxPost> {
  const body = Buffer.from(JSON.stringify(activity));
  const path = sending.inbox === undefined ? '/inbox' : `/inbox/${sending.inbox}`;
  const headers = await signRequest({
    method: 'POST',
    url: `https://${sending.host ?? 'home.example'}${path}`,
    headers: { 'Content-Type': 'application/activity+json' },
    body,
    keyId: sending.keyId ?? `${amy}#main-key`,
    privateKey: (sending.as ?? amyKey).privateKey,
    date: new Date(sending.atMs ?? NOW_MS),
  });
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { from: sending.from ?? '192.0.2.1', path, headers: lower, body, text: body.toString(), json: activity, inbox: sending.inbox ?? 'shared' };
}

const follow = (more: object = {}) => ({ id: 'https://away.example/follows/1', type: 'Follow', actor: amy, object: `${HOME}/ap/users/7`, ...more });
const asEvil = { as: evilKey, keyId: `${evil}#main-key` };
const send = async (...given: Parameters<typeof post>) => receiveActivity(ports, await post(...given));
const refused = async (given: InboxPost | Promise<InboxPost>) => {
  const answer = await receiveActivity(ports, await given);
  // Whatever was refused left nothing behind.
  expect(stored).toEqual([]);
  return answer.ok ? answer.value : `${answer.error.status} ${answer.error.code}`;
};

describe('what is accepted', () => {
  test('a signed activity is stored as it came, before the answer', async () => {
    expect(await send(follow())).toEqual(ok('accepted'));
    expect(stored).toEqual([
      { activityId: 'https://away.example/follows/1', activityType: 'Follow', actorUri: amy, signerHost: 'away.example', body: JSON.stringify(follow()), signatureHash: expect.any(String) },
    ]);
  });

  test('the key is fetched once for many requests', async () => {
    await Promise.all([send(follow()), send(follow())]);
    await send(follow());
    expect(remote.fetched).toEqual([amy]);
  });

  test.each(['7', 'actor'])('the inbox %s takes what the shared one takes', async (inbox) => {
    expect(await send(follow(), { inbox })).toEqual(ok('accepted'));
  });

  test('a key that was changed is read again once, then fits', async () => {
    await send(follow());
    const fresh = pair();
    remote.documents.set(amy, actorDocument(amy, fresh.pem));
    expect(await send(follow(), { as: fresh })).toEqual(ok('accepted'));
    expect(remote.fetched).toEqual([amy, amy]);
  });

  test('an activity without an id passes: Mastodon’s Add has none', async () => {
    expect(await send({ ...follow(), id: undefined })).toEqual(ok('accepted'));
  });
});

describe('what is answered 202 and ignored', () => {
  test('an unknown type', async () => {
    expect(await refused(post(follow({ type: 'Bite' })))).toBe('ignored_type');
  });

  test.each(['Delete', 'Update'])('a %s of themself by somebody unknown here, without asking for their key', async (type) => {
    expect(await refused(post({ type, actor: amy, object: amy }))).toBe('ignored_unknown_actor');
    expect(remote.fetched).toEqual([]);
  });

  test.each(['gone', 'not_found'])('a Delete whose key is %s', async (code) => {
    remote.documents.set(amy, code);
    known = [amy];
    expect(await refused(post({ type: 'Delete', actor: amy, object: amy }))).toBe('ignored_gone_key');
  });

  test('a forwarded activity about which no server can be asked', async () => {
    expect(await refused(post(follow({ signature: { type: 'RsaSignature2017' } }), asEvil))).toBe('ignored_forward');
  });
});

test('a forwarded post is stored under the forwarder’s host, so that apply asks its origin', async () => {
  const create = { id: `${amy}/1/activity`, type: 'Create', actor: amy, object: { id: `${amy}/1`, type: 'Note' }, signature: { type: 'RsaSignature2017' } };
  expect(await send(create, asEvil)).toEqual(ok('accepted'));
  expect(stored[0]?.signerHost).toBe('evil.example');
});

describe('what is refused leaves no trace', () => {
  test('a wrong signature: 401', async () => {
    expect(await refused(post(follow(), { as: evilKey }))).toBe('401 bad_signature');
  });

  test('no signature: 401', async () => {
    const { signature: _, ...headers } = (await post(follow())).headers;
    expect(await refused({ ...(await post(follow())), headers })).toBe('401 missing_signature');
  });

  // The window is 12 h back and 1 h ahead.
  test.each([-13, 2])('a date %i hours from now: 401', async (hours) => {
    expect(await refused(post(follow(), { atMs: NOW_MS + hours * 3_600_000 }))).toBe('401 clock_skew');
  });

  test('a body that was changed after signing: 401', async () => {
    const changed = follow({ object: `${HOME}/ap/users/8` });
    expect(await refused({ ...(await post(follow())), body: Buffer.from(JSON.stringify(changed)), json: changed })).toBe('401 digest_mismatch');
  });

  test('a Host that is not ours: 401', async () => {
    expect(await refused(post(follow(), { host: 'inbox.default.svc' }))).toBe('401 wrong_host');
  });

  // The key is good, the actor is somebody else.
  test.each(['shared', '7'])('S003 S013 an actor who did not sign, at the inbox %s: 401', async (inbox) => {
    const sending = inbox === 'shared' ? asEvil : { ...asEvil, inbox };
    expect(await refused(post(follow(), sending))).toBe('401 actor_mismatch');
  });

  // Sharing a host gives no right to speak for each other, whatever proof is claimed.
  test('S021 another actor of the same host: 401', async () => {
    const bob = 'https://away.example/users/bob';
    expect(await refused(post(follow({ actor: bob, signature: {} })))).toBe('401 actor_mismatch');
  });

  // A document at evil.example that says it is Amy.
  test('S001 a key of a document that names another owner: 401', async () => {
    remote.documents.set('https://evil.example/a', { ...actorDocument(amy, evilKey.pem), id: amy });
    expect(await refused(post(follow(), { as: evilKey, keyId: 'https://evil.example/a#main-key' }))).toBe('401 key_not_listed');
  });

  test('an id on another host than the actor: 401', async () => {
    expect(await refused(post(follow({ id: 'https://victim.example/1' })))).toBe('401 id_host_mismatch');
  });

  test('S027 an actor of this server: 401, whoever signs, and no key is asked for', async () => {
    const own = { type: 'Flag', actor: `${HOME}/ap/users/7`, object: `${HOME}/ap/users/8` };
    expect(await refused(post(own))).toBe('401 bad_signature');
    expect(await refused(post(own, { as: evilKey, keyId: `${HOME}/actor#main-key` }))).toBe('401 bad_signature');
    expect(await refused(post(own, { as: ownKey, keyId: `${HOME}/actor#main-key` }))).toBe('401 local_actor');
    expect(remote.fetched).toEqual([]);
  });

  test('our own key learns what is wrong with its request', async () => {
    const own = { type: 'View', actor: `${HOME}/actor`, object: `${HOME}/actor` };
    const ours = { as: ownKey, keyId: `${HOME}/actor#main-key` };
    expect(await refused(post(own, { ...ours, host: 'inside.example' }))).toBe('401 wrong_host');
    const altered = await post(own, ours);
    expect(await refused({ ...altered, body: Buffer.concat([altered.body, Buffer.from(' ')]) })).toBe('401 digest_mismatch');
  });

  // A list of activities, and an id that two readers read differently.
  test.each([
    ['S006 a list', [follow()], '400 not_an_object'],
    ['S006 a collection', { type: 'OrderedCollection', orderedItems: [follow()] }, '400 missing_actor'],
    ['S007 a list of ids', follow({ id: [`${amy}/1`, `${evil}/1`] }), '400 bad_id'],
    ['S007 an object as id', follow({ id: { id: `${amy}/1` } }), '400 bad_id'],
    ['an actor that is no URL', follow({ actor: 'amy' }), '400 missing_actor'],
  ])('%s: 400', async (_, activity, expected) => {
    expect(await refused(post(activity))).toBe(expected);
  });

  test('a blocked actor: 403, without a fetch', async () => {
    ports = { ...ports, policy: { current: () => suspended('away.example') } };
    expect(await refused(post(follow()))).toBe('403 blocked_domain');
    expect(remote.fetched).toEqual([]);
  });

  test('a key on a blocked domain: 403', async () => {
    ports = { ...ports, policy: { current: () => suspended('evil.example') } };
    expect(await refused(post(follow(), asEvil))).toBe('403 blocked_domain');
  });

  test.each(['8', 'me', '0x7', 'shared/1'])('an inbox of nobody (%s): 404', async (inbox) => {
    expect(await refused({ ...(await post(follow())), inbox })).toBe('404 unknown_inbox');
  });
});

describe('what has to come again', () => {
  test('the key’s host is away: 503', async () => {
    remote.documents.set(amy, 'timeout');
    expect(await send(follow())).toMatchObject({ ok: false, error: { status: 503, code: 'key_unreachable', retryAfterSeconds: 60 } });
  });

  test('there is no COMMIT: the sender is not told 202', async () => {
    ports = { ...ports, store: () => Promise.reject(unavailable('database_unavailable')) };
    await expect(send(follow())).rejects.toMatchObject({ status: 503 });
  });

  test('more than the server works on at once: 503 for all, 429 for the domain that holds its share', async () => {
    let commit: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    let waiting = 0;
    const store = async () => {
      waiting += 1;
      await held;
      return 'accepted' as const;
    };
    ports = { ...ports, store };
    // Two for one domain, a third is over its share; one more place goes to another domain's unread key.
    const first = [send(follow()), send(follow())];
    await until(() => waiting === 2);
    expect(await send(follow())).toMatchObject({ error: { status: 429 } });
    const second = [1, 2].map(() => send({ ...follow(), id: `${evil}/1`, actor: evil }, asEvil));
    await until(() => waiting === 4);
    expect(await send(follow())).toMatchObject({ error: { status: 503, code: 'overloaded' } });
    commit();
    expect(await Promise.all([...first, ...second])).toEqual(Array(4).fill(ok('accepted')));
    expect(await send(follow())).toEqual(ok('accepted'));
  });
});

// Made-up keys cost their own domain, nobody else.
test('S045 S081 a thousand made-up keys cause at most 120 fetches, and others get through', async () => {
  ports = { ...ports, admission: new Admission({ inFlightMax: 2_000, perDomainMax: 2_000 }) };
  const answers: number[] = [];
  for (let n = 0; n < 1_000; n += 1) {
    const answer = await send(follow(), { keyId: `https://n${n}.evil.example/k` });
    if (!answer.ok) answers.push(answer.error.status);
  }
  expect(remote.fetched.length).toBe(120);
  expect(answers.filter((status) => status === 429).length).toBe(880);
  expect(await send(follow())).toEqual(ok('accepted'));
}, 30_000);

test('S045 made-up keys of an honest domain do not silence its new people, whose server has spoken before', async () => {
  ports = { ...ports, admission: new Admission({ inFlightMax: 2_000, perDomainMax: 2_000 }) };
  const ann = 'https://away.example/users/ann';
  remote.documents.set(ann, actorDocument(ann, amyKey.pem));
  expect(await send(follow())).toEqual(ok('accepted'));
  for (let n = 0; n < 200; n += 1) await send(follow(), { keyId: `https://away.example/made-up/${n}`, from: '198.51.100.7' });
  const byAnn = { ...follow(), id: 'https://away.example/follows/2', actor: ann };
  expect(await send(byAnn, { keyId: `${ann}#main-key`, from: '198.51.100.7' })).toMatchObject({ error: { status: 429, code: 'key_throttled' } });
  expect(await send(byAnn, { keyId: `${ann}#main-key` })).toEqual(ok('accepted'));
});
