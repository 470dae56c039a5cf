import type { SocialReads } from '@trunkline/social';

type Usage = Awaited<ReturnType<SocialReads['usage']>>;

export interface UsagePorts {
  readonly store: Pick<SocialReads, 'usage'>;
  readonly cache: {
    get<T>(key: string): Promise<T | null>;
    set(key: string, value: unknown, ttlSeconds: number): Promise<void>;
  };
}

const KEY = 'nodeinfo-usage';
const FRESH_SECONDS = 300;

/** Counting reads many rows, and crawlers come often: all copies share one count of the last minutes. */
export async function countUsage({ store, cache }: UsagePorts): Promise<Usage> {
  const known = await cache.get<Usage>(KEY);
  if (known !== null) return known;
  const usage = await store.usage();
  await cache.set(KEY, usage, FRESH_SECONDS);
  return usage;
}
