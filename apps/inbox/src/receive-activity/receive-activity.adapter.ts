import { createPublicKey } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { instanceActorUris } from '@trunkline/activitypub';
import { AppError, type Result } from '@trunkline/kernel';
import { GroupCommit, inShare, isOfData, newEventId } from '@trunkline/persistence';
import { BACKBONE, currentTraceparent, type Backbone } from '@trunkline/platform';
import { fetchKey, KeyBook, KeyLane, type FetchedKey, type KeyFailure } from '@trunkline/social';
import { ReadElsewhereAdapter } from '../read-elsewhere/read-elsewhere.adapter.js';
import { DoorAdapter } from './door.adapter.js';
import { HostEars } from './hear-hosts.js';
import { KnownSenders } from './known-senders.js';
import { receiveActivity, type InboxPost, type ReceivePorts, type VerifiedActivity } from './receive-activity.js';
import { ReceivedStore, type ReceivedRow, type StoredRow } from './received-store.js';
import { keptEnough, type Refusal } from './refusals.js';

const MS_PER_SECOND = 1_000;
const EARS_REFRESH_MS = 10_000;
/** Of the rows of one COMMIT. */
const GROUP_CHARS_MAX = 1_048_576;

/** What the receiving half stands on, made once per process. */
@Injectable()
export class ReceiveActivityAdapter implements OnModuleDestroy {
  private readonly ports: ReceivePorts;
  private readonly received: ReceivedStore;
  private readonly commits: GroupCommit<ReceivedRow, StoredRow>;
  private readonly ears: HostEars;

  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly door: DoorAdapter,
    elsewhere: ReadElsewhereAdapter,
  ) {
    const { clock, policy, settings, store, remoteKeys, instanceKey } = backbone;
    const lane = new KeyLane({ fetch: (keyId) => this.fetchKey(keyId), clock }, { waitersMax: this.door.admission.waitersMax });
    const { host, origin } = new URL(settings.baseUrl);
    this.received = this.makeStore();
    this.ears = this.listen();
    // What is written at once is made in one turn of the event loop.
    this.commits = new GroupCommit((rows: readonly ReceivedRow[]) => this.received.commit(rows), { isOfOne: isOfData, weightOf: ({ body }) => body.length, groupWeightMax: GROUP_CHARS_MAX });
    this.ports = {
      admission: this.door.admission,
      policy,
      clock,
      keys: new KeyBook({ rows: remoteKeys, lane, clock }),
      senders: new KnownSenders(),
      accounts: store,
      instanceKey: async () => ({ keyId: instanceActorUris(settings.baseUrl).keyId, key: createPublicKey((await instanceKey.getOrCreate()).publicKeyPem) }),
      store: (row) => this.store(row),
      isRelay: (relayHost) => this.door.relays.isHost(relayHost),
      hosts: [host],
      origins: [origin],
      followersTold: (actorUri, header) => elsewhere.watch.saw(actorUri, header),
    };
  }

  /** Called when the servers have answered everybody: until then what comes is taken as ever, since its COMMIT still can be had. */
  async onModuleDestroy(): Promise<void> {
    await this.commits.drained();
    await this.received.quiet();
  }

  /** Resolves when the sender may be told 202. @throws AppError with the status of the refusal */
  async receive(post: InboxPost): Promise<void> {
    const { metrics, logger } = this.backbone.parts;
    const startedMs = performance.now();
    const answer = await inShare('inbox', () => receiveActivity(this.ports, post)).catch((error: unknown) => {
      metrics.inboxRequests.inc({ result: 'failed' });
      throw error;
    });
    metrics.inboxRequests.inc({ result: resultOf(answer) });
    if (answer.ok) {
      metrics.inboxAcceptSeconds.observe((performance.now() - startedMs) / MS_PER_SECOND);
      return;
    }
    const { status, code, safe, retryAfterSeconds } = answer.error;
    if (status === 401) metrics.signatureVerifyFailures.inc({ reason: code });
    logger.debug({ event: 'inbox_refused', status, reason: code }, 'an inbox POST was refused');
    throw new AppError(status, code, safe, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
  }

  private async fetchKey(keyId: string): Promise<Result<FetchedKey, KeyFailure>> {
    const fetched = await fetchKey(this.backbone.remote, keyId);
    this.backbone.parts.metrics.keyFetches.inc({ result: fetched.ok ? 'ok' : fetched.error.code });
    return fetched;
  }

  private async store(row: VerifiedActivity): Promise<'accepted' | 'duplicate'> {
    if (this.door.kept.isFullFor(row.signerHost)) {
      const { status, code, safe } = keptEnough().error;
      throw new AppError(status, code, safe);
    }
    this.ears.heard(row.signerHost);
    const stored = await this.commits.submit({ ...row, id: this.backbone.ids.next(), trace: currentTraceparent() }).catch((cause: unknown) => {
      throw isOfData(cause) ? new AppError(400, 'unstorable', 'The activity holds what cannot be stored', { cause }) : cause;
    });
    if (stored.duplicate) return 'duplicate';
    this.door.backlog.add(row.signerHost);
    this.door.kept.add(row.signerHost, row.body.length);
    return 'accepted';
  }

  private listen(): HostEars {
    const { hosts, deliveries, live, clock, parts } = this.backbone;
    const onError = (err: unknown): void => parts.logger.warn({ event: 'host_not_revived', err }, 'a host that spoke stays shut for now');
    const ears = new HostEars({ hosts, deliveries, live, clock, onError });
    const timer = setInterval(() => void ears.refresh(), EARS_REFRESH_MS);
    void ears.refresh();
    parts.shutdown.register('stop-consuming', 'ears', () => clearInterval(timer));
    return ears;
  }

  private makeStore(): ReceivedStore {
    const { inbound, publisher, parts } = this.backbone;
    return new ReceivedStore({
      accept: (rows) => inbound.accept(rows),
      newEventId,
      ring: async (bell) => {
        const [failure] = (await publisher.publish([bell])).failed;
        if (failure !== undefined) throw new Error(failure.reason);
      },
      onUnheard: (err) => parts.logger.warn({ event: 'doorbell_unheard', err }, 'the sweeper will ring for stored activities'),
    });
  }
}

const RESULTS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  410: 'not_found',
  415: 'bad_request',
  429: 'throttled',
  503: 'unavailable',
};

const resultOf = (answer: Result<string, Refusal>): string => (answer.ok ? answer.value : (RESULTS[answer.error.status] ?? 'refused'));
