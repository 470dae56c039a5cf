import type { ConsumerInfo } from '@nats-io/jetstream';
import { RETIRED_CONSUMERS, type StreamSpec } from '@trunkline/contracts';
import type { Broker } from './broker.js';

/**
 * Takes away consumers that this version has no more, once no copy of an earlier version fetches from them or works on what it
 * fetched. What they held is settled without them, see `groupsOf`.
 * @param consumers as they were listed; those that are taken away leave it
 */
export async function removeRetired(broker: Broker, stream: StreamSpec['name'], consumers: Map<string, ConsumerInfo>): Promise<void> {
  for (const { name } of RETIRED_CONSUMERS.filter((retired) => retired.stream === stream)) {
    const info = consumers.get(name);
    if (info === undefined || info.num_waiting > 0 || info.num_ack_pending > 0) continue;
    // Another process may have done it since.
    await broker.manager.consumers.delete(broker.names.stream(stream), name).catch(() => undefined);
    consumers.delete(name);
    broker.hooks.log('info', 'a consumer of an earlier version is gone', { consumer: name });
  }
}
