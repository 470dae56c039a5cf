import { randomBytes } from 'node:crypto';
import type { VersionName } from '@trunkline/domain';
import { KEPT_MS_MAX, type Versions, type VersionsRead } from '@trunkline/social';
import type { Redis } from './connect-redis.js';

/** Twice as long as anything is kept: a token that is forgotten cannot make something old look new. */
const TOKEN_SECONDS = (2 * KEPT_MS_MAX) / 1_000;
const NAMES_PER_CALL = 500;
/** Beyond it one new epoch says the same as all the tokens. */
const NAMES_MAX = 5_000;
/** A Redis that does not answer must hold up neither reads nor writes. */
const PATIENCE_MS = 250;
/** After a failure nobody asks for so long. */
const AWAY_MS = 1_000;

/**
 * Versions as keys that expire. What could not be announced is made good: until a new epoch is set, which makes all
 * copies load everything anew, this process keeps trying. All keys have one hash tag, since a page asks for many at once.
 */
export class RedisVersions implements Versions {
  private readonly prefix: string;
  private readonly epochKey: string;
  private awayUntilMs = 0;
  private repair: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(private readonly redis: Redis) {
    this.prefix = `${redis.prefix}{v}:`;
    this.epochKey = `${this.prefix}epoch`;
  }

  async read(names: readonly VersionName[]): Promise<VersionsRead | null> {
    if (performance.now() < this.awayUntilMs) return null;
    try {
      const [epoch, ...tokens] = await this.readAll(names);
      if (epoch !== null && epoch !== undefined) return { epoch, tokens };
      // Redis was emptied. Asked again, since another copy may set an epoch at the same time: the last one counts.
      await this.newEpoch();
      const [again, ...afresh] = await this.readAll(names);
      return again === null || again === undefined ? null : { epoch: again, tokens: afresh };
    } catch {
      this.awayUntilMs = performance.now() + AWAY_MS;
      return null;
    }
  }

  /** Says that these were written. Never throws. */
  async announce(names: readonly VersionName[]): Promise<void> {
    try {
      if (names.length > NAMES_MAX) return await this.newEpoch();
      for (let from = 0; from < names.length; from += NAMES_PER_CALL) {
        const keys = names.slice(from, from + NAMES_PER_CALL).map((name) => this.prefix + name);
        await inTime(this.redis.run((client) => client.versionsAnnounce(keys, [newToken(), String(TOKEN_SECONDS)])));
      }
    } catch {
      this.makeGood();
    }
  }

  close(): void {
    this.closed = true;
    if (this.repair !== null) clearTimeout(this.repair);
    this.repair = null;
  }

  private readAll(names: readonly VersionName[]): Promise<(string | null)[]> {
    const keys = [this.epochKey];
    for (const name of names) keys.push(this.prefix + name);
    return inTime(this.redis.run((client) => client.mGet(keys)) as Promise<(string | null)[]>);
  }

  /** Without an end: an epoch that expired would only cost everybody a load. */
  private async newEpoch(): Promise<void> {
    await inTime(this.redis.run((client) => client.set(this.epochKey, newToken())));
  }

  private makeGood(): void {
    if (this.repair !== null || this.closed) return;
    this.repair = setTimeout(() => {
      this.repair = null;
      this.newEpoch().catch(() => this.makeGood());
    }, AWAY_MS);
    this.repair.unref();
  }
}

const newToken = (): string => randomBytes(6).toString('base64url');

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('redis does not answer')), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
