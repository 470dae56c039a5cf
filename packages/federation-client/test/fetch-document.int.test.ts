import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { headersFromRaw, parseSignature, verifySignature } from '@trunkline/http-signatures';
import type { FederationHttp, FederationLimits } from '../src/index.js';
import { clientFor, testPublicKey, testSigner } from './client-under-test.js';
import { ScriptedPeer, type SeenRequest } from './scripted-peer.js';

let peer: ScriptedPeer;
let canary: ScriptedPeer;
const clients: FederationHttp[] = [];
const open = (limits: Partial<FederationLimits> = {}, more: Parameters<typeof clientFor>[2] = {}): FederationHttp => {
  const client = clientFor([peer], limits, more);
  clients.push(client);
  return client;
};
const codeOf = async (client: FederationHttp, path: string): Promise<string> => {
  const fetched = await client.fetchDocument(peer.url(path));
  return fetched.ok ? 'ok' : fetched.error.code;
};

beforeEach(async () => {
  [peer, canary] = await Promise.all([ScriptedPeer.start(), ScriptedPeer.start()]);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all([peer.stop(), canary.stop()]);
});

const isSigned = (request: SeenRequest): boolean => {
  const { method, url, rawHeaders } = request;
  const parsed = parseSignature({ method, path: url, headers: headersFromRaw(rawHeaders) }, { nowMs: Date.now() });
  return parsed.ok && verifySignature(parsed.value, testPublicKey);
};

describe('an honest peer', () => {
  test('hands out a document, also compressed', async () => {
    peer.json('/plain', { id: 'x' });
    peer.on('/gzip', (response) => {
      response.writeHead(200, { 'content-type': 'application/activity+json', 'content-encoding': 'gzip' }).end(gzipSync('{"id":"y"}'));
    });
    const client = open();
    expect(await client.fetchDocument(peer.url('/plain#part'))).toEqual({
      ok: true,
      value: { json: { id: 'x' }, finalUrl: peer.url('/plain'), contentType: 'application/activity+json' },
    });
    expect(await client.fetchDocument(peer.url('/gzip'))).toMatchObject({ value: { json: { id: 'y' } } });
    expect(peer.seen[0]?.headers).toMatchObject({
      accept: 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
      'user-agent': 'Trunkline/test (+http://here.test/)',
    });
    expect(peer.seen[0]?.headers['signature']).toBeUndefined();
  });

  test('gets each hop signed for its own path', async () => {
    peer.redirect('/old', '/new?page=1', 301).json('/new', { id: 'x' });
    const fetched = await open().fetchDocument(peer.url('/old'), { signAs: testSigner });
    expect(fetched).toMatchObject({ ok: true, value: { finalUrl: peer.url('/new?page=1') } });
    expect(peer.seen.map(isSigned)).toEqual([true, true]);
  });

  test('is asked once by many at the same time', async () => {
    let answer: (() => void) | undefined;
    peer.on('/key', (response) => {
      answer = () => response.writeHead(200, { 'content-type': 'application/activity+json' }).end('{"id":"k"}');
    });
    const client = open();
    const many = Array.from({ length: 50 }, () => client.fetchDocument(peer.url('/key')));
    while (answer === undefined) await new Promise((resolve) => setImmediate(resolve));
    answer();
    expect((await Promise.all(many)).every((fetched) => fetched.ok)).toBe(true);
    expect(peer.seen).toHaveLength(1);
  });

  test('never gets raw line breaks of a URL', async () => {
    peer.json('/%0d%0aX-Inj:1', { id: 'x' });
    expect(await codeOf(open(), '/%0d%0aX-Inj:1')).toBe('ok');
    expect(await codeOf(open(), '/a HTTP/1.1\r\nX-Inj: 1')).toBe('not_found');
    expect(peer.seen.map(({ url, headers }) => [url, headers['x-inj']])).toEqual([
      ['/%0d%0aX-Inj:1', undefined],
      ['/a%20HTTP/1.1X-Inj:%201', undefined],
    ]);
  });
});

test.each([
  [404, 'not_found'],
  [410, 'gone'],
  [401, 'http_4xx'],
  [500, 'http_5xx'],
  [204, 'bad_type'],
  [304, 'redirects'],
])('status %i: %s', async (status, code) => {
  peer.status('/x', status);
  expect(await codeOf(open(), '/x')).toBe(code);
});

test('a throttling peer says when to come back', async () => {
  peer.status('/x', 429, { 'retry-after': '30' });
  expect(await open().fetchDocument(peer.url('/x'))).toMatchObject({ error: { code: 'http_4xx', status: 429, retryAfterMs: 30_000 } });
});

