import { createConnection } from 'node:net';

const REPLY_MS_MAX = 10_000;

/**
 * One command to Redis over a connection of its own, as an operator with a terminal would send it.
 * @returns the first line of the reply, without its type: `OK`, a number
 * @throws Error with what Redis said when it refused
 */
export function redisCommand(url: string, ...command: readonly string[]): Promise<string> {
  const { hostname, port, password } = new URL(url);
  const auth = password === '' ? [] : [['AUTH', decodeURIComponent(password)]];
  const wanted = auth.length + 1;
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: hostname, port: Number(port), timeout: REPLY_MS_MAX });
    let text = '';
    const finish = (error: Error | null, reply = ''): void => {
      socket.destroy();
      if (error === null) resolve(reply);
      else reject(error);
    };
    socket.once('connect', () => socket.write([...auth, command].map(encode).join('')));
    socket.on('data', (data: Buffer) => {
      text += data.toString('utf8');
      const lines = text.split('\r\n').slice(0, -1);
      if (lines.length < wanted) return;
      const reply = lines[wanted - 1] ?? '';
      finish(reply.startsWith('-') ? new Error(reply.slice(1)) : null, reply.slice(1));
    });
    socket.once('timeout', () => finish(new Error('Redis did not answer')));
    socket.once('error', finish);
  });
}

const encode = (words: readonly string[]): string => `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
