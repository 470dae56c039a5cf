import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signMessage } from '@trunkline/http-signatures';
import { InboxBench } from './inbox-bench.js';
import { post, type PeerActor } from './scripted-peer.js';

let bench: InboxBench;
let counter = 0;
beforeAll(async () => {
  bench = await InboxBench.start();
}, 60_000);
afterAll(async () => bench?.stop());

type Pair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
const rsa = (): Pair => generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519 = (): Pair => generateKeyPairSync('ed25519');
const spki = ({ publicKey }: Pair): string => publicKey.export({ type: 'spki', format: 'pem' }).toString();
const pkcs1 = ({ publicKey }: Pair): string => publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();

/** Base58btc of the multicodec key, written as a peer would write it. */
function multibaseOf({ publicKey }: Pair): string {
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  let value = BigInt(`0xed01${raw.toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'[Number(value % 58n)] + text;
  return `z${text}`;
}

interface Sender extends Pick<PeerActor, 'uri' | 'keyId' | 'privateKey'> {
  /** Replaces the actor document, or adds what stands at other paths. */
  readonly documents: Readonly<Record<string, unknown>>;
}

/** An actor whose documents are as told, under a name that nobody had before. */
function sender(make: (uri: string, name: string) => Omit<Sender, 'uri'>): Sender {
  counter += 1;
  const name = `amy${counter}`;
  const uri = `${bench.peer.url}/users/${name}`;
  const made = { uri, ...make(uri, name) };
  for (const [path, document] of Object.entries(made.documents)) bench.peer.documents.set(path, document);
  return made;
}

const actorDocument = (uri: string, name: string, more: object) => ({ id: uri, type: 'Person', preferredUsername: name, inbox: `${uri}/inbox`, ...more });

/** With one key in `publicKey`. */
const plain = (pair = rsa(), pem = spki(pair)): Sender =>
  sender((uri, name) => ({
    keyId: `${uri}#main-key`,
    privateKey: pair.privateKey,
    documents: { [`/users/${name}`]: actorDocument(uri, name, { publicKey: { id: `${uri}#main-key`, owner: uri, publicKeyPem: pem } }) },
  }));

const like = (uri: string) => ({ id: bench.peer.id('likes'), type: 'Like', actor: uri, object: 'https://nowhere.example/1' });
const digest = (body: Buffer): string => `SHA-256=${createHash('sha256').update(body).digest('base64')}`;

