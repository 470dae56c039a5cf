import { createConnection } from 'node:net';

const REPLY_MS_MAX = 5_000;
const REPLY_TO = '_INBOX.promises';

/**
 * One request to the broker in its own text protocol, as an operator's tool would send it; JetStream's API answers in JSON.
 * @see https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
export function natsRequest<T>(url: string, subject: string, body: Readonly<Record<string, unknown>> = {}): Promise<T> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: hostname, port: Number(port), timeout: REPLY_MS_MAX });
    let text = '';
    const finish = (error: Error | null, reply?: T): void => {
      socket.destroy();
      if (error === null) resolve(reply as T);
      else reject(error);
    };
    socket.once('connect', () => {
      const payload = JSON.stringify(body);
      socket.write(`CONNECT {"verbose":false,"pedantic":false}\r\nSUB ${REPLY_TO} 1\r\nPUB ${subject} ${REPLY_TO} ${Buffer.byteLength(payload)}\r\n${payload}\r\n`);
    });
    socket.on('data', (data: Buffer) => {
      text += data.toString('latin1');
      const message = /MSG \S+ 1 (?:\S+ )?(\d+)\r\n/.exec(text);
      if (message === null) return;
      const start = message.index + message[0].length;
      const bytes = Number(message[1]);
      if (text.length < start + bytes) return;
      finish(null, JSON.parse(text.slice(start, start + bytes)) as T);
    });
    socket.once('timeout', () => finish(new Error(`the broker did not answer ${subject}`)));
    socket.once('error', finish);
  });
}

/** Of every stream that the broker knows. */
export async function streamNames(url: string): Promise<string[]> {
  const { streams } = await natsRequest<{ streams: string[] | null }>(url, '$JS.API.STREAM.NAMES');
  return streams ?? [];
}
