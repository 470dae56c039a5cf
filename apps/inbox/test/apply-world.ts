import { randomInt } from 'node:crypto';
import { Module } from '@nestjs/common';
import { fail, type AccountId, type Snowflake } from '@trunkline/kernel';
import { RelayStore } from '@trunkline/persistence';
import { runWithTrace, withBackbone } from '@trunkline/platform';
import { fetchKey, KeyBook, KeyLane, type AccountProfile } from '@trunkline/social';
import { freePort, startTestServer, type TestPerson, type TestServer } from '@trunkline/testing';
import { applyActivity } from '../src/apply-activity/apply-activity.js';
import { ActivityApplier } from '../src/apply-activity/apply-batch.js';
import { applyTogether, type TogetherPorts } from '../src/apply-activity/apply-together.js';

@Module({})
class NoModule {}

const never = new AbortController().signal;
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

/** An activity. `signed`: it vouches for itself, so that it may be passed on. */
export interface Told {
  readonly actor: Stranger;
  readonly type: string;
  readonly object: unknown;
  readonly id?: string;
  /** The emoji of a reaction, and its picture. */
  readonly content?: string;
  readonly tag?: unknown;
  readonly signed?: boolean;
}

/** Somebody of another server who is known here. */
export interface Stranger {
  readonly id: AccountId;
  readonly uri: string;
  readonly host: string;
}

/** The applying half alone on a real database: rows are stored without a bell, and applied when the test says so. */
export class ApplyWorld {
  private counter = 0;

  private constructor(
    readonly server: TestServer,
    readonly alice: TestPerson,
  ) {}

