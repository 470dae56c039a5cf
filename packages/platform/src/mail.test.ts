import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { exampleSettings } from '../test/example-env.js';
import { createLogger } from './logging/logger.js';
import { createMailer } from './mail.js';

/** A mail server of a few lines: takes everything but what `refuse` names, and keeps what it heard. */
class ListeningPost {
  readonly heard: string[] = [];
  private readonly sockets = new Set<Socket>();
  private constructor(private readonly server: Server) {}

  static async open(refuse?: RegExp): Promise<ListeningPost> {
    const server = createServer();
    const post = new ListeningPost(server);
    server.on('connection', (socket) => post.talk(socket, refuse));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return post;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private talk(socket: Socket, refuse?: RegExp): void {
    this.sockets.add(socket);
    let inData = false;
    let rest = '';
    socket.on('error', () => undefined).write('220 post.example\r\n');
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        this.heard.push(line);
        if (inData) {
          inData = line !== '.';
          if (!inData) socket.write('250 taken\r\n');
        } else if (refuse?.test(line)) {
          socket.write('550 no\r\n');
        } else {
          inData = line === 'DATA';
          socket.write(inData ? '354 go on\r\n' : line.startsWith('EHLO') ? '250-post.example\r\n250 AUTH PLAIN\r\n' : line.startsWith('AUTH') ? '235 ok\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
        }
      }
    });
  }
}

const posts: ListeningPost[] = [];
afterEach(async () => {
  for (const post of posts.splice(0)) await post.close();
});

async function openPost(refuse?: RegExp): Promise<ListeningPost> {
  const post = await ListeningPost.open(refuse);
  posts.push(post);
  return post;
}

const silent = createLogger({ service: 'test', level: 'silent' });
const smtpSettings = (post: ListeningPost) =>
  exampleSettings({ SMTP_SERVER: '127.0.0.1', SMTP_PORT: String(post.port), SMTP_FROM_ADDRESS: 'Notices <notices@social.example>', SMTP_LOGIN: 'me', SMTP_PASSWORD: 'pw' });

describe('mail', () => {
  test('goes out by SMTP, signed in, as text and HTML', async () => {
    const post = await openPost();
    const mailer = createMailer(smtpSettings(post), silent);
    await mailer.send({ to: 'alice@mail.example', subject: 'Confirm', text: 'plain words', html: '<p>rich words</p>' });
    mailer.close();
    const heard = post.heard.join('\n');
    expect(heard).toContain('AUTH PLAIN');
    expect(heard).toContain('RCPT TO:<alice@mail.example>');
    expect(heard).toMatch(/From: Notices <notices@social\.example>/);
    expect(heard).toMatch(/Subject: Confirm[\s\S]*plain words[\s\S]*rich words/);
  });

  test('an address or subject cannot add recipients or headers', async () => {
    const post = await openPost();
    const mailer = createMailer(smtpSettings(post), silent);
    await mailer.send({ to: 'a@mail.example, b@mail.example', subject: 'x\r\nBcc: c@mail.example', text: 'x' }).catch(() => undefined);
    mailer.close();
    expect(post.heard.filter((line) => line.startsWith('RCPT')).length).toBeLessThanOrEqual(1);
    expect(post.heard.some((line) => line.startsWith('Bcc:'))).toBe(false);
  });

  test('a refusal is an error, so that it can be tried again', async () => {
    const post = await openPost(/^RCPT/);
    const mailer = createMailer(smtpSettings(post), silent);
    await expect(mailer.send({ to: 'alice@mail.example', subject: 's', text: 't' })).rejects.toThrow();
    mailer.close();
  });

  test('in development without SMTP the link is logged whole, the address is not', async () => {
    const lines: string[] = [];
    const logger = createLogger({ service: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } });
    const link = 'http://localhost:3000/auth/confirmation?confirmation_token=abc123';
    await createMailer(exampleSettings({ NODE_ENV: 'development' }), logger).send({ to: 'alice@mail.example', subject: 'Confirm', text: `Go to ${link} now (http://localhost:3000)` });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'mail_logged', links: [link, 'http://localhost:3000'] });
    expect(lines.join()).not.toContain('alice@');
  });

  test('in production without SMTP sending says what is missing', async () => {
    const mailer = createMailer(exampleSettings({ NODE_ENV: 'production' }), silent);
    await expect(mailer.send({ to: 'a@b.example', subject: 's', text: 't' })).rejects.toThrow('SMTP_SERVER is not set');
  });
});
