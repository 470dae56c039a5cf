import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Those who sign in, what they are told, and who decides. */
export class People1700000000003 implements MigrationInterface {
  readonly name = 'People1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA identity;
      CREATE SCHEMA timeline;
      CREATE SCHEMA moderation;
      CREATE SCHEMA media;

      CREATE TABLE identity.users (
        id bigint PRIMARY KEY,
        account_id bigint NOT NULL UNIQUE,
        email text NOT NULL,
        password_hash text NOT NULL,
        role text NOT NULL DEFAULT 'User' CHECK (role IN ('User', 'Moderator', 'Admin', 'Owner')),
        locale text NOT NULL DEFAULT 'en',
        confirmed_at timestamptz,
        confirmation_token_hash text UNIQUE,
        confirmation_sent_at timestamptz,
        approved boolean NOT NULL DEFAULT true,
        disabled boolean NOT NULL DEFAULT false,
        reason text,
        default_visibility text NOT NULL DEFAULT 'public',
        default_sensitive boolean NOT NULL DEFAULT false,
        default_language text,
        created_by_app_id bigint,
        sign_up_ip inet,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_active_at timestamptz
      );
      CREATE UNIQUE INDEX users_email ON identity.users (lower(email));
      CREATE INDEX users_pending ON identity.users (id) WHERE NOT approved;

      CREATE TABLE identity.apps (
        id bigint PRIMARY KEY,
        client_id text NOT NULL UNIQUE,
        client_secret_hash text NOT NULL,
        name text NOT NULL,
        website text,
        redirect_uris text[] NOT NULL,
        scopes text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE identity.grants (
        code_hash text PRIMARY KEY,
        app_id bigint NOT NULL,
        user_id bigint NOT NULL,
        redirect_uri text NOT NULL,
        scopes text NOT NULL,
        code_challenge text,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      );

      CREATE TABLE identity.tokens (
        id bigint PRIMARY KEY,
        token_hash text NOT NULL UNIQUE,
        app_id bigint NOT NULL,
        user_id bigint,
        grant_code_hash text,
        scopes text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz
      );
      CREATE INDEX tokens_user ON identity.tokens (user_id) WHERE revoked_at IS NULL;
      CREATE INDEX tokens_grant ON identity.tokens (grant_code_hash) WHERE grant_code_hash IS NOT NULL;

      CREATE TABLE identity.sessions (
        id_hash text PRIMARY KEY,
        user_id bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        user_agent text
      );
      CREATE INDEX sessions_user ON identity.sessions (user_id);
      CREATE INDEX sessions_expired ON identity.sessions (expires_at);
      CREATE INDEX grants_expired ON identity.grants (expires_at);

      CREATE TABLE timeline.notifications (
        id bigint PRIMARY KEY,
        account_id bigint NOT NULL,
        type text NOT NULL,
        from_account_id bigint NOT NULL,
        status_id bigint,
        report_id bigint,
        -- Names the fact notified of (a follow's id, a favourite's id, …): the same fact notifies once.
        fact text NOT NULL,
        dismissed_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (account_id, type, fact)
      );
      CREATE INDEX notifications_account ON timeline.notifications (account_id, id DESC) WHERE dismissed_at IS NULL;
      CREATE INDEX notifications_status ON timeline.notifications (status_id) WHERE status_id IS NOT NULL;

      CREATE TABLE timeline.markers (
        account_id bigint NOT NULL,
        timeline text NOT NULL CHECK (timeline IN ('home', 'notifications')),
        last_read_id bigint NOT NULL,
        version integer NOT NULL DEFAULT 1,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (account_id, timeline)
      );

      CREATE TABLE moderation.version (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        version bigint NOT NULL DEFAULT 1
      );
      INSERT INTO moderation.version (version) VALUES (1);

      CREATE TABLE moderation.domain_rules (
        id bigint PRIMARY KEY,
        domain text NOT NULL UNIQUE,
        severity text NOT NULL CHECK (severity IN ('noop', 'silence', 'suspend')),
        reject_media boolean NOT NULL DEFAULT false,
        reject_reports boolean NOT NULL DEFAULT false,
        private_comment text,
        public_comment text,
        obfuscate boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE moderation.domain_allows (
        id bigint PRIMARY KEY,
        domain text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE moderation.server_rules (
        id bigint PRIMARY KEY,
        text text NOT NULL,
        hint text NOT NULL DEFAULT '',
        priority integer NOT NULL DEFAULT 0,
        deleted_at timestamptz
      );
      CREATE TABLE moderation.settings (
        key text PRIMARY KEY,
        value jsonb NOT NULL
      );
      CREATE TABLE moderation.reports (
        id bigint PRIMARY KEY,
        account_id bigint NOT NULL,
        target_account_id bigint NOT NULL,
        status_ids bigint[] NOT NULL DEFAULT '{}',
        rule_ids bigint[] NOT NULL DEFAULT '{}',
        comment text NOT NULL DEFAULT '',
        category text NOT NULL DEFAULT 'other',
        forwarded boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        action_taken_at timestamptz,
        action_taken_by_account_id bigint,
        assigned_account_id bigint
      );
      CREATE INDEX reports_open ON moderation.reports (id DESC) WHERE action_taken_at IS NULL;
      CREATE INDEX reports_target ON moderation.reports (target_account_id, id DESC);
      CREATE TABLE moderation.audit (
        id bigint PRIMARY KEY,
        account_id bigint,
        action text NOT NULL,
        target text NOT NULL,
        details jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP SCHEMA media CASCADE; DROP SCHEMA moderation CASCADE; DROP SCHEMA timeline CASCADE; DROP SCHEMA identity CASCADE',
    );
  }
}
