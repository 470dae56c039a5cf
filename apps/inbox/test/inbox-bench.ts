import type { Status } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import { withBackbone } from '@trunkline/platform';
import { acceptFollow, followAccount, publishStatus, resolveAccount, type StatusDraft } from '@trunkline/social';
import { freePort, startTestServer, until, type TestPerson, type TestServer } from '@trunkline/testing';
import { InboxModule } from '../src/index.js';
import { deliver, ScriptedPeer, type Answer, type PeerActor } from './scripted-peer.js';

interface LedgerRow {
  readonly id: Snowflake;
  readonly state: string;
  readonly reason: string | null;
}

const READ_EVERY_MS = 50;

/** The inbox alone, on real stores, and two other servers that send to it. What it wants read in the name of a person is refused in place of the outbox. */
export class InboxBench {
  private refusing: NodeJS.Timeout | null = null;
  /** How often what was sent. */
  private readonly sent = new Map<string, number>();
  private constructor(
    readonly server: TestServer,
    readonly peer: ScriptedPeer,
    readonly other: ScriptedPeer,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<InboxBench> {
    const [peer, other] = [await ScriptedPeer.start(), await ScriptedPeer.start()];
    const starting = startTestServer({
      port: await freePort(),
      peers: [peer.host, other.host],
      env,
      service: { name: 'inbox', module: InboxModule, ...withBackbone({ consumes: true, chores: ['inbound'] }) },
    });
    // Listening peers would keep a failed run from ending.
    await starting.catch(() => Promise.all([peer.stop(), other.stop()]));
    const server = await starting;
    const bench = new InboxBench(server, peer, other);
    bench.refusing = setInterval(() => void bench.refuseReadings().catch(() => undefined), READ_EVERY_MS);
    return bench;
  }

  /** From now on nobody answers what is to be read in the name of a person. */
  leaveReadings(): void {
    if (this.refusing !== null) clearInterval(this.refusing);
  }

  async stop(): Promise<void> {
    this.leaveReadings();
    await this.server.stop();
    await Promise.all([this.peer.stop(), this.other.stop()]);
  }

  get address(): { domain: string; port: number } {
    return { domain: this.server.domain, port: this.server.service.port };
  }

  send(as: Pick<PeerActor, 'keyId' | 'privateKey'>, activity: unknown): Promise<Answer> {
    // Said again within a second it would be the very same request, which is taken once.
    const text = JSON.stringify(activity);
    const times = this.sent.get(text) ?? 0;
    this.sent.set(text, times + 1);
    return deliver(this.address, as, activity, new Date(Date.now() + 1_000 * times));
  }

  /** Sends, waits until it is applied, and says what became of it: `applied`, or `ignored: reason`. */
  async apply(as: PeerActor, activity: Record<string, unknown> & { id: string }): Promise<string> {
    const before = (await this.rows(activity.id)).length;
    const { status, body } = await this.send(as, activity);
    if (status !== 202) throw new Error(`${status} ${body}`);
    const row = await until(`${String(activity['type'])} to be applied`, async () => {
      const last = (await this.rows(activity.id))[before];
      return last !== undefined && (last.state !== 'stored' || last.reason !== null) ? last : null;
    });
    return row.reason === null ? row.state : `${row.state}: ${row.reason}`;
  }

  /** Rows of the ledger for an activity id, oldest first. */
  rows(activityId: string): Promise<LedgerRow[]> {
    return this.server.backbone.db.query('SELECT id, state, reason FROM federation.inbound WHERE activity_id = $1 ORDER BY id LIMIT 100', [
      activityId,
    ]);
  }

  /** How many events of this subject were written since the start. */
  async events(subject: string): Promise<number> {
    const [row] = await this.server.backbone.db.query<{ n: number }>('SELECT count(*)::int AS n FROM events.outbox WHERE subject = $1', [subject]);
    return row?.n ?? 0;
  }

  async account(uri: string) {
    return (await this.server.backbone.store.accountsByUris([uri]))[0];
  }

  async status(uri: string): Promise<Status | undefined> {
    return (await this.server.backbone.store.statusesByUris([uri]))[0];
  }

  private async refuseReadings(): Promise<void> {
    const { personalReadings } = this.server.backbone;
    for (const reading of await personalReadings.claim({ limit: 8, leaseSeconds: 60, exceptDomains: [] })) {
      await personalReadings.answer(reading, { state: 'refused', reason: 'not_found' });
    }
  }

  /** A post of somebody here. */
  async publish(author: TestPerson, draft: Partial<StatusDraft> = {}): Promise<Status> {
    const made = await publishStatus(this.server.backbone, author.account, {
      text: 'hello', spoilerText: '', sensitive: false, visibility: 'public', language: null, inReplyToId: null, application: null, idempotencyKey: null,
      ...draft,
    });
    if (!made.ok) throw new Error(made.error.code);
    return made.value;
  }

  /** Somebody here follows somebody there, and is let in. */
  async follows(person: TestPerson, actor: PeerActor): Promise<void> {
    const target = await resolveAccount(this.server.backbone, actor.uri);
    if (!target.ok) throw new Error(`${target.error.code} ${target.error.detail ?? ''}`);
    await followAccount(this.server.backbone, person.account, target.value);
    await acceptFollow(this.server.backbone, person.account.id, target.value.id);
  }
}
