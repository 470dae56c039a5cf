import { setImmediate as otherWork } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { isProvable, proveActivity } from '@trunkline/activitypub';
import { consumerName, publicationEventId, StatusPermittedV1, StatusPublishedV1, type EventContract } from '@trunkline/contracts';
import { idTimeMs, nowDate, type StatusId } from '@trunkline/kernel';
import {
  AccountKeyStore,
  DeliveryPlans,
  DoneMarks,
  FederationReads,
  HostStore,
  PlanningReads,
  ProofKeyStore,
  RelayStore,
  SqlReportStore,
  type DoneMark,
  type PlannedDelivery,
  type Queryable,
} from '@trunkline/persistence';
import { BACKBONE, currentTraceparent, type Backbone } from '@trunkline/platform';
import { RelayBook, type Relay } from '@trunkline/social';
import { publicKeysOf } from '../describe/describe-actor.js';
import { gatheredReads } from './gathered-reads.js';
import { planAll, type Sending, type Turn } from './plan-batch.js';
import type { PlanPorts, PlanRule, Told } from './plan.js';
import { ProverBook } from './prover-book.js';

/** What a host that is dead for longer missed is not kept for it. */
const KEPT_FOR_DEAD_MS = 30 * 24 * 60 * 60 * 1_000;
/** So long it is known whether a publication was planned: done rows are kept for three times as long. What is older was. */
const PUBLICATION_KNOWN_MS = 3 * 24 * 60 * 60 * 1_000;
/** A proof takes a good part of a millisecond. */
const BODIES_AT_ONCE = 8;

/**
 * Runs a rule for all events of a batch, each once: the notes that they are done and the deliveries are one transaction.
 * That asks nothing over a second connection, or planners that hold all of them would wait for each other. When it fails,
 * the batch comes again one by one, so that whatever is wrong with an event takes no others along.
 */
