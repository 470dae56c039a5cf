import type { EventContract } from '@trunkline/contracts';
import type { Account, Status } from '@trunkline/domain';
import type { Database, Queryable } from '@trunkline/persistence';
import type { Backbone } from '@trunkline/platform';
import { followAccount, newLocalAccount, publishStatus, type NewStatus, type StatusDraft } from '@trunkline/social';
import type { TestPerson, TestServer } from '@trunkline/testing';
import { PlanDeliveryAdapter } from '../src/plan-delivery/plan-delivery.adapter.js';
import type { PlanRule, Told } from '../src/plan-delivery/plan.js';

/** Somebody of a server that nothing is ever sent to. */
export async function stranger({ backbone: { ids, store } }: TestServer, host: string, name = 'away'): Promise<Account> {
  const id = ids.next();
  const made = newLocalAccount({ id, username: name, baseUrl: `https://${host}`, now: new Date() });
  return store.transaction((tx) => tx.upsertRemoteAccount({ ...made, domain: host, fetchedAt: new Date() }, { freshId: id, goesOn: false }));
}

/** What they wrote. */
export async function strangersPost({ backbone: { ids, store } }: TestServer, author: Account): Promise<Status> {
  const id = ids.next();
  const written: NewStatus = {
    id,
    accountId: author.id,
    uri: `${author.uri}/notes/${id}`,
    url: `${author.uri}/notes/${id}`,
    local: false,
    content: '<p>hello</p>',
    text: null,
    spoilerText: '',
    sensitive: false,
    visibility: 'public',
    language: null,
    inReplyToId: null,
    inReplyToAccountId: null,
    inReplyToUri: null,
    boostOfId: null,
    conversationId: id,
    conversationUri: null,
    applicationName: null,
    applicationWebsite: null,
    media: [],
    emojis: [],
    mentions: [],
    tags: [],
    poll: null,
    quotePolicy: { automatic: ['public'], manual: [] },
    createdAt: new Date(),
  };
  const saved = await store.transaction((tx) => tx.insertStatus(written));
  const [status] = saved === null ? [] : await store.statusesByIds([saved]);
  if (status === undefined) throw new Error('the post was not taken');
  return status;
}

export async function post({ backbone }: TestServer, author: TestPerson, text: string, more: Partial<StatusDraft> = {}): Promise<Status> {
  const draft = { text, visibility: 'public' as const, inReplyToId: null, spoilerText: '', sensitive: false, language: null, application: null, idempotencyKey: null, ...more };
  const made = await publishStatus(backbone, author.account, draft);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

export const followed = ({ backbone }: TestServer, person: TestPerson, by: Account) =>
  followAccount(backbone, by, person.account, { uri: `${by.uri}#follow-${person.account.id}` });

/** What was written down to be told under a contract, the oldest first. */
export async function eventsOf<C extends EventContract>({ backbone }: TestServer, contract: C): Promise<Told<C>[]> {
  const rows = await backbone.db.query<{ payload: unknown }>('SELECT payload FROM events.outbox WHERE subject = $1 ORDER BY id', [contract.subject]);
  return rows.map(({ payload }) => contract.schema.parse(payload) as Told<C>);
}

/** What is to be sent, in the order in which it was planned: type and id of each, and to how many inboxes. */
export async function planned({ backbone }: TestServer, about: string): Promise<{ readonly type: string; readonly id: string; readonly inboxes: number }[]> {
  return backbone.db.query(
    `SELECT b.body::jsonb ->> 'type' AS type, b.activity_id AS id, (SELECT sum(cardinality(c.inboxes))::int FROM federation.delivery_chunks c WHERE c.body_id = b.id) AS inboxes
       FROM federation.delivery_bodies b WHERE b.body LIKE '%' || $1 || '%' ORDER BY b.id`,
    [about],
  );
}

/** A planner that counts what it asks of the database, BEGIN and COMMIT included. */
export class CountedPlanner {
  readonly statements: string[] = [];
  private readonly adapter: PlanDeliveryAdapter;

  constructor({ backbone }: TestServer) {
    const { db } = backbone;
    const counted = (inner: Queryable): Queryable => ({
      query: (sql, params) => {
        // The relays in use are asked for once a second, whatever there is to plan.
        if (!sql.includes('federation.relays')) this.statements.push(sql);
        return inner.query(sql, params);
      },
    });
    const transaction = <T>(work: (tx: Queryable) => Promise<T>): Promise<T> => {
      this.statements.push('BEGIN');
      return db.transaction((tx) => work(counted(tx))).finally(() => this.statements.push('COMMIT'));
    };
    this.adapter = new PlanDeliveryAdapter({ ...backbone, db: { ...counted(db), transaction } as Database } satisfies Backbone);
  }

  /** @returns how many statements it took */
  async plan<C extends EventContract>(rule: PlanRule<C>, events: readonly Told<C>[]): Promise<number> {
    const before = this.statements.length;
    await this.adapter.planBatch(rule, events);
    return this.statements.length - before;
  }
}

