import { AppError } from '@trunkline/kernel';
import { describe, expect, test } from '@jest/globals';
import { runWithTrace } from '../trace.js';
import { createLogger, type Logger } from './logger.js';

const SECRET = 'zK9-s3cr3t_Value';
const PEM = `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`;

function logged(write: (logger: Logger) => void): { text: string; lines: Record<string, unknown>[] } {
  const chunks: string[] = [];
  write(createLogger({ service: 'test', level: 'trace', destination: { write: (line) => void chunks.push(line) } }));
  const text = chunks.join('');
  return { text, lines: text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const withContext = new AppError(502, 'x', 'safe', { context: { client_secret: SECRET }, cause: new Error(`Bearer ${SECRET}`) });

describe('logging', () => {
  test('one JSON line an event, with time, level, service and trace', () => {
    const { lines } = logged((logger) => {
      runWithTrace('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', () => logger.info({ event: 'status_published', statusId: '1' }, 'a\nb'));
    });
    expect(lines).toEqual([
      expect.objectContaining({ level: 'info', service: 'test', event: 'status_published', statusId: '1', msg: 'a\nb', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }),
    ]);
    expect(Number.isNaN(Date.parse(String(lines[0]?.time)))).toBe(false);
  });

  // What operators must never find: security row S171 and the promise in "Logs".
  test.each<[string, (logger: Logger) => void]>([
    ['headers', (l) => l.info({ headers: { Authorization: `Bearer ${SECRET}`, cookie: `s=${SECRET}`, 'Set-Cookie': [SECRET], Signature: SECRET, 'signature-input': SECRET } })],
    ['a deep password', (l) => l.info({ a: { b: [{ c: { current_password: SECRET } }] } })],
    ['tokens by all names', (l) => l.info({ token: SECRET, accessToken: SECRET, refresh_token: SECRET, tokens: [SECRET] })],
    ['oauth codes and secrets', (l) => l.info({ code: SECRET, client_secret: SECRET, code_verifier: SECRET, otp: SECRET })],
    ['bodies', (l) => l.info({ body: { status: SECRET }, rawBody: Buffer.from(SECRET), payload: SECRET })],
    ['bytes under any name', (l) => l.info({ anything: Buffer.from(SECRET) })],
    ['keys', (l) => l.info({ privateKeyPem: SECRET, private_key: SECRET, secretKeys: [SECRET], note: PEM })],
    ['an e-mail field', (l) => l.info({ email: `${SECRET}@x.example`, contactEmail: SECRET })],
    ['an e-mail in a text', (l) => l.info(`mail to <${SECRET}@mail.example> failed`)],
    ['a token in a URL', (l) => l.info({ url: `/api/v1/streaming?stream=user&access_token=${SECRET}` })],
    ['a token in a URL object', (l) => l.info({ url: new URL(`https://a.example/x?code=${SECRET}&state=1`) })],
    ['a password in a URL', (l) => l.info(`connect postgres://app:${SECRET}@db.example/app failed`)],
    ['a message with values', (l) => l.info('token=%s', `access_token=${SECRET}`)],
    ['a bearer in a message', (l) => l.warn(`refused Authorization: Bearer ${SECRET}`)],
    ['a signature in a message', (l) => l.warn(`keyId="https://a/actor#main-key",signature="${SECRET}"`)],
    ['an error alone', (l) => l.error(new Error(`GET /x?access_token=${SECRET}`))],
    ['an error under err', (l) => l.error({ err: new Error(`Bearer ${SECRET}`) })],
    ['an error with a message', (l) => l.error(new Error(PEM), 'failed')],
    ['an error’s cause and context', (l) => l.error({ err: withContext }, 'failed')],
    ['an error under any name', (l) => l.error({ reason: withContext })],
    ['bindings of a child', (l) => l.child({ authorization: SECRET, url: `x?token=${SECRET}` }).info('x')],
    ['bindings of a grandchild', (l) => l.child({ a: 1 }).child({ token: SECRET }).info('x')],
    ['maps and sets', (l) => l.info({ map: new Map([['cookie', SECRET]]), set: new Set([`Bearer ${SECRET}`]) })],
    ['raw headers', (l) => l.info({ rawHeaders: ['Authorization', SECRET] })],
  ])('%s never reach the log', (_name, write) => {
    const { text, lines } = logged(write);
    expect(lines).toHaveLength(1);
    expect(text).not.toContain(SECRET);
  });

  test('handles, ids, statuses and error codes stay readable', () => {
    const error = Object.assign(new Error('duplicate key'), { code: '23505' });
    const { lines } = logged((l) => l.error({ err: error, acct: '@alice@social.example', account: 'acct:bob@social.example', status: 404, remoteHost: 'b.example' }, 'x'));
    expect(lines[0]).toMatchObject({
      acct: '@alice@social.example',
      account: 'acct:bob@social.example',
      status: 404,
      remoteHost: 'b.example',
      err: { type: 'Error', message: 'duplicate key', error_code: '23505', stack: expect.stringContaining('logger.test') },
    });
  });

  test('a circle, a depth without end and a huge text cannot break or flood the log', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    let deep: object = {};
    for (let i = 0; i < 1_000; i += 1) deep = { deep };
    const { text } = logged((l) => l.info({ circle, deep, long: 'x'.repeat(1_000_000), many: Array.from({ length: 10_000 }, (_, i) => i), big: 12n }));
    expect(text.length).toBeLessThan(8_000);
  });

  test('taking secrets out of a megabyte of near misses takes linear time', () => {
    const near = ['a@'.repeat(50_000), 'a.'.repeat(50_000), 'https://'.repeat(12_000), '-----BEGIN '.repeat(9_000), 'signature='.repeat(10_000)];
    const before = process.cpuUsage();
    logged((l) => near.forEach((text) => l.info(text)));
    // Processor time, since other work must not decide; quadratic work would take minutes.
    expect(process.cpuUsage(before).user).toBeLessThan(10_000_000);
  });
});
