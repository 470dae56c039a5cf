import { LIVE } from '@trunkline/contracts';
import { connectBroker, LiveBus } from '@trunkline/messaging';
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

/** Streams of this account close. */
export const tellKilled = (settings: Pick<Settings, 'nats'>, accountId: string): Promise<boolean> =>
  tellServers(settings, (bus) => bus.publish(LIVE.kill, { accountId }));