@Injectable()
export class PlanDeliveryAdapter {
  private readonly provers: ProverBook;
  private readonly relayBook: RelayBook;
  private readonly plans: DeliveryPlans;
  private readonly marks: DoneMarks;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    this.provers = new ProverBook(backbone.settings.baseUrl);
    this.relayBook = new RelayBook(new RelayStore(backbone.db), () => backbone.clock.nowMs());
    this.plans = new DeliveryPlans(backbone.ids, backbone.clock);
    this.marks = new DoneMarks(backbone.db);
  }

  async planBatch<C extends EventContract>(rule: PlanRule<C>, events: readonly Told<C>[]): Promise<void> {
    const consumer = consumerName('outbox', 'plan', rule.contract);
    const ours = [...new Map(events.filter((event) => rule.concernsUs?.(event) ?? true).map((event) => [event.eventId, event])).values()];
    const others = events.filter((event) => rule.concernsUs?.(event) === false);
    await Promise.all([this.marks.mark(consumer, others.map(({ eventId }) => eventId)), this.planOurs(rule, ours)]);
  }

  private async planOurs<C extends EventContract>(rule: PlanRule<C>, ours: readonly Told<C>[]): Promise<void> {
    if (ours.length === 0) return;
    const relays = await this.relayBook.all();
    const chunks = await this.backbone.db.transaction((tx) => this.planWithin(tx, relays, rule, ours));
    if (chunks > 0) this.backbone.live.deliveriesPlanned();
  }

  private async planWithin<C extends EventContract>(tx: Queryable, relays: readonly Relay[], rule: PlanRule<C>, events: readonly Told<C>[]): Promise<number> {
    const consumer = consumerName('outbox', 'plan', rule.contract);
    const first = new Map(events.map((event) => [event, this.toldBefore(rule, event)]));
    const marks = [...events.map(({ eventId }) => ({ eventId, consumer })), ...[...first.values()].flatMap((id) => (id === null ? [] : [publicationOf(id), openingOf(id)]))];
    const turn = await this.plans.begin(tx, events.map((event) => rule.orderKey(event)), marks);
    const seen = new Set<StatusId>();
    const turns = events
      .filter(({ eventId }) => !turn.isDone({ eventId, consumer }))
      .map((event): Turn<C> => {
        const statusId = first.get(event) ?? null;
        if (statusId === null || seen.has(statusId) || turn.isDone(openingOf(statusId))) return { event, first: null };
        seen.add(statusId);
        return { event, first: { statusId, isPublished: turn.isDone(publicationOf(statusId)) } };
      });
    if (turns.length === 0) return 0;
    const planned = await planAll(this.portsWithin(tx, relays), rule, turns);
    const done = [...turns.map(({ event: { eventId } }) => ({ eventId, consumer })), ...planned.flatMap(marksOf)];
    const deliveries = await this.written(tx, planned.flatMap(({ sendings }) => sendings));
    return this.plans.write(tx, turn, { deliveries, done });
  }

  private toldBefore<C extends EventContract>(rule: PlanRule<C>, event: Told<C>): StatusId | null {
    const statusId = rule.after?.(event) ?? null;
    return statusId === null || idTimeMs(statusId) < this.backbone.clock.nowMs() - PUBLICATION_KNOWN_MS ? null : statusId;
  }

  /** As they will be sent: proven once, for all inboxes that they go to. */
  private async written(tx: Queryable, sendings: readonly Sending[]): Promise<PlannedDelivery[]> {
    const senders = new Set(sendings.flatMap(({ plan }) => (plan.body === undefined && isProvable(plan.activity) ? plan.senderId : [])));
    const provers = await this.provers.proversOf(new ProofKeyStore(tx, this.backbone.keyRing), [...senders]);
    const trace = currentTraceparent();
    const deliveries: PlannedDelivery[] = [];
    for (const { plan, orderKey, inboxes } of sendings) {
      const { activity, senderId, syncFollowers = false } = plan;
      const prover = provers.get(senderId);
      const body = plan.body ?? JSON.stringify(prover === undefined || !isProvable(activity) ? activity : proveActivity(activity, prover, nowDate(this.backbone.clock)));
      deliveries.push({ activityId: activity.id, senderAccountId: senderId, body, syncFollowers, trace, orderKey, inboxes });
      if (deliveries.length % BODIES_AT_ONCE === 0) await otherWork();
    }
    return deliveries;
  }

  private portsWithin(tx: Queryable, relays: readonly Relay[]): PlanPorts {
    const { store, settings, policy, clock, keyRing } = this.backbone;
    const reads = new FederationReads(tx);
    const keys = { account: new AccountKeyStore(tx, keyRing), proof: new ProofKeyStore(tx, keyRing) };
    const { unavailableSince, ...gathered } = gatheredReads({ store: store.within(tx), reads: new PlanningReads(tx), policy, hosts: new HostStore(tx, clock) });
    return {
      ...gathered,
      settings,
      policy,
      acquaintances: (id) => reads.acquaintances(id, clock.nowMs()),
      knownInboxes: (after, limit) => reads.knownInboxes(after, limit),
      deadHosts: async (names, lasting) => {
        const deadBeforeMs = lasting ? clock.nowMs() - KEPT_FOR_DEAD_MS : Infinity;
        return new Set([...(await unavailableSince(names))].flatMap(([name, sinceMs]) => (sinceMs < deadBeforeMs ? name : [])));
      },
      relays: { byId: (id) => new RelayStore(tx).byId(id), enabled: async () => relays },
      reports: new SqlReportStore(tx),
      publicKeys: (accountId) => publicKeysOf(keys, accountId),
    };
  }
}

const PUBLISHED = consumerName('outbox', 'plan', StatusPublishedV1);
const PERMITTED = consumerName('outbox', 'plan', StatusPermittedV1);
/** That a status was told, or its author asked; and that it was told to all since leave had come. */
const publicationOf = (statusId: StatusId): DoneMark => ({ eventId: publicationEventId(statusId), consumer: PUBLISHED });
const openingOf = (statusId: StatusId): DoneMark => ({ eventId: publicationEventId(statusId), consumer: PERMITTED });
const marksOf = ({ published, opened }: { readonly published: StatusId | null; readonly opened: StatusId | null }): DoneMark[] => [
  ...(published === null ? [] : [publicationOf(published)]),
  ...(opened === null ? [] : [openingOf(opened)]),
];
