import { until } from '../src/index.js';

export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events with plain fetch, and keeps them. */
export class EventSource {
  readonly events: StreamEvent[] = [];

  private constructor(private readonly leave: AbortController) {}

  /** Resolves when the server has answered: from then on nothing is missed. */
  static async open(url: string, token: string): Promise<EventSource> {
    const leave = new AbortController();
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' }, signal: leave.signal });
    const type = response.headers.get('content-type');
    if (response.status !== 200 || response.body === null || !type?.startsWith('text/event-stream')) throw new Error(`${url}: ${response.status} ${type}`);
    const source = new EventSource(leave);
    void source.read(response.body).catch(() => undefined);
    return source;
  }

  next(what: string, isIt: (event: StreamEvent) => boolean): Promise<StreamEvent> {
    return until(what, () => this.events.find(isIt));
  }

  close(): void {
    this.leave.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.keep(block);
    }
  }

  /** Lines that start with a colon are comments: the server's heartbeat. */
  private keep(block: string): void {
    const field = (name: string): string | undefined =>
      block.split('\n').find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trimStart();
    const event = field('event');
    if (event !== undefined) this.events.push({ event, data: field('data') ?? '' });
  }
}