interface Cavage {
  readonly covered?: readonly string[];
  /** The parameters beside keyId and signature. */
  readonly parameters?: string;
  readonly target?: string;
  readonly signedTarget?: string;
  readonly date?: Date;
  readonly created?: number;
  readonly expires?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Signs with code of its own, as oddly as told. */
async function cavage(from: Sender, how: Cavage = {}): Promise<number> {
  const body = Buffer.from(JSON.stringify(like(from.uri)));
  const target = how.target ?? '/inbox';
  const headers: Record<string, string> = {
    host: bench.address.domain, date: (how.date ?? new Date()).toUTCString(), digest: digest(body), 'content-type': 'application/activity+json', ...how.headers,
  };
  const covered = how.covered ?? ['(request-target)', 'host', 'date', 'digest'];
  const pseudo: Record<string, string> = { '(request-target)': `post ${how.signedTarget ?? target}`, '(created)': String(how.created), '(expires)': String(how.expires) };
  const text = covered.map((name) => `${name}: ${pseudo[name] ?? headers[name]}`).join('\n');
  const hash = from.privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const signature = sign(hash, Buffer.from(text), from.privateKey).toString('base64');
  const parameters = how.parameters ?? `algorithm="rsa-sha256",headers="${covered.join(' ')}"`;
  const answer = await post(bench.address.port, target, { ...headers, signature: `keyId="${from.keyId}",${parameters},signature="${signature}"` }, body);
  return answer.status;
}

type Change = (headers: Record<string, string>) => Record<string, string>;

/** RFC 9421, changed after signing. */
async function message(from: Sender, { change = (headers) => headers, date = new Date(), body: other }: { change?: Change; date?: Date; body?: Buffer } = {}): Promise<number> {
  const body = Buffer.from(JSON.stringify(like(from.uri)));
  const url = `http://${bench.address.domain}/inbox`;
  const headers = await signMessage({ method: 'POST', url, headers: { 'Content-Type': 'application/activity+json' }, body, keyId: from.keyId, privateKey: from.privateKey, date });
  return (await post(bench.address.port, '/inbox', change(headers), other ?? body)).status;
}

const seconds = (offset: number): number => Math.floor(Date.now() / 1_000) + offset;
const at = (offsetSeconds: number): Date => new Date(Date.now() + offsetSeconds * 1_000);

describe('draft-cavage as servers send it', () => {
  const hs2019 = (headers: string, more = '') => `algorithm="hs2019",headers="${headers}"${more}`;
  const created = '(request-target) host (created) digest';
  test.each<[string, () => Cavage, number]>([
    ['everybody', () => ({}), 202],
    ['Lemmy: hs2019, the headers in the order of the alphabet', () => ({ covered: ['(request-target)', 'content-type', 'date', 'digest', 'host'], parameters: hs2019('(request-target) content-type date digest host') }), 202],
    ['older ones: no algorithm', () => ({ parameters: 'headers="(request-target) host date digest"' }), 202],
    ['(created) and (expires) for Date', () => ({ covered: [...created.split(' '), '(expires)'], created: seconds(0), expires: seconds(60), parameters: hs2019(`${created} (expires)`, `,created=${seconds(0)},expires=${seconds(60)}`) }), 202],
    ['(created) with rsa-sha256', () => ({ covered: created.split(' '), created: seconds(0), parameters: `algorithm="rsa-sha256",headers="${created}",created=${seconds(0)}` }), 401],
    ['expired', () => ({ covered: [...created.split(' '), '(expires)'], created: seconds(-7_300), expires: seconds(-7_200), parameters: hs2019(`${created} (expires)`, `,created=${seconds(-7_300)},expires=${seconds(-7_200)}`) }), 401],
    ['the query signed', () => ({ target: '/inbox?a=b' }), 202],
    ['the path signed without its query', () => ({ target: '/inbox?a=b', signedTarget: '/inbox' }), 202],
    ['another path signed', () => ({ signedTarget: '/inbox/actor' }), 401],
    ['eleven hours late', () => ({ date: at(-11 * 3_600) }), 202],
    ['thirteen hours late', () => ({ date: at(-13 * 3_600) }), 401],
    ['fifty minutes ahead', () => ({ date: at(3_000) }), 202],
    ['two hours ahead', () => ({ date: at(7_200) }), 401],
    ['neither digest nor date covered', () => ({ covered: ['(request-target)', 'host'], parameters: 'algorithm="rsa-sha256",headers="(request-target) host"' }), 401],
    ['no list of headers', () => ({ covered: ['date'], parameters: 'algorithm="rsa-sha256"' }), 401],
    ['another server’s host', () => ({ headers: { host: 'other.example' } }), 401],
    ['rsa-sha512', () => ({ parameters: 'algorithm="rsa-sha512",headers="(request-target) host date digest"' }), 401],
  ])('%s', async (_, how, status) => {
    expect(await cavage(plain(), how())).toBe(status);
  });
});

describe('RFC 9421', () => {
  test('is taken at the first knock', async () => {
    expect(await message(plain())).toBe(202);
  });

  const replaced = (name: string, from: string | RegExp, to: string): Change => (headers) => ({ ...headers, [name]: (headers[name] ?? '').replace(from, to) });
  const input = (from: string | RegExp, to: string): Change => replaced('Signature-Input', from, to);
  test.each<[string, Change, number]>([
    ['a digest that cannot be read', replaced('Content-Digest', 'sha-256=:', 'sha-256='), 400],
    ['the digest of another body', (headers) => ({ ...headers, 'Content-Digest': `sha-256=:${createHash('sha256').update('x').digest('base64')}:` }), 401],
    ['no digest covered', input(' "content-digest"', ''), 401],
    ['no method covered', input('"@method" ', ''), 401],
    ['no target covered', input('"@target-uri" ', ''), 401],
    ['no time', input(/;created=\d+/, ''), 401],
    ['no key', input(/;keyid="[^"]+"/, ''), 401],
    ['an algorithm that is none', input(/$/, ';alg="none"'), 401],
    ['an algorithm of another kind of key', input(/$/, ';alg="ed25519"'), 401],
    ['a second signature', (headers) => ({ ...headers, 'Signature-Input': `${headers['Signature-Input']}, sig2=${headers['Signature-Input']?.slice(5)}`, Signature: `${headers['Signature']}, sig2=${headers['Signature']?.slice(5)}` }), 401],
    ['a signature under another name', replaced('Signature', 'sig1', 'sig2'), 401],
    ['no signature', ({ Signature: _, ...headers }) => headers, 401],
    ['an input that is none', (headers) => ({ ...headers, 'Signature-Input': 'nonsense(' }), 401],
    ['another server’s host', (headers) => ({ ...headers, Host: 'other.example' }), 401],
  ])('%s', async (_, change, status) => {
    expect(await message(plain(), { change })).toBe(status);
  });

  test('the window is the same', async () => {
    expect(await message(plain(), { date: at(-11 * 3_600) })).toBe(202);
    expect(await message(plain(), { date: at(-13 * 3_600) })).toBe(401);
    expect(await message(plain(), { date: at(7_200) })).toBe(401);
  });

  test('a body that was changed', async () => {
    const from = plain();
    expect(await message(from, { body: Buffer.from(JSON.stringify(like(from.uri))) })).toBe(401);
  });
});

describe('keys as servers publish them', () => {
  const both = async (from: Sender): Promise<number[]> => {
    const first = await cavage(from, { parameters: 'algorithm="hs2019",headers="(request-target) host date digest"' });
    return [first, await message(from)];
  };

  test('RSA as PKCS#1, and with spaces for newlines', async () => {
    const [old, spaced] = [rsa(), rsa()];
    expect(await both(plain(old, pkcs1(old)))).toEqual([202, 202]);
    expect(await both(plain(spaced, spki(spaced).replaceAll('\n', ' ')))).toEqual([202, 202]);
  });

  test('Ed25519 in publicKey', async () => {
    expect(await both(plain(ed25519()))).toEqual([202, 202]);
  });

  test('Ed25519 as a Multikey, beside an RSA key of another id', async () => {
    const [main, pair] = [rsa(), ed25519()];
    const from = sender((uri, name) => ({
      keyId: `${uri}#ed25519-key`,
      privateKey: pair.privateKey,
      documents: {
        [`/users/${name}`]: actorDocument(uri, name, {
          publicKey: { id: `${uri}#main-key`, owner: uri, publicKeyPem: spki(main) },
          assertionMethod: [{ id: `${uri}#ed25519-key`, type: 'Multikey', controller: uri, publicKeyMultibase: multibaseOf(pair) }],
        }),
      },
    }));
    expect(await both(from)).toEqual([202, 202]);
    expect(await both({ ...from, keyId: `${from.uri}#main-key`, privateKey: main.privateKey })).toEqual([202, 202]);
    // Each key under its own id alone.
    expect(await both({ ...from, privateKey: main.privateKey })).toEqual([401, 401]);
  });

  test.each(['expires', 'revoked'])('a Multikey that has ended: %s', async (member) => {
    const pair = ed25519();
    const key = (uri: string, ends: string) => ({ id: `${uri}#k`, type: 'Multikey', controller: uri, publicKeyMultibase: multibaseOf(pair), [member]: ends });
    const listing = (ends: string): Sender =>
      sender((uri, name) => ({ keyId: `${uri}#k`, privateKey: pair.privateKey, documents: { [`/users/${name}`]: actorDocument(uri, name, { assertionMethod: key(uri, ends) }) } }));
    expect(await message(listing('2020-01-01T00:00:00Z'))).toBe(401);
    expect(await message(listing('2999-01-01T00:00:00Z'))).toBe(202);
  });

  test('one of several in publicKey', async () => {
    const [old, now] = [rsa(), rsa()];
    const from = sender((uri, name) => ({
      keyId: `${uri}#second`,
      privateKey: now.privateKey,
      documents: { [`/users/${name}`]: actorDocument(uri, name, { publicKey: [{ id: `${uri}#first`, owner: uri, publicKeyPem: spki(old) }, { id: `${uri}#second`, owner: uri, publicKeyPem: spki(now) }] }) },
    }));
    expect(await both(from)).toEqual([202, 202]);
  });

  // GotoSocial, Takahe, Bridgy Fed: no fragment; what answers is a stub actor, or the key alone.
  test.each(['stub', 'bare'])('a key at an address of its own: %s', async (kind) => {
    const pair = rsa();
    const from = sender((uri, name) => {
      const key = { id: `${uri}/main-key`, owner: uri, publicKeyPem: spki(pair) };
      const stub = { id: uri, preferredUsername: name, publicKey: key };
      return {
        keyId: key.id,
        privateKey: pair.privateKey,
        documents: { [`/users/${name}`]: actorDocument(uri, name, { publicKey: key }), [`/users/${name}/main-key`]: kind === 'stub' ? stub : key },
      };
    });
    expect(await both(from)).toEqual([202, 202]);
  });

  // Threads: the actor's id ends in a slash.
  test('an actor that ends in a slash', async () => {
    const pair = rsa();
    const from = sender((uri, name) => {
      const id = `${uri}/`;
      return { keyId: `${id}#main-key`, privateKey: pair.privateKey, documents: { [`/users/${name}/`]: actorDocument(id, name, { publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem: spki(pair) } }) } };
    });
    expect(await both({ ...from, uri: `${from.uri}/` })).toEqual([202, 202]);
  });

  test('acct: as a keyId is refused', async () => {
    expect(await both({ ...plain(), keyId: 'acct:amy@away.example' })).toEqual([401, 401]);
  });

  test('a changed key is read again once, in both schemes; a wrong one costs no more than that', async () => {
    const from = plain();
    expect(await cavage(from)).toBe(202);
    const fresh = rsa();
    const path = new URL(from.uri).pathname;
    bench.peer.documents.set(path, actorDocument(from.uri, 'amy', { publicKey: { id: from.keyId, owner: from.uri, publicKeyPem: spki(fresh) } }));
    const asked = (): number => bench.peer.asked.filter((one) => one === path).length;
    const before = asked();
    const renewed = { ...from, privateKey: fresh.privateKey };
    expect(await message(renewed)).toBe(202);
    expect(await cavage(renewed)).toBe(202);
    expect(asked()).toBe(before + 1);
    for (let n = 0; n < 5; n += 1) expect(await message({ ...from, privateKey: rsa().privateKey })).toBe(401);
    expect(asked()).toBe(before + 1);
  });

  test('a crowd that comes with one new key causes one fetch', async () => {
    const from = plain();
    const path = new URL(from.uri).pathname;
    expect(await Promise.all(Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? cavage(from) : message(from))))).toEqual(Array(8).fill(202));
    expect(bench.peer.asked.filter((one) => one === path)).toHaveLength(1);
  });
});
