import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The ledger: what came in, what has to happen, what went out. Tables that grow for ever are partitioned by
 * day on their snowflake id (which holds the time) or on a timestamp; `partitions.ts` makes and drops the days.
 */
export class Ledger1700000000002 implements MigrationInterface {
  readonly name = 'Ledger1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA federation;
      CREATE SCHEMA events;
      CREATE SCHEMA keys;

      CREATE TABLE federation.inbound (
        id bigint NOT NULL,
        activity_id text,
        activity_type text NOT NULL,
        actor_uri text NOT NULL,
        signer_host text NOT NULL,
        body text NOT NULL,
        trace text,
        state text NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'applied', 'ignored', 'dead')),
        attempts smallint NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        reason text,
        received_at timestamptz NOT NULL DEFAULT now(),
        applied_at timestamptz,
        PRIMARY KEY (id)
      ) PARTITION BY RANGE (id);
      CREATE INDEX inbound_waiting ON federation.inbound (next_attempt_at) WHERE state = 'stored';
      CREATE INDEX inbound_dead ON federation.inbound (id DESC) WHERE state = 'dead';

      CREATE TABLE federation.receipts (
        signer_host text NOT NULL,
        activity_id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (signer_host, activity_id)
      );
      CREATE INDEX receipts_created ON federation.receipts (created_at);

      CREATE TABLE federation.remote_keys (
        key_id text PRIMARY KEY,
        owner_uri text NOT NULL,
        public_key_pem text NOT NULL,
        fetched_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX remote_keys_owner ON federation.remote_keys (owner_uri);

      -- The fields of domain's HostState.
      CREATE TABLE federation.hosts (
        host text PRIMARY KEY,
        consecutive_failures integer NOT NULL DEFAULT 0,
        paused_until timestamptz,
        failure_days integer NOT NULL DEFAULT 0,
        last_failure_day integer,
        unavailable_since timestamptz,
        last_reason text,
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX hosts_changed ON federation.hosts (updated_at);

      -- One body an activity, one row a chunk of inboxes; a row per inbox only for what failed.
      CREATE TABLE federation.delivery_bodies (
        id bigint NOT NULL,
        activity_id text NOT NULL,
        sender_account_id bigint NOT NULL,
        body text NOT NULL,
        trace text,
        PRIMARY KEY (id)
      ) PARTITION BY RANGE (id);

      CREATE TABLE federation.delivery_chunks (
        id bigint NOT NULL,
        body_id bigint NOT NULL,
        inboxes text[] NOT NULL,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done')),
        not_before timestamptz NOT NULL DEFAULT now(),
        attempts smallint NOT NULL DEFAULT 0,
        done_at timestamptz,
        PRIMARY KEY (id)
      ) PARTITION BY RANGE (id);
      CREATE INDEX delivery_chunks_due ON federation.delivery_chunks (not_before) WHERE state = 'pending';

      CREATE TABLE federation.delivery_retries (
        id bigint NOT NULL,
        body_id bigint NOT NULL,
        inbox text NOT NULL,
        host text NOT NULL,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'dead')),
        attempts smallint NOT NULL DEFAULT 1,
        not_before timestamptz NOT NULL,
        last_status smallint,
        last_reason text,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        PRIMARY KEY (id)
      ) PARTITION BY RANGE (id);
      CREATE INDEX delivery_retries_due ON federation.delivery_retries (not_before) WHERE state = 'pending';
      CREATE INDEX delivery_retries_host ON federation.delivery_retries (host, id) WHERE state = 'pending';
      CREATE INDEX delivery_retries_dead ON federation.delivery_retries (id DESC) WHERE state = 'dead';
      CREATE INDEX delivery_retries_body ON federation.delivery_retries (body_id, inbox);

      CREATE TABLE events.outbox (
        id bigint NOT NULL,
        event_id uuid NOT NULL,
        subject text NOT NULL,
        payload jsonb NOT NULL,
        trace text,
        created_at timestamptz NOT NULL DEFAULT now(),
        published_at timestamptz,
        announced smallint NOT NULL DEFAULT 0,
        settled_at timestamptz,
        PRIMARY KEY (id)
      ) PARTITION BY RANGE (id);
      CREATE INDEX outbox_unpublished ON events.outbox (id) WHERE published_at IS NULL;
      CREATE INDEX outbox_unsettled ON events.outbox (published_at) WHERE settled_at IS NULL;

      CREATE TABLE events.done (
        event_id uuid NOT NULL,
        consumer text NOT NULL,
        done_at timestamptz NOT NULL DEFAULT now()
      ) PARTITION BY RANGE (done_at);
      CREATE INDEX done_event ON events.done (event_id, consumer);

      CREATE TABLE events.dead (
        id bigint PRIMARY KEY,
        event_id uuid,
        subject text NOT NULL,
        consumer text NOT NULL,
        payload text NOT NULL,
        reason text NOT NULL,
        attempts smallint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        replayed_at timestamptz
      );
      -- Parking may be repeated: an event by its id, what could not be read by its text.
      CREATE UNIQUE INDEX dead_event ON events.dead (event_id, consumer) WHERE event_id IS NOT NULL;
      CREATE UNIQUE INDEX dead_poison ON events.dead (consumer, md5(payload)) WHERE event_id IS NULL;

      -- A row stands while a message runs that may have ended the process before.
      CREATE TABLE events.suspects (
        event_id uuid NOT NULL,
        consumer text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (event_id, consumer)
      );

      -- Leases stand in for session locks, which PgBouncer in transaction mode would break.
      CREATE TABLE events.leases (
        name text PRIMARY KEY,
        holder uuid NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE TABLE events.workers (
        worker smallint PRIMARY KEY CHECK (worker BETWEEN 0 AND 1023),
        holder uuid NOT NULL,
        expires_at timestamptz NOT NULL
      );

      CREATE TABLE keys.account_keys (
        account_id bigint PRIMARY KEY,
        public_key_pem text NOT NULL,
        private_key_sealed text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE keys.instance_key (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        public_key_pem text NOT NULL,
        private_key_sealed text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA keys CASCADE; DROP SCHEMA events CASCADE; DROP SCHEMA federation CASCADE');
  }
}
