import { readFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort, startFediverse, startTestServer, type Fediverse, type TestServer } from '@trunkline/testing';
import { runTrunkline } from '../src/index.js';
import type { Ran } from './trunkline.js';

/** What the proxy in front does wrong; each returns true when it answered itself. */
interface Harm {
  readonly before?: (asked: IncomingMessage, answer: ServerResponse) => boolean;
  readonly headers?: (asked: IncomingMessage) => Record<string, string | string[] | undefined>;
  readonly body?: (body: Buffer) => Buffer;
  readonly path?: (path: string) => string;
}

/** A proxy before a server, as operators have one, with a fault of choice. */
class FaultyProxy {
  harm: Harm = {};
  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async start(port: number, behind: number): Promise<FaultyProxy> {
    const server = createServer((asked, answer) => {
      const { harm } = proxy;
      if (harm.before?.(asked, answer) === true) return;
      const chunks: Buffer[] = [];
      asked.on('data', (chunk: Buffer) => chunks.push(chunk));
      asked.on('end', () => {
        const body = (harm.body ?? ((kept) => kept))(Buffer.concat(chunks));
        const headers = { ...(harm.headers?.(asked) ?? asked.headers), ...(chunks.length > 0 ? { 'content-length': String(body.length) } : {}) };
        const path = (harm.path ?? ((kept) => kept))(asked.url ?? '/');
        const inner = request({ port: behind, host: '127.0.0.1', method: asked.method, path, headers, setHost: false }, (given) => {
          answer.writeHead(given.statusCode ?? 502, given.headers);
          given.pipe(answer);
        });
        inner.on('error', () => answer.destroy());
        inner.end(body);
      });
    });
    const proxy = new FaultyProxy(port, server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return proxy;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

let server: TestServer;
let proxy: FaultyProxy;
beforeAll(async () => {
  const [port, outer] = [await freePort(), await freePort()];
  server = await startTestServer({ port, domain: `localhost:${outer}`, env: { AUTHORIZED_FETCH: 'true' } });
  proxy = await FaultyProxy.start(outer, port);
  await server.person('alice');
}, 60_000);
afterAll(async () => {
  await proxy?.stop();
  await server?.stop();
});
afterEach(() => {
  proxy.harm = {};
});

async function doctor(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}, at: TestServer = server): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await runTrunkline(['doctor', ...args], { env: { ...at.env, ...env }, out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}

const activities = async () => (await server.backbone.db.query<{ n: number }>('SELECT count(*)::int AS n FROM federation.inbound'))[0]?.n;

describe('a server that is well', () => {
  test('says so, for the server and for somebody on it, and leaves nothing behind', async () => {
    const before = await activities();
    const { code, out, err } = await doctor(['--account', 'alice']);
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toContain('FAULT');
    for (const what of ['NodeInfo', 'clock', 'WebFinger of alice@', 'AUTHORIZED_FETCH', 'caching', 'signed round trip', 'large activities']) expect(out).toContain(`fine   ${what}`);
    expect(await activities()).toBe(before);
  });

  test('for programs', async () => {
    const { code, out } = await doctor(['--json']);
    expect(code).toBe(0);
    const findings = JSON.parse(out) as { verdict: string; what: string }[];
    expect(findings.map(({ verdict }) => verdict)).not.toContain('fault');
    expect(findings.map(({ what }) => what)).toContain('signed round trip');
  });

  test('somebody who is not there', async () => {
    const { code, err } = await doctor(['--account', 'nobody']);
    expect([code, err]).toEqual([1, 'trunkline: nobody here is called nobody.\n']);
  });
});

const page = (answer: ServerResponse, status: number, text = '<html></html>', type = 'text/html'): true => {
  answer.writeHead(status, { 'content-type': type }).end(text);
  return true;
};

describe('a fault is named', () => {
  const faults: readonly (readonly [string, Harm, RegExp])[] = [
    ['a Host header of its own', { headers: (asked) => ({ ...asked.headers, host: 'inside.example' }) }, /FAULT {2}signed round trip: .* 401: The Host header names another server\n +The proxy in front changes the Host header/],
    ['bodies changed', { body: (body) => (body.length === 0 ? body : Buffer.concat([body, Buffer.from(' ')])) }, /FAULT {2}signed round trip: .*The Digest header does not fit the body\n +Something in front changes bodies/],
    ['headers dropped', { headers: ({ headers: { signature: _, ...kept } }) => kept }, /FAULT {2}signed round trip: .*The request is not signed\n +The proxy in front drops headers/],
    ['the digest dropped', { headers: ({ headers: { digest: _, ...kept } }) => kept }, /FAULT {2}signed round trip: .* 401: .*\n +The proxy in front drops headers/],
    ['posts sent elsewhere', { before: (asked, answer) => asked.method === 'POST' && page(answer.setHeader('Location', 'https://www.home.example/inbox'), 308) }, /FAULT {2}signed round trip: .* 308\n +A POST is not sent on/],
    ['the path changed', { path: (path) => (path === '/inbox' ? '/inbox?from=proxy' : path) }, /fine {3}signed round trip/],
    ['a slash added', { path: (path) => (path === '/inbox' ? '/inbox/actor' : path) }, /FAULT {2}signed round trip: .*The request signature is not valid\n +The proxy in front changes the path/],
    ['large bodies refused', { before: (asked, answer) => Number(asked.headers['content-length'] ?? 0) > 500_000 && page(answer, 413) }, /FAULT {2}large activities: .* 413\n +Let the proxy take bodies of at least 1 MiB/],
    ['no way to the inbox', { before: (asked, answer) => asked.method === 'POST' && page(answer, 404) }, /FAULT {2}signed round trip: .* 404\n +Let the proxy hand POST \/inbox/],
    ['pages where servers ask', { before: (asked, answer) => asked.url === '/actor' && page(answer, 200) }, /FAULT {2}actor .*: it is served as text\/html/],
    ['no WebFinger', { before: (asked, answer) => (asked.url ?? '').startsWith('/.well-known/webfinger') && page(answer, 404) }, /FAULT {2}WebFinger of .* answers 404/],
    ['another server', { before: (asked, answer) => (asked.url ?? '').startsWith('/nodeinfo/') && page(answer, 200, '{"version":"2.0","software":{"name":"mastodon","version":"4"}}', 'application/json') }, /FAULT {2}NodeInfo: .* says that it is mastodon/],
    ['nobody there', { before: (_, answer) => page(answer, 502) }, /FAULT {2}NodeInfo: .* answers 502/],
  ];
  test.each(faults)('%s', async (name, harm, expected) => {
    proxy.harm = harm;
    const { code, out, err } = await doctor();
    expect(out).toMatch(expected);
    expect(code).toBe(expected.source.startsWith('FAULT') ? 1 : 0);
    expect(err).toMatch(code === 1 ? /^trunkline: \d+ faults? keeps? other servers away\.\n$/ : /^$/);
    expect(name.length).toBeGreaterThan(0);
  });

  test('a cache that does not keep answers apart', async () => {
    let kept: { type: string; text: string } | null = null;
    proxy.harm = {
      before: (asked, answer) => {
        if (asked.url !== '/actor' || kept === null) return false;
        return page(answer, 200, kept.text, kept.type);
      },
    };
    kept = { type: 'application/activity+json', text: JSON.stringify({ id: `http://${server.domain}/actor` }) };
    const { code, out } = await doctor();
    expect(out).toMatch(/FAULT {2}caching: after a server asked, browsers are given JSON/);
    expect(code).toBe(1);
  });

  test('a clock that is wrong', async () => {
    proxy.harm = {
      before: (asked, answer) => {
        if (!(asked.url ?? '').startsWith('/nodeinfo/')) return false;
        answer.setHeader('Date', new Date(Date.now() - 3_600_000).toUTCString());
        return page(answer, 200, '{"version":"2.0","software":{"name":"trunkline","version":"0"}}', 'application/json');
      },
    };
    expect((await doctor()).out).toMatch(/FAULT {2}clock: .* differ by 3\d{3} s\n +Run a time service/);
  });

  test('handles at another name, which does not hand WebFinger on', async () => {
    const { out } = await doctor([], { LOCAL_DOMAIN: 'localhost:9', WEB_DOMAIN: server.domain, FEDERATION_HTTP_HOSTS: `${server.domain} localhost:9` });
    expect(out).toMatch(/FAULT {2}WebFinger of .*@localhost:9: .* cannot be reached/);
    proxy.harm = { before: (asked, answer) => (asked.url ?? '').startsWith('/.well-known/webfinger') && page(answer, 404) };
    const aside = server.domain.replace('localhost', '127.0.0.1');
    expect((await doctor([], { LOCAL_DOMAIN: aside, WEB_DOMAIN: server.domain, FEDERATION_HTTP_HOSTS: `${server.domain} ${aside}` })).out).toMatch(/FAULT {2}WebFinger of .* answers 404\n +Handles are at 127\.0\.0\.1:\d+, the server is at localhost:\d+: let/);
  });

  test('settings of another server', async () => {
    const { code, out } = await doctor([], { TRUNKLINE_SECRET_KEYS: server.env['TRUNKLINE_SECRET_KEYS'] ?? '', LOCAL_DOMAIN: 'elsewhere.invalid' });
    expect(code).toBe(1);
    expect(out).toMatch(/FAULT {2}address of elsewhere\.invalid: the name does not resolve/);
  });
});

describe('https', () => {
  const pem = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../../packages/testing/test/private-ca', name));
  const behind = async (outer: Server | ReturnType<typeof createTlsServer>): Promise<Ran> => {
    const port = await freePort();
    await new Promise<void>((resolve) => outer.listen(port, '127.0.0.1', resolve));
    try {
      return await doctor([], { LOCAL_DOMAIN: `localhost:${port}`, WEB_DOMAIN: '', FEDERATION_HTTP_HOSTS: '' });
    } finally {
      await new Promise((resolve) => outer.close(resolve));
    }
  };

  test('a certificate that nobody trusts', async () => {
    const { code, out } = await behind(createTlsServer({ key: pem('server-key.pem'), cert: pem('server.pem') }));
    expect(out).toMatch(/FAULT {2}address of localhost:\d+: only 127\.0\.0\.1/);
    expect(out).toMatch(/FAULT {2}NodeInfo: .* cannot be reached: unable to verify .*\n +The proxy sends its certificate without those in between/);
    expect(code).toBe(1);
  });

  test('no TLS where it should be', async () => {
    const { out } = await behind(createServer());
    expect(out).toMatch(/FAULT {2}NodeInfo: .* cannot be reached: .*\n +What listens there does not speak TLS/);
  });
});

describe('a peer', () => {
  let fediverse: Fediverse;
  beforeAll(async () => {
    fediverse = await startFediverse();
  }, 60_000);
  afterAll(async () => fediverse?.stop());

  test('somebody there is found with our signature; nobody is not', async () => {
    const { home, away } = fediverse;
    await away.person('bob');
    const found = await doctor(['--peer', `@bob@${away.domain}`], {}, home);
    expect([found.code, found.err]).toEqual([0, '']);
    expect(found.out).toMatch(/fine {3}clock beside localhost:\d+: their clock and ours differ by 0 s/);
    expect(found.out).toMatch(/fine {3}peer @bob@.*: found and read as http/);
    const missed = await doctor(['--peer', `nobody@${away.domain}`], {}, home);
    expect(missed.out).toMatch(/FAULT {2}peer nobody@.*: not_found, 404.*\n +Nobody there goes by this name/);
    expect(missed.code).toBe(1);
  });
});