  static async start(): Promise<ApplyWorld> {
    const server = await startTestServer({ port: await freePort(), service: { name: 'ledger', module: NoModule, ...withBackbone({ consumes: false }) } });
    return new ApplyWorld(server, await server.person('alice'));
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  get db() {
    return this.server.backbone.db;
  }

  /** One copy of the inbox. `together: false` applies everything one by one. `splits` gathers what could not go together, `alone` the types of what went one by one. */
  copy({ together = true, splits = [] as number[], alone = [] as string[] } = {}): ActivityApplier {
    const { ids, clock, policy, remote, settings, reports, remoteKeys, db, inbound } = this.server.backbone;
    const store = this.server.backbone.store.ofRemotes();
    const ports: TogetherPorts = {
      store, ids, clock, policy, settings, reports,
      // Nothing of these hosts can be read.
      remote: { ...remote, fetchObject: async () => fail({ code: 'not_found' }) },
      relays: new RelayStore(db),
      relayBook: { actors: async () => new Set(), isHost: async () => false },
      keys: remoteKeys,
      people: { fetch: async () => fail({ code: 'not_found' }) },
      signerKeys: new KeyBook({ rows: remoteKeys, lane: new KeyLane({ fetch: (keyId) => fetchKey(remote, keyId), clock }), clock }),
      mayReport: async () => true,
      mayForward: async () => true,
      later: () => undefined,
      behindTies: (rows, beside) => inbound.behindTies(rows, beside),
      settling: (work) => db.transaction((tx) => work(store.within(tx), (rows) => inbound.settleIn(tx, rows))),
    };
    return new ActivityApplier({
      inbound,
      apply: (row) => {
        alone.push(row.activityType);
        return runWithTrace(row.trace, () => applyActivity(ports, row));
      },
      applyTogether: together ? (rows) => applyTogether(ports, rows) : async () => new Map(),
      observe: () => undefined,
      onTrouble: () => undefined,
      onSplit: (rows) => splits.push(rows),
      onLeft: () => undefined,
    });
  }

  async stranger(name: string, host: string, { followed, actorType = 'Person' }: { readonly followed: boolean; readonly actorType?: AccountProfile['actorType'] }): Promise<Stranger> {
    const { store, ids } = this.server.backbone;
    const uri = `https://${host}/users/${name}`;
    const account = await store.transaction(async (tx) => {
      const made = await tx.upsertRemoteAccount({ ...profileOf(name, host), actorType }, { freshId: ids.next(), goesOn: false });
      if (followed) await tx.insertFollow({ id: ids.next(), accountId: this.alice.account.id, targetId: made.id, uri: null, showBoosts: true, notify: false, languages: null });
      return made;
    });
    return { id: account.id, uri, host };
  }

  /** Stores activities in this order. */
  async store(...activities: readonly Told[]): Promise<Snowflake[]> {
    const rows = activities.map(({ actor, type, object, id = `${actor.uri}/activities/${this.counter}`, content, tag, signed = false }) => {
      this.counter += 1;
      const rowId = this.server.backbone.ids.next();
      return {
        id: rowId, signatureHash: rowId, activityId: id, activityType: type, actorUri: actor.uri, signerHost: actor.host,
        body: JSON.stringify({ id, type, actor: actor.uri, object, content, tag, ...(signed ? { signature: { type: 'RsaSignature2017' } } : {}) }), trace: `00-${String(this.counter).padStart(32, '0')}-${'b'.repeat(16)}-01`,
      };
    });
    await this.server.backbone.inbound.accept(rows);
    return rows.map((row) => row.id);
  }

  /** With what no batch would wait for on a busy machine. */
  async apply(copy: ActivityApplier, ids: readonly Snowflake[]): Promise<void> {
    await copy.apply(ids, never);
    await copy.ended();
  }

  /** What became of the rows, in the order given. */
  async outcomes(ids: readonly Snowflake[]): Promise<string[]> {
    const rows = await this.db.query<{ id: Snowflake; state: string; reason: string | null }>('SELECT id, state, reason FROM federation.inbound WHERE id = ANY($1) LIMIT 1000', [ids]);
    const byId = new Map(rows.map(({ id, state, reason }) => [id, reason === null ? state : `${state}: ${reason}`]));
    return ids.map((id) => byId.get(id) ?? 'gone');
  }

  /** Everything that is left of the posts of these hosts, without what differs from run to run. */
  async state(hosts: readonly string[]): Promise<Record<string, unknown>> {
    const mine = hosts.map((host) => `https://${host}/%`);
    const at = (column: string): string => `${column} LIKE ANY ($1::text[])`;
    const read = (sql: string) => this.db.query(`${sql} LIMIT 1000`, [mine]);
    return {
      // Posts that answer each other in a ring have no first one: how they fall into conversations depends on who came when.
      statuses: await read(`
        SELECT s.uri, a.uri AS author, s.content, s.visibility, s.tags, s.in_reply_to_uri, p.uri AS parent, pa.uri AS "parentAuthor",
               CASE WHEN EXISTS (
                 WITH RECURSIVE up (id) AS (SELECT s.in_reply_to_id UNION SELECT above.in_reply_to_id FROM up JOIN social.statuses above ON above.id = up.id)
                 SELECT FROM up WHERE id IS NULL) THEN c.uri ELSE 'of a ring' END AS conversation,
               CASE WHEN s.edited_at > now() - interval '1 day' THEN 'now' ELSE s.edited_at::text END AS edited, s.deleted_at IS NOT NULL AS deleted, CASE WHEN s.deleted_at IS NULL THEN st.replies_count END AS replies,
               CASE WHEN s.deleted_at IS NULL THEN st.favourites_count || ' ' || st.boosts_count END AS reactions, b.uri AS boosted,
               (SELECT array_agg(m.account_id || ' ' || m.silent ORDER BY m.account_id) FROM social.mentions m WHERE m.status_id = s.id) AS mentions,
               (SELECT array_agg(t.tag ORDER BY t.tag) FROM social.status_tags t WHERE t.status_id = s.id) AS tagged,
               (SELECT count(*) FROM social.status_edits e WHERE e.status_id = s.id) AS edits
          FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id LEFT JOIN social.status_stats st ON st.status_id = s.id
          LEFT JOIN social.statuses p ON p.id = s.in_reply_to_id LEFT JOIN social.accounts pa ON pa.id = s.in_reply_to_account_id
          LEFT JOIN social.statuses c ON c.id = s.conversation_id LEFT JOIN social.statuses b ON b.id = s.boost_of_id
         WHERE ${at('s.uri')} ORDER BY s.uri`),
      // What is narrowed to a few people stood for more when it came, and the date of an account's last post does not step back.
      counts: await read(`
        SELECT a.uri, coalesce(st.statuses_count, 0) AS statuses,
               st.last_status_at IS NOT DISTINCT FROM (
                 SELECT max(s.created_at) FROM social.statuses s
                  WHERE s.account_id = a.id AND (s.visibility <> 'direct' OR EXISTS (
                    SELECT FROM events.outbox o WHERE o.subject = 'status.edited.v1' AND (o.payload->>'statusId')::bigint = s.id AND o.payload->>'narrowedFrom' IS NOT NULL))) AS dated
          FROM social.accounts a LEFT JOIN social.account_stats st ON st.account_id = a.id WHERE ${at('a.uri')} ORDER BY a.uri`),
      favourites: await read(`
        SELECT a.uri AS actor, s.uri AS status, f.uri FROM social.favourites f JOIN social.accounts a ON a.id = f.account_id JOIN social.statuses s ON s.id = f.status_id
         WHERE ${at('a.uri')} ORDER BY 1, 2`),
      people: await read(`
        SELECT a.uri, a.display_name, a.locked, a.followers_url, a.deleted_at IS NOT NULL AS deleted,
               (SELECT array_agg(k.key_id ORDER BY k.key_id) FROM federation.remote_keys k WHERE k.owner_uri = a.uri) AS keys
          FROM social.accounts a WHERE ${at('a.uri')} ORDER BY a.uri`),
      follows: await read(`
        SELECT a.uri AS follower, t.username AS target, f.uri, f.state FROM (
          SELECT account_id, target_account_id, uri, 'stands' AS state FROM social.follows
          UNION ALL SELECT account_id, target_account_id, uri, 'waits' FROM social.follow_requests) AS f
          JOIN social.accounts a ON a.id = f.account_id JOIN social.accounts t ON t.id = f.target_account_id
         WHERE ${at('a.uri')} ORDER BY 1, 2`),
      polls: await read(`
        SELECT s.uri, p.options, p.votes, p.voters_count FROM social.polls p JOIN social.statuses s ON s.id = p.status_id WHERE ${at('s.uri')} ORDER BY s.uri`),
      reactions: await read(`
        SELECT a.uri AS actor, s.uri AS status, r.name, r.uri, c.url FROM social.status_reactions r JOIN social.accounts a ON a.id = r.account_id JOIN social.statuses s ON s.id = r.status_id
          LEFT JOIN social.reaction_counts c ON c.status_id = r.status_id AND c.name = r.name
         WHERE ${at('a.uri')} ORDER BY 1, 2, 3`),
      miscounted: await this.db.query(`
        SELECT c.status_id FROM social.reaction_counts c WHERE c.count <> (SELECT count(*) FROM social.status_reactions r WHERE r.status_id = c.status_id AND r.name = c.name) LIMIT 10`),
      votes: await read(`
        SELECT a.uri AS voter, s.uri AS poll, v.choice, v.uri FROM social.poll_votes v JOIN social.accounts a ON a.id = v.account_id JOIN social.statuses s ON s.id = v.status_id
         WHERE ${at('a.uri')} ORDER BY 1, 2, 3`),
      quotes: await read(`
        SELECT s.uri, s.quote_policy, q.quoted_uri, q.state FROM social.statuses s LEFT JOIN social.quotes q ON q.status_id = s.id WHERE ${at('s.uri')} ORDER BY s.uri`),
      followEvents: await read(`
        SELECT o.subject, a.uri, o.payload->>'again' AS again, o.payload->>'followUri' AS "followUri", count(*) AS times
          FROM events.outbox o JOIN social.accounts a ON a.id = (o.payload->>'followerId')::bigint
         WHERE ${at('a.uri')} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`),
      blocks: await read(`
        SELECT a.uri AS blocker, t.username AS target, b.uri FROM social.blocks b JOIN social.accounts a ON a.id = b.account_id JOIN social.accounts t ON t.id = b.target_account_id
         WHERE ${at('a.uri')} ORDER BY 1, 2`),
      followed: await read(`
        SELECT a.username AS follower, t.uri AS target FROM social.follows f JOIN social.accounts a ON a.id = f.account_id JOIN social.accounts t ON t.id = f.target_account_id
         WHERE ${at('t.uri')} ORDER BY 1, 2`),
      blockEvents: await read(`
        SELECT o.subject, a.uri, CASE WHEN o.subject <> 'follow.rejected.v1' THEN o.payload->>'targetId' END AS target, count(*) AS times
          FROM events.outbox o JOIN social.accounts a ON a.id = (CASE WHEN o.subject = 'follow.rejected.v1' THEN o.payload->>'targetId' ELSE o.payload->>'accountId' END)::bigint
         WHERE ${at('a.uri')} AND o.subject IN ('account.blocked.v1', 'account.unblocked.v1', 'account.deleted.v1', 'follow.rejected.v1') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`),
      // Repeats tell the same again under another row, or do not; of Creates it is only the first that is passed on by a batch.
      forwards: await read(`
        SELECT DISTINCT i.activity_type, i.actor_uri, o.payload->'senderIds' AS senders, coalesce(i.body::jsonb #>> '{object,id}', i.body::jsonb ->> 'object') AS about
          FROM events.outbox o JOIN federation.inbound i ON i.id = (o.payload->>'inboundId')::bigint
         WHERE ${at('i.actor_uri')} AND i.activity_type <> 'Create' ORDER BY 1, 2, 3, 4`),
      // Of each event the activity by which it came about.
      causes: await read(`
        SELECT o.subject, i.activity_type, count(*) AS times
          FROM events.outbox o JOIN federation.inbound i ON split_part(i.trace, '-', 2) = split_part(o.trace, '-', 2) WHERE ${at('i.actor_uri')} AND o.subject <> 'status.forwarded.v1' GROUP BY 1, 2 ORDER BY 1, 2`),
      narrowed: await read(`
        SELECT s.uri, o.payload->>'narrowedFrom' AS from, o.payload->'droppedIds' AS dropped FROM events.outbox o JOIN social.statuses s ON s.id = (o.payload->>'statusId')::bigint
         WHERE ${at('s.uri')} AND o.subject = 'status.edited.v1' ORDER BY s.uri, o.id`),
      tombstones: await read(`SELECT uri, actor_uri FROM social.tombstones WHERE ${at('uri')} ORDER BY uri, actor_uri`),
      events: await read(`
        SELECT o.subject, s.uri, count(*) AS times FROM events.outbox o JOIN social.statuses s ON s.id = (o.payload->>'statusId')::bigint
         WHERE ${at('s.uri')} GROUP BY 1, 2 ORDER BY 1, 2`),
    };
  }
}

/** A post as its author's server would send it. */
export const noteOf = (author: Stranger, id: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> & { id: string } => ({
  id,
  type: 'Note',
  attributedTo: author.uri,
  content: '<p>hello</p>',
  to: [PUBLIC],
  cc: [`${author.uri}/followers`],
  // Ids hold this time, and have 65,536 places in a millisecond: tests shall not meet each other there.
  published: new Date(Date.UTC(2026, 1, 1) - randomInt(30 * 86_400_000)).toISOString(),
  ...more,
});

const profileOf = (username: string, host: string): AccountProfile => {
  const uri = `https://${host}/users/${username}`;
  return {
    username, domain: host, uri, url: uri, displayName: username, note: '', fields: [], emojis: [], avatarUrl: null, headerUrl: null, actorType: 'Person',
    locked: false, discoverable: true, indexable: false, hideCollections: null, memorial: false, inboxUrl: `${uri}/inbox`, sharedInboxUrl: null, outboxUrl: null,
    followersUrl: `${uri}/followers`, followingUrl: null, featuredUrl: null, alsoKnownAs: [], movedToUri: null,
    createdAt: new Date('2026-01-01T00:00:00Z'), fetchedAt: new Date(),
  };
};
