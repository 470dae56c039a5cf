import { LIVE } from '@trunkline/contracts';
import type { ChangeName } from '@trunkline/domain';
import { connectBroker, LiveBus } from '@trunkline/messaging';
import { Redis, RedisChangeLog } from '@trunkline/persistence';
import type { Settings } from '@trunkline/platform';

/**
 * Says over the broker what changed, so that it holds at once. Best effort: processes look for themselves twice a
 * second, so a broker that is away delays a decision by a moment and loses nothing.
 * @returns whether it was said
 */
async function tellServers(settings: Pick<Settings, 'nats'>, say: (bus: LiveBus) => void): Promise<boolean> {
  try {
    const broker = await connectBroker({
      url: settings.nats.url,
      prefix: settings.nats.prefix,
      name: 'trunkline-cli',
      hooks: { log: () => undefined },
      // One try: nobody waits for a broker that is away.
      firstConnectTimeoutMs: 0,
    });
    say(new LiveBus(broker));
    await broker.drain();
    return true;
  } catch {
    return false;
  }
}

export const tellRulesChanged = (settings: Pick<Settings, 'nats'>): Promise<boolean> => tellServers(settings, (bus) => bus.publish(LIVE.rules));

/** What servers keep of these in memory is read anew. Best effort too: they believe nothing for longer than a minute. */
export async function tellChanged({ redis }: Pick<Settings, 'redis'>, names: readonly ChangeName[]): Promise<void> {
  const connection = await Redis.connect({ ...redis, onError: () => undefined });
  const log = new RedisChangeLog(connection);
  await log.tell(names);
  log.close();
  await connection.close();
}

/** Streams of this account close. */
export const tellKilled = (settings: Pick<Settings, 'nats'>, accountId: string): Promise<boolean> =>
  tellServers(settings, (bus) => bus.publish(LIVE.kill, { accountId }));
