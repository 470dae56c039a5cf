import { Inject, Injectable } from '@nestjs/common';
import { isProvable, proveActivity, type Prover } from '@trunkline/activitypub';
import { consumerName, type EventContract } from '@trunkline/contracts';
import { nowDate, type AccountId } from '@trunkline/kernel';
import { BatchFailure } from '@trunkline/messaging';
import { AccountKeyStore, FederationReads, HostStore, markDone, markFirst, ProofKeyStore, RelayStore, SqlReportStore, type Queryable } from '@trunkline/persistence';
import { BACKBONE, currentTraceparent, type Backbone } from '@trunkline/platform';
import { RelayBook, type Relay } from '@trunkline/social';
import { publicKeysOf } from '../describe/describe-actor.js';
import { inboxesOf } from './inboxes-of.js';
import { isLasting, type Plan, type PlanPorts, type PlanRule, type Told } from './plan.js';
import { ProverBook } from './prover-book.js';

/** Each holds a database connection for its transaction. */
const AT_ONCE = 2;
/** What a host that is dead for longer missed is not kept for it. */
const KEPT_FOR_DEAD_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Runs a rule for each event of a batch, once: the note that it is done and the deliveries are one transaction. That
 * transaction asks nothing over a second connection, or planners that hold all of them would wait for each other.
 */
@Injectable()
export class PlanDeliveryAdapter {
  private readonly provers: ProverBook;
  private readonly relayBook: RelayBook;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    this.provers = new ProverBook(backbone.settings.baseUrl);
    this.relayBook = new RelayBook(new RelayStore(backbone.db), () => backbone.clock.nowMs());
  }

  async planBatch<C extends EventContract>(rule: PlanRule<C>, events: readonly Told<C>[]): Promise<void> {
    const consumer = consumerName('outbox', 'plan', rule.contract);
    const ours = events.filter((event) => rule.concernsUs?.(event) ?? true);
    const others = events.filter((event) => !ours.includes(event));
    await markDone(this.backbone.db, consumer, others.map((event) => event.eventId));
    const failed = new Map<string, unknown>();
    let chunks = 0;
    for (let from = 0; from < ours.length; from += AT_ONCE) {
      const slice = ours.slice(from, from + AT_ONCE);
      const results = await Promise.allSettled(slice.map((event) => this.planOne(consumer, rule, event)));
      results.forEach((result, index) => {
        if (result.status === 'fulfilled') chunks += result.value;
        else failed.set(slice[index]?.eventId ?? '', result.reason);
      });
    }
    if (chunks > 0) this.backbone.live.deliveriesPlanned();
    if (failed.size > 0) throw new BatchFailure(failed);
  }

  private async planOne<C extends EventContract>(consumer: string, rule: PlanRule<C>, event: Told<C>): Promise<number> {
    const { db, deliveries, keyRing } = this.backbone;
    const relays = await this.relayBook.all();
    return db.transaction(async (tx) => {
      if (!(await markFirst(tx, consumer, [event.eventId])).has(event.eventId)) return 0;
      const orderKey = rule.orderKey(event);
      await deliveries.lockOrder(tx, orderKey);
      const ports = this.portsWithin(tx, relays);
      const proverOf = this.provers.within(new ProofKeyStore(tx, keyRing));
      const plans = [(await rule.plan(ports, event)) ?? []].flat();
      let chunks = 0;
      for (const plan of plans) {
        chunks += await deliveries.plan(tx, {
          activityId: plan.activity.id,
          senderAccountId: plan.senderId,
          body: plan.body ?? (await this.bodyOf(plan, proverOf)),
          syncFollowers: plan.syncFollowers ?? false,
          trace: currentTraceparent(),
          orderKey,
          inboxes: await inboxesOf(ports, plan.reach, { lasting: isLasting(plan) }),
        });
      }
      return chunks;
    });
  }

  /** Proven once, for all inboxes that it goes to. */
  private async bodyOf({ senderId, activity }: Plan, proverOf: (senderId: AccountId) => Promise<Prover>): Promise<string> {
    return JSON.stringify(isProvable(activity) ? proveActivity(activity, await proverOf(senderId), nowDate(this.backbone.clock)) : activity);
  }

  private portsWithin(tx: Queryable, relays: readonly Relay[]): PlanPorts {
    const { store, settings, policy, clock, keyRing } = this.backbone;
    const reads = new FederationReads(tx);
    const hosts = new HostStore(tx, clock);
    const keys = { account: new AccountKeyStore(tx, keyRing), proof: new ProofKeyStore(tx, keyRing) };
    return {
      store: store.within(tx),
      settings,
      policy,
      favouriteById: (id) => reads.favouriteById(id),
      receivedActivity: (id) => reads.receivedActivity(id),
      acquaintances: (id) => reads.acquaintances(id, clock.nowMs()),
      knownInboxes: (after, limit) => reads.knownInboxes(after, limit),
      deadHosts: async (names, lasting) => {
        const states = await hosts.load(names);
        const deadBeforeMs = lasting ? clock.nowMs() - KEPT_FOR_DEAD_MS : Infinity;
        return new Set(names.filter((name) => (states.get(name)?.unavailableSinceMs ?? Infinity) < deadBeforeMs));
      },
      relays: { byId: (id) => new RelayStore(tx).byId(id), enabled: async () => relays },
      reports: new SqlReportStore(tx),
      publicKeys: (accountId) => publicKeysOf(keys, accountId),
    };
  }
}
