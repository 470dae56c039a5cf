import { ScriptedRemote, startTestServer, until, type JsonObject, type ScriptedPerson, type TestPerson, type TestServer, type TestServerOptions } from '../src/index.js';

/** How an activity ended: `applied`, `ignored: why`, `stored: why` while it is tried again. */
type End = string;

/** One server, and three others: one that lies, one that it lies about, and people of both. */
export class HostileStage {
  readonly eve: ScriptedPerson;
  readonly vic: ScriptedPerson;

  private constructor(
    readonly server: TestServer,
    readonly evil: ScriptedRemote,
    readonly victim: ScriptedRemote,
    readonly alice: TestPerson,
    readonly bob: TestPerson,
  ) {
    this.eve = evil.person;
    this.vic = victim.person;
  }

  static async start(options: TestServerOptions = {}): Promise<HostileStage> {
    const [evil, victim] = [await ScriptedRemote.start({ name: 'eve' }), await ScriptedRemote.start({ name: 'vic' })];
    const server = await startTestServer({ ...options, peers: [evil.host, victim.host, ...(options.peers ?? [])] });
    return new HostileStage(server, evil, victim, await server.person('alice'), await server.person('bob'));
  }

  get inbox(): string {
    return `http://${this.server.domain}/inbox`;
  }

  /** Whose remote it is. */
  remoteOf(person: ScriptedPerson): ScriptedRemote {
    return person.baseUrl === this.evil.baseUrl ? this.evil : this.victim;
  }

  /** The status of the answer. */
  async send(as: ScriptedPerson, activity: JsonObject, inbox = this.inbox): Promise<number> {
    return (await this.remoteOf(as).sendActivity(inbox, activity, { as })).status;
  }

  /** Sends, waits until it was worked on once, and says how it ended. @throws Error unless it was taken */
  async apply(as: ScriptedPerson, activity: JsonObject): Promise<End> {
    const status = await this.send(as, activity);
    if (status !== 202) throw new Error(`answered ${status}`);
    return this.endOf(activity['id']);
  }

  /** @throws Error unless it was applied */
  async mustApply(as: ScriptedPerson, activity: JsonObject): Promise<void> {
    const end = await this.apply(as, activity);
    if (end !== 'applied') throw new Error(`${String(activity['type'])} was ${end}`);
  }

  /** `unstored` when there is no row at all. */
  async endOf(activityId: unknown): Promise<End> {
    return until(`the end of ${String(activityId)}`, async () => {
      const [row] = await this.server.backbone.db.query<{ state: string; reason: string | null }>(
        'SELECT state, reason FROM federation.inbound WHERE activity_id = $1 ORDER BY id DESC LIMIT 1',
        [activityId],
      );
      if (row === undefined) return 'unstored';
      if (row.state === 'stored' && row.reason === null) return null;
      return row.reason === null ? row.state : `${row.state}: ${row.reason}`;
    });
  }

  /** Whether the ledger has anything with this id, applied or not. */
  async isStored(activityId: unknown): Promise<boolean> {
    return (await this.count('federation.inbound', 'activity_id = $1', [activityId])) > 0;
  }

  async count(table: string, condition = 'true', params: unknown[] = []): Promise<number> {
    const [row] = await this.server.backbone.db.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table} WHERE ${condition}`, params);
    return row?.count ?? 0;
  }

  async status(uri: string) {
    return (await this.server.backbone.store.statusesByUris([uri]))[0];
  }

  async account(uri: string) {
    return (await this.server.backbone.store.accountsByUris([uri]))[0];
  }

  /** Makes the server know somebody. */
  async meet(person: ScriptedPerson) {
    const found = await this.alice.api.get<{ accounts: { id: string }[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(person.handle)}`);
    const account = await this.account(person.id);
    if (found.accounts.length !== 1 || account === undefined) throw new Error(`${person.handle} was not found`);
    return account;
  }

  /** `who` follows somebody elsewhere, who lets them in. */
  async follow(who: TestPerson, person: ScriptedPerson): Promise<void> {
    const target = await this.meet(person);
    await who.api.post(`/api/v1/accounts/${target.id}/follow`);
    const remote = this.remoteOf(person);
    const { activity } = await remote.untilPost('a Follow', (post) => post.type === 'Follow' && post.activity?.['object'] === person.id && post.activity['actor'] === who.account.uri);
    await this.mustApply(person, person.activity('Accept', activity));
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await Promise.all([this.evil.stop(), this.victim.stop()]);
  }
}