describe('types', () => {
  test.each(['text/html', 'application/json', 'application/ld+json'])('%s is no ActivityPub document', async (type) => {
    peer.json('/x', {}, type);
    expect(await codeOf(open(), '/x')).toBe('bad_type');
  });

  test('plain JSON is taken where no activity is needed', async () => {
    peer.json('/x', { links: [] }, 'application/json');
    expect(await open().fetchDocument(peer.url('/x'), { mustBeActivity: false })).toMatchObject({ ok: true });
  });

  test('nesting beyond the limit is refused', async () => {
    peer.on('/x', (response) => response.writeHead(200, { 'content-type': 'application/activity+json' }).end('['.repeat(500)));
    expect(await codeOf(open(), '/x')).toBe('bad_json');
  });
});

describe('redirects', () => {
  test('three are followed, a fourth is not', async () => {
    peer.redirect('/0', '/1').redirect('/1', '/2').redirect('/2', '/3').redirect('/3', '/4').json('/4', {});
    const client = open();
    expect(await codeOf(client, '/1')).toBe('ok');
    expect(await codeOf(client, '/0')).toBe('redirects');
  });

  test('S078 to oneself end after three', async () => {
    peer.redirect('/x', '/x');
    expect(await codeOf(open(), '/x')).toBe('redirects');
    expect(peer.seen).toHaveLength(4);
  });

  test.each([
    ['loopback', () => `http://127.0.0.1:${canary.port}/`],
    ['loopback over https', () => `https://127.0.0.1:${canary.port}/`],
    ['localhost', () => `http://localhost:${canary.port}/`],
    ['mapped loopback', () => `http://[::ffff:127.0.0.1]:${canary.port}/`],
    ['metadata service', () => 'http://169.254.169.254/latest/'],
    ['a file', () => 'file:///etc/passwd'],
    ['data', () => 'data:application/activity+json,{}'],
  ])('to %s are refused', async (_name, location) => {
    peer.redirect('/x', location());
    expect(await codeOf(open(), '/x')).toBe('blocked_address');
    expect(canary.connections).toBe(0);
  });

  test('to a blocked domain are refused', async () => {
    peer.redirect('/x', 'https://blocked.test/');
    const client = open({}, { isHostBlocked: (host) => host === 'blocked.test' });
    expect(await codeOf(client, '/x')).toBe('blocked_domain');
  });
});

describe('in the name of a person', () => {
  const personal = { signAs: { ...testSigner, keyId: 'http://here.test/users/1#main-key' }, personal: true };

  test('a redirect is followed on the origin that was asked, and nowhere else', async () => {
    peer.redirect('/near', '/there').json('/there', {}).redirect('/far', `http://localhost:${canary.port}/`);
    const client = open({}, { httpHosts: [peer.host, `localhost:${canary.port}`] });
    expect(await client.fetchDocument(peer.url('/near'), personal)).toMatchObject({ ok: true });
    expect(await client.fetchDocument(peer.url('/far'), personal)).toMatchObject({ error: { code: 'redirects' } });
    expect(canary.connections).toBe(0);
    expect(await client.fetchDocument(peer.url('/far'), { signAs: testSigner })).not.toMatchObject({ error: { code: 'redirects' } });
  });

  test('no answer that another one had is taken, nor does a refusal of both schemes to others keep from trying both', async () => {
    const schemes = (): number => peer.seen.splice(0).filter(({ headers }) => 'signature-input' in headers).length;
    peer.status('/x', 403);
    const client = open();
    await client.fetchDocument(peer.url('/x'), { signAs: testSigner });
    expect(schemes()).toBe(1);
    await client.fetchDocument(peer.url('/x'), { signAs: testSigner, fresh: true });
    expect(schemes()).toBe(0);
    peer.on('/x', (response, { headers }) => {
      if ('signature-input' in headers) response.writeHead(200, { 'content-type': 'application/activity+json' }).end('{}');
      else response.writeHead(403).end();
    });
    expect(await client.fetchDocument(peer.url('/x'), personal)).toMatchObject({ ok: true });
  });
});

describe('names that lead inside', () => {
  const inside = async (): Promise<{ address: string; family: number }[]> => [{ address: '127.0.0.1', family: 4 }];

  test('are refused at the dial', async () => {
    const client = open({}, { resolver: inside });
    const fetched = await client.fetchDocument(`https://public.test:${canary.port}/`);
    expect(fetched).toMatchObject({ ok: false, error: { code: 'blocked_address' } });
    expect(canary.connections).toBe(0);
  });

  test('are refused when only a later answer leads there, since each dial judges its own', async () => {
    const answers = ['127.0.0.2', '127.0.0.1'];
    const rebinding = async (): Promise<{ address: string; family: number }[]> => [{ address: answers.shift() ?? '', family: 4 }];
    // The first address may be dialled, but nobody listens there.
    const client = open({ fetchTotalTimeoutMs: 200 }, { resolver: rebinding, allowedPrivateAddresses: ['127.0.0.2'] });
    const url = `https://public.test:${canary.port}/`;
    expect(await client.fetchDocument(url)).toMatchObject({ error: { code: expect.stringMatching(/^(network|timeout)$/) } });
    expect(await client.fetchDocument(url, { fresh: true })).toMatchObject({ error: { code: 'blocked_address' } });
    expect(canary.connections).toBe(0);
  });
});

