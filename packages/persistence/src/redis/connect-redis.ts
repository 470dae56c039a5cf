import { createClient, defineScript, ErrorReply, type RedisArgument } from 'redis';
import { FEED_SCRIPTS } from './feed-scripts.js';
import { CHANGE_SCRIPTS } from './change-scripts.js';
import { Patience } from './patience.js';

/** Thrown while Redis is away; callers fall back to Postgres or go on without. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';
  readonly code = 'redis_unavailable';

  constructor(cause: unknown) {
    super('redis is unavailable', { cause });
  }
}

export interface RedisOptions {
  readonly url: string;
  /** Tells installations on one Redis apart; put before every key, with a colon. */
  readonly prefix: string;
  readonly onError: (error: unknown) => void;
}

const COMMAND_TIMEOUT_MS = 2_000;
const RECONNECT_MS_MAX = 2_000;
/** Commands waiting for an answer; beyond it they fail at once instead of filling memory. */
const QUEUE_MAX = 20_000;

type Parser = { push(...args: RedisArgument[]): unknown };

const script = (source: string) =>
  defineScript({
    SCRIPT: source,
    parseCommand(parser: unknown, keys: string[], args: string[]) {
      // The parser's own way to take keys notes each of them, for caches that we have not: a fifth of a push of 500.
      (parser as Parser).push(String(keys.length), ...keys, ...args);
    },
    transformReply: (reply: unknown) => reply,
  });

const open = (options: RedisOptions) =>
  createClient({
    url: options.url,
    disableOfflineQueue: true,
    // See `Patience`; without this line each has five seconds, and a timer.
    commandOptions: { timeout: 0 },
    commandsQueueMaxLength: QUEUE_MAX,
    socket: { connectTimeout: COMMAND_TIMEOUT_MS, reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 6), RECONNECT_MS_MAX) },
    scripts: {
      feedPush: script(FEED_SCRIPTS.push),
      feedRemove: script(FEED_SCRIPTS.remove),
      feedRead: script(FEED_SCRIPTS.read),
      feedClaim: script(FEED_SCRIPTS.claim),
      feedFill: script(FEED_SCRIPTS.fill),
      feedRenew: script(FEED_SCRIPTS.renew),
      countHit: script(FEED_SCRIPTS.countHit),
      changesTell: script(CHANGE_SCRIPTS.tell),
      changesSince: script(CHANGE_SCRIPTS.since),
      changesRenew: script(CHANGE_SCRIPTS.renew),
    },
  });

type Client = ReturnType<typeof open>;

/** One connection to Redis that comes back by itself. Commands fail fast while it is away: nothing waits for it. */
export class Redis {
  private readonly patience = new Patience(COMMAND_TIMEOUT_MS);

  private constructor(
    private readonly client: Client,
    readonly prefix: string,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Resolves even when Redis is away: it is disposable, so a server starts without it. */
  static async connect(options: RedisOptions): Promise<Redis> {
    const client = open(options);
    client.on('error', options.onError);
    const first = client.connect();
    // With a reconnect strategy `connect` waits for ever; a start does not.
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, COMMAND_TIMEOUT_MS);
    });
    await Promise.race([first, patience]).catch(options.onError);
    clearTimeout(timer);
    first.catch(options.onError);
    return new Redis(client, `${options.prefix}:`, options.onError);
  }

  /** Runs a command. @throws RedisUnavailable when it could not be done, whatever the reason. */
  async run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await this.patience.within(work(this.client));
    } catch (error) {
      // Refused by a Redis that answers (out of memory, a fault of ours): callers do without it, the log says why.
      if (error instanceof ErrorReply) this.onError(error);
      throw new RedisUnavailable(error);
    }
  }

  async ping(): Promise<void> {
    await this.run((client) => client.ping());
  }

  async close(): Promise<void> {
    if (!this.client.isOpen) return;
    if (this.client.isReady) await this.client.close().catch(() => undefined);
    else this.client.destroy();
  }
}
