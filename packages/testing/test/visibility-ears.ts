import { until, type TestPerson } from '../src/index.js';
import { EventSource } from './event-source.js';
import { TAG, VIEWERS, type Viewer, type VisibilityStage } from './visibility-stage.js';

export const STREAMS = ['user', 'user:notification', 'public', 'public:local', 'hashtag', 'SSE user', 'SSE user/notification', 'SSE public', 'SSE hashtag'] as const;
export type Stream = (typeof STREAMS)[number];

interface Heard {
  readonly stream: Stream;
  readonly event: string;
  /** JSON text, or an id. */
  readonly payload: string;
}

const CHANNELS = ['user', 'user:notification', 'public', 'public:local', 'hashtag'] as const;
/** Refused in its turn: when the refusal is there, what was asked before it is subscribed. */
const NONSENSE = 'no-such-channel';

/** One person listening to every stream there is, over a WebSocket and as server-sent events. */
class Ear {
  private readonly sources = new Map<Stream, EventSource>();
  private readonly frames: Heard[] = [];

  private constructor(private readonly socket: WebSocket) {}

  static async open(stage: VisibilityStage, { token }: TestPerson): Promise<Ear> {
    const ear = new Ear(new WebSocket(`ws://${stage.server.domain}/api/v1/streaming?access_token=${token}`));
    await ear.subscribe();
    for (const stream of STREAMS) {
      if (!stream.startsWith('SSE ')) continue;
      const path = stream.slice('SSE '.length);
      ear.sources.set(stream, await EventSource.open(`${stage.server.url}/api/v1/streaming/${path}?tag=${TAG}`, token));
    }
    return ear;
  }

  private async subscribe(): Promise<void> {
    const { socket } = this;
    let isReady = false;
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as { stream?: string[]; event?: string; payload?: string; error?: string };
      if (message.error !== undefined) isReady = true;
      else this.frames.push({ stream: message.stream?.[0] as Stream, event: message.event ?? '', payload: message.payload ?? '' });
    });
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    for (const stream of [...CHANNELS, NONSENSE]) socket.send(JSON.stringify({ type: 'subscribe', stream, tag: TAG }));
    await until('the subscriptions', () => isReady);
  }

  get heard(): Heard[] {
    const sent = [...this.sources].flatMap(([stream, { events }]) => events.map(({ event, data }) => ({ stream, event, payload: data })));
    return [...this.frames, ...sent];
  }

  close(): void {
    this.socket.close();
    for (const source of this.sources.values()) source.close();
  }
}

/** Everybody of the stage, listening. */
export class Ears {
  private readonly ears = new Map<Viewer, Ear>();

  private constructor(private readonly stage: VisibilityStage) {}

  static async open(stage: VisibilityStage): Promise<Ears> {
    const ears = new Ears(stage);
    for (const viewer of VIEWERS) ears.ears.set(viewer, await Ear.open(stage, stage.people[viewer]));
    return ears;
  }

  /**
   * Resolves when all streams of all viewers have brought what was published before: somebody whom all follow names
   * them in public, and that has come through each of them.
   */
  async fence(word: string): Promise<void> {
    const { stage } = this;
    const names = VIEWERS.map((viewer) => `@${viewer}`).join(' ');
    const { id } = await stage.write(stage.people.crier, `${word} ${names}`);
    for (const viewer of VIEWERS) {
      await until(`${viewer} to have heard ${word} everywhere`, () => STREAMS.every((stream) => this.text(viewer, stream).includes(`"${id}"`)));
    }
  }

  /** Everything a stream brought one viewer. */
  text(viewer: Viewer, stream: Stream): string {
    return this.of(viewer, stream).map(({ payload }) => payload).join('\n');
  }

  /** Who heard of the status with this id on a stream, by an event of this kind. */
  hearersOf(stream: Stream, id: string, isIt: (event: string) => boolean = () => true): Viewer[] {
    return VIEWERS.filter((viewer) => this.of(viewer, stream).some(({ event, payload }) => isIt(event) && (payload === id || payload.includes(`"id":"${id}"`))));
  }

  private of(viewer: Viewer, stream: Stream): Heard[] {
    return (this.ears.get(viewer)?.heard ?? []).filter((heard) => heard.stream === stream);
  }

  close(): void {
    for (const ear of this.ears.values()) ear.close();
  }
}