describe('S075 hostile bodies', () => {
  test.each([['gzip'], ['identity']])('a %s body without end is cut off at the cap', async (encoding) => {
    let sent = 0;
    const closed = new Promise<void>((resolve) => {
      peer.on('/x', (response) => {
        response.writeHead(200, { 'content-type': 'application/activity+json', 'content-encoding': encoding });
        const piece = encoding === 'gzip' ? gzipSync(Buffer.alloc(50_000_000)) : Buffer.alloc(65_536);
        const push = (): void => {
          while (!response.destroyed && response.write(piece)) sent += piece.length;
        };
        response.on('drain', push).on('close', resolve);
        push();
      });
    });
    expect(await codeOf(open({ documentBytesMax: 100_000 }), '/x')).toBe('too_large');
    await closed;
    expect(sent).toBeLessThan(20_000_000);
  });

  test('an announced length beyond the cap is not read', async () => {
    peer.on('/x', (response) => response.writeHead(200, { 'content-type': 'application/activity+json', 'content-length': 2_000_000 }).flushHeaders());
    expect(await codeOf(open(), '/x')).toBe('too_large');
  });

  test('a drip is cut off by the total time', async () => {
    let drip: ReturnType<typeof setInterval> | undefined;
    peer.on('/x', (response) => {
      response.writeHead(200, { 'content-type': 'application/activity+json' });
      drip = setInterval(() => response.write(' '), 5);
    });
    expect(await codeOf(open({ fetchTotalTimeoutMs: 80 }), '/x')).toBe('timeout');
    clearInterval(drip);
  });

  test('silence is cut off by the read time', async () => {
    peer.on('/x', () => undefined);
    expect(await codeOf(open({ fetchReadTimeoutMs: 30 }), '/x')).toBe('timeout');
  });

  test('a name server that never answers is cut off by the total time', async () => {
    const client = open({ fetchTotalTimeoutMs: 30 }, { resolver: () => new Promise(() => undefined) });
    expect(await client.fetchDocument('https://slow.test/')).toMatchObject({ error: { code: 'timeout' } });
  });

  test('an answer that is no HTTP is a network failure', async () => {
    peer.on('/x', (response) => response.socket?.end('SSH-2.0-OpenSSH\r\n'));
    expect(await codeOf(open(), '/x')).toBe('network');
  });
});

describe('pressure', () => {
  test('one host gets so many requests at once and so many in waiting', async () => {
    const answers: (() => void)[] = [];
    for (const path of ['/1', '/2', '/3', '/4']) {
      peer.on(path, (response) => answers.push(() => response.writeHead(404).end()));
    }
    const client = open({ fetchesPerHostMax: 1, waitingPerHostMax: 2 });
    const fetches = ['/1', '/2', '/3', '/4'].map((path) => codeOf(client, path));
    expect(await fetches[3]).toBe('busy');
    for (let served = 0; served < 3; served++) {
      while (answers.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(answers).toHaveLength(1);
      answers.pop()?.();
    }
    expect(await Promise.all(fetches.slice(0, 3))).toEqual(['not_found', 'not_found', 'not_found']);
  });

  test('a failed URL is left alone for a minute, unless somebody waits for it', async () => {
    let nowMs = Date.now();
    const client = open({}, { nowMs: () => nowMs });
    expect([await codeOf(client, '/x'), await codeOf(client, '/x')]).toEqual(['not_found', 'not_found']);
    expect(peer.seen).toHaveLength(1);
    peer.json('/x', {});
    expect(await client.fetchDocument(peer.url('/x'), { fresh: true })).toMatchObject({ ok: true });
    expect(await codeOf(client, '/x')).toBe('ok');
    peer.status('/y', 500);
    await codeOf(client, '/y');
    nowMs += 60_000;
    peer.json('/y', {});
    expect(await codeOf(client, '/y')).toBe('ok');
  });

  test('a lifted domain rule takes effect at once', async () => {
    let isBlocked = true;
    peer.json('/x', {});
    const client = open({}, { isHostBlocked: () => isBlocked });
    expect(await codeOf(client, '/x')).toBe('blocked_domain');
    isBlocked = false;
    expect(await codeOf(client, '/x')).toBe('ok');
  });

  test('a closed client fails every call', async () => {
    const client = open();
    await client.close();
    expect(await codeOf(client, '/x')).toBe('closed');
  });

  test('the observer hears of each request once', async () => {
    peer.json('/x', {});
    const heard: string[] = [];
    const client = open({}, { observer: { fetched: ({ host, code }) => heard.push(`${host} ${code}`) } });
    await Promise.all([codeOf(client, '/x'), codeOf(client, '/x'), codeOf(client, '/y')]);
    await codeOf(client, '/y');
    expect(heard.sort()).toEqual([`${peer.host} not_found`, `${peer.host} ok`]);
  });
});
