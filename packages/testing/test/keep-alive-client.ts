import { Agent, request } from 'node:http';

export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * An app behind a load balancer: one connection, kept open and used again. It goes to the next address only when the
 * present one takes no connection any more, as a balancer does; whatever else happens to a request is thrown.
 */
export class KeepAliveClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  /** Answers by address. */
  readonly answered = new Map<string, number>();

  constructor(private readonly urls: string[]) {}

  async post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<KeptAnswer> {
    for (;;) {
      const [url] = this.urls;
      if (url === undefined) throw new Error('no address takes connections');
      try {
        const answer = await this.send(new URL(path, url), headers, body);
        this.answered.set(url, (this.answered.get(url) ?? 0) + 1);
        return answer;
      } catch (error) {
        // No connection came about, so nothing was sent: the only failure after which anybody may simply try elsewhere.
        if ((error as NodeJS.ErrnoException).syscall !== 'connect') throw error;
        this.urls.shift();
      }
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private send(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<KeptAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { method: 'POST', agent: this.agent, headers: { ...headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('error', reject).on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
      });
      sent.on('error', reject).end(body);
    });
  }
}
