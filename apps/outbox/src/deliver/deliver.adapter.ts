import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { actorUris, hostOf, instanceActorUris } from '@trunkline/activitypub';
import { LIVE } from '@trunkline/contracts';
import type { AccountId } from '@trunkline/kernel';
import { FederationReads, inShare } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { followersSyncHeaders } from '../describe/followers-at-hosts.js';
import { INSTANCE_SENDER } from '../plan-delivery/plan.js';
import { DeliveryWorker, type Sender, type WorkerPorts } from './delivery-worker.js';
import { HostBook } from './host-book.js';
import { SendSlots } from './send-slots.js';
import { SigningKeys } from './signing-keys.js';

const SLOTS = { total: 512, slow: 512, slowAfterMs: 1_000, perHost: 8, hostStuckMs: 2_000, hostWaitMs: 10_000, hostWaitersMax: 512 };
const PAUSED_COUNT_MAX = 100_000;

/** The delivering half: one worker a process, woken by live messages, by its own poll in any case. */
@Injectable()
export class DeliverAdapter implements OnApplicationBootstrap {
  private readonly worker: DeliveryWorker;
  private readonly keys: SigningKeys;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    this.keys = new SigningKeys((accountId) => (accountId === INSTANCE_SENDER ? backbone.instanceKey.getOrCreate() : backbone.accountKeys.getOrCreate(accountId)));
    this.worker = new DeliveryWorker(this.ports());
  }

  onApplicationBootstrap(): void {
    const { bus, parts, deliveries, hosts } = this.backbone;
    const { shutdown, metrics } = parts;
    const bell = bus.subscribe(LIVE.deliveries, () => this.worker.wake());
    shutdown.register('stop-consuming', 'deliveries', async () => {
      bell.unsubscribe();
      await this.worker.stop();
    });
    shutdown.register('finish', 'deliveries under way', () => this.worker.finished());
    metrics.onCollect(async () => metrics.deliveryOldestPending.set(await deliveries.oldestPendingSeconds()));
    metrics.onCollect(async () => metrics.deliveryBreakerOpen.set((await hosts.shut(PAUSED_COUNT_MAX)).length));
    inShare('jobs', () => this.worker.start());
  }

  private ports(): WorkerPorts {
    const { deliveries, hosts, policy, clock, parts } = this.backbone;
    const { metrics, logger } = parts;
    return {
      deliveries,
      policy,
      clock,
      hosts: new HostBook(hosts, clock),
      slots: new SendSlots(SLOTS),
      random: Math.random,
      counted: (outcome) => metrics.deliveryAttempts.inc({ outcome }),
      pausedHosts: (limit) => hosts.paused(limit),
      senderFor: (letter, hosts) => this.senderFor(letter, hosts),
      onError: (err) => logger.warn({ event: 'delivery_interrupted', err }, 'deliveries come again when their lease is over'),
      onGivenUp: ({ activityId, inbox, trace }, { reason, status }) =>
        logger.info(
          { event: 'delivery_given_up', activity_id: activityId, remote_host: hostOf(inbox), reason, status, traceparent: trace },
          'a delivery was given up',
        ),
    };
  }

  private async senderFor({ senderAccountId, body, syncFollowers }: Parameters<WorkerPorts['senderFor']>[0], hosts: readonly string[]): Promise<Sender> {
    const { federation, settings } = this.backbone;
    const { keyId } = senderAccountId === INSTANCE_SENDER ? instanceActorUris(settings.baseUrl) : actorUris(settings.baseUrl, senderAccountId);
    const privateKey = await this.keys.of(senderAccountId);
    const send = federation.sender({ keyId, privateKey, body });
    if (!syncFollowers) return send;
    const headers = await this.syncHeaders(senderAccountId, hosts);
    return (inbox) => {
      const value = headers.get(hostOf(inbox) ?? '');
      return send(inbox, value === undefined ? {} : { 'collection-synchronization': value });
    };
  }

  private syncHeaders(senderId: AccountId, hosts: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { db, store, settings } = this.backbone;
    const reads = new FederationReads(db);
    const ports = { settings, accountsByIds: (ids: readonly AccountId[]) => store.accountsByIds(ids), followersAtHosts: reads.followersAtHosts.bind(reads) };
    return followersSyncHeaders(ports, senderId, hosts);
  }
}
