import { Inject, Injectable } from '@nestjs/common';
import { hostOf, isReadType } from '@trunkline/activitypub';
import { LIVE } from '@trunkline/contracts';
import { RelayStore } from '@trunkline/persistence';
import { BACKBONE, RateLimiter, runWithTrace, type Backbone, type RateRule } from '@trunkline/platform';
import { fetchKey, KeyBook, KeyLane, registrableDomain, RelayBook } from '@trunkline/social';
import { applyActivity } from './apply-activity.js';
import { ActivityApplier, type ApplyBatchPorts } from './apply-batch.js';
import { applyTogether, type TogetherPorts } from './apply-together.js';
import { BackgroundLane } from './background-lane.js';
import { PeopleReadings } from './people-readings.js';

const MS_PER_SECOND = 1_000;
/** Of the authors whose activities others pass on; those who deliver themselves are known to the receiving half. */
const FORWARDED_KEYS = { keysMax: 1_000, waitersMax: 16 };
const REPORTS: RateRule = { name: 'remote-reports', limit: 30, windowSeconds: 3_600 };
/** What one person says that is passed on, and what all of a registrable domain do. */
const FORWARDS: RateRule = { name: 'forwards', limit: 60, windowSeconds: 3_600 };
const FORWARDS_OF_DOMAIN: RateRule = { name: 'forwards-of-domain', limit: 1_000, windowSeconds: 3_600 };

/** What the applying half stands on, made once per process. */
@Injectable()
export class ApplyActivityAdapter {
  readonly applier: ActivityApplier;

  constructor(@Inject(BACKBONE) backbone: Backbone) {
    const { parts, inbound } = backbone;
    const { logger, metrics, shutdown } = parts;
    const background = new BackgroundLane((key, err) => logger.debug({ event: 'background_failed', work: key, err }, 'background work failed'));
    background.onSize = (size) => metrics.backgroundWork.set(size);
    const ports = portsOf(backbone, background);
    this.applier = new ActivityApplier({
      inbound,
      ...appliedBy(ports, backbone.failpoints),
      observe: (row, _outcome, durationMs) => {
        const type = isReadType(row.activityType) ? row.activityType : 'other';
        metrics.activityApplySeconds.observe({ type }, durationMs / MS_PER_SECOND);
      },
      onTrouble: (row, outcome, reason, err) => {
        const fields = { event: `activity_${outcome}`, inbound_id: row.id, type: row.activityType, reason, err };
        if (outcome === 'dead') logger.error(fields, 'an activity was given up');
        else logger.warn(fields, 'an activity is tried again later');
      },
      onSplit: (rows, err) => logger.warn({ event: 'activities_split', rows, err }, 'activities could not be applied together'),
      onLeft: (ids, err) => logger.warn({ event: 'activities_left', rows: ids.length, err }, 'activities come again when they are overdue'),
    });
    metrics.onCollect(async () => metrics.activityOldestUnapplied.set(await inbound.oldestWaitingSeconds()));
    metrics.onCollect(async () => metrics.activitiesDead.set(await inbound.deadCount()));
    shutdown.register('finish', 'slow activities', () => this.applier.stop());
    shutdown.register('finish', 'background work', () => background.stop());
  }
}

/** Where a test planted a bug, who names it meets it here. */
function appliedBy(ports: TogetherPorts, failpoints: Backbone['failpoints']): Pick<ApplyBatchPorts, 'apply' | 'applyTogether'> {
  const apply: ApplyBatchPorts['apply'] = (row) => runWithTrace(row.trace, () => applyActivity(ports, row));
  if (failpoints === null) return { apply, applyTogether: (rows, signal) => applyTogether(ports, rows, signal) };
  return {
    apply: async (row) => failpoints.stumble(row.body).then(() => apply(row)),
    applyTogether: async (rows, signal) => {
      for (const row of rows) await failpoints.stumble(row.body);
      return applyTogether(ports, rows, signal);
    },
  };
}

function portsOf(backbone: Backbone, background: BackgroundLane): TogetherPorts {
  const { db, inbound, ids, clock, policy, remote, settings, remoteKeys, reports, rates, personalReadings, bus, parts } = backbone;
  const store = backbone.store.ofRemotes();
  const relays = new RelayStore(db);
  const limiter = new RateLimiter(rates, (err) => parts.logger.warn({ event: 'rates_away', err }, 'reports and forwards are not counted for now'));
  return {
    store,
    ids,
    clock,
    policy,
    remote,
    settings,
    reports,
    relays,
    relayBook: new RelayBook(relays, () => clock.nowMs()),
    keys: remoteKeys,
    people: new PeopleReadings({ readings: personalReadings, ring: () => bus.publish(LIVE.personalReadings) }),
    signerKeys: new KeyBook({ rows: remoteKeys, lane: new KeyLane({ fetch: (keyId) => fetchKey(remote, keyId), clock }, FORWARDED_KEYS), clock }, FORWARDED_KEYS),
    // By what somebody had to buy: a wildcard record gives one person any number of hosts.
    mayReport: async (domain) => (await limiter.check(REPORTS, registrableDomain(domain), clock.nowMs())).allowed,
    mayForward: async (actorUri) => {
      const domain = registrableDomain(hostOf(actorUri) ?? '');
      const checks = [limiter.check(FORWARDS, actorUri, clock.nowMs()), limiter.check(FORWARDS_OF_DOMAIN, domain, clock.nowMs())];
      return (await Promise.all(checks)).every(({ allowed }) => allowed);
    },
    later: (key, work) => void background.add(key, registrableDomain(hostOf(key.split(' ')[1] ?? '') ?? ''), work),
    behindTies: (rows, beside) => inbound.behindTies(rows, beside),
    settling: (work) => db.transaction((tx) => work(store.within(tx), (rows) => inbound.settleIn(tx, rows))),
  };
}
