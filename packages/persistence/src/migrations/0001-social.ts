import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, statuses and ties between them. Ids are snowflakes made by the application. */
export class Social1700000000001 implements MigrationInterface {
  readonly name = 'Social1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA social;

      CREATE TABLE social.accounts (
        id bigint PRIMARY KEY,
        username text NOT NULL,
        domain text,
        uri text NOT NULL UNIQUE,
        url text NOT NULL,
        display_name text NOT NULL DEFAULT '',
        note text NOT NULL DEFAULT '',
        fields jsonb NOT NULL DEFAULT '[]',
        emojis jsonb NOT NULL DEFAULT '[]',
        avatar_url text,
        header_url text,
        actor_type text NOT NULL DEFAULT 'Person',
        locked boolean NOT NULL DEFAULT false,
        discoverable boolean,
        indexable boolean NOT NULL DEFAULT false,
        hide_collections boolean,
        memorial boolean NOT NULL DEFAULT false,
        inbox_url text NOT NULL,
        shared_inbox_url text,
        outbox_url text,
        followers_url text,
        following_url text,
        featured_url text,
        also_known_as text[] NOT NULL DEFAULT '{}',
        moved_to_uri text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        fetched_at timestamptz,
        silenced_at timestamptz,
        suspended_at timestamptz,
        deleted_at timestamptz
      );
      CREATE UNIQUE INDEX accounts_handle ON social.accounts (lower(username), coalesce(domain, ''));
      CREATE INDEX accounts_domain ON social.accounts (domain) WHERE domain IS NOT NULL;
      CREATE INDEX accounts_username_prefix ON social.accounts (lower(username) text_pattern_ops);
      CREATE INDEX accounts_display_name_prefix ON social.accounts (lower(display_name) text_pattern_ops);
      CREATE INDEX accounts_domain_prefix ON social.accounts (domain text_pattern_ops) WHERE domain IS NOT NULL;

      CREATE TABLE social.account_stats (
        account_id bigint PRIMARY KEY,
        followers_count bigint NOT NULL DEFAULT 0,
        following_count bigint NOT NULL DEFAULT 0,
        statuses_count bigint NOT NULL DEFAULT 0,
        last_status_at timestamptz
      ) WITH (fillfactor = 70);

      CREATE TABLE social.statuses (
        id bigint PRIMARY KEY,
        account_id bigint NOT NULL,
        uri text NOT NULL UNIQUE,
        url text NOT NULL,
        local boolean NOT NULL,
        content text NOT NULL DEFAULT '',
        text text,
        spoiler_text text NOT NULL DEFAULT '',
        sensitive boolean NOT NULL DEFAULT false,
        visibility text NOT NULL CHECK (visibility IN ('public', 'unlisted', 'private', 'direct')),
        language text,
        in_reply_to_id bigint,
        in_reply_to_account_id bigint,
        in_reply_to_uri text,
        boost_of_id bigint,
        conversation_id bigint NOT NULL,
        conversation_uri text,
        application_name text,
        application_website text,
        media jsonb NOT NULL DEFAULT '[]',
        emojis jsonb NOT NULL DEFAULT '[]',
        tags text[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL,
        edited_at timestamptz,
        deleted_at timestamptz
      );
      CREATE INDEX statuses_account ON social.statuses (account_id, id DESC) WHERE deleted_at IS NULL;
      -- Tombstones too: threads are walked through them, and their authors are told of Deletes.
      CREATE INDEX statuses_replies ON social.statuses (in_reply_to_id, id) WHERE in_reply_to_id IS NOT NULL;
      CREATE INDEX statuses_orphans ON social.statuses (in_reply_to_uri) WHERE in_reply_to_uri IS NOT NULL;
      CREATE UNIQUE INDEX statuses_boost ON social.statuses (boost_of_id, account_id) WHERE boost_of_id IS NOT NULL AND deleted_at IS NULL;
      CREATE INDEX statuses_boosts_of ON social.statuses (boost_of_id, id DESC) WHERE boost_of_id IS NOT NULL;
      CREATE INDEX statuses_public ON social.statuses (id DESC)
        WHERE visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL;
      CREATE INDEX statuses_public_local ON social.statuses (id DESC)
        WHERE visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL AND local;
      CREATE INDEX statuses_public_media ON social.statuses (id DESC)
        WHERE visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL AND media <> '[]'::jsonb;
      CREATE INDEX statuses_conversation ON social.statuses (conversation_uri) WHERE conversation_uri IS NOT NULL;

      CREATE TABLE social.status_stats (
        status_id bigint PRIMARY KEY,
        replies_count bigint NOT NULL DEFAULT 0,
        boosts_count bigint NOT NULL DEFAULT 0,
        favourites_count bigint NOT NULL DEFAULT 0
      ) WITH (fillfactor = 70);

      CREATE TABLE social.status_edits (
        id bigint PRIMARY KEY,
        status_id bigint NOT NULL,
        content text NOT NULL,
        text text,
        spoiler_text text NOT NULL,
        sensitive boolean NOT NULL,
        media jsonb NOT NULL,
        emojis jsonb NOT NULL,
        created_at timestamptz NOT NULL
      );
      CREATE INDEX status_edits_status ON social.status_edits (status_id, id);

      CREATE TABLE social.mentions (
        status_id bigint NOT NULL,
        account_id bigint NOT NULL,
        silent boolean NOT NULL DEFAULT false,
        PRIMARY KEY (status_id, account_id)
      );
      CREATE INDEX mentions_account ON social.mentions (account_id, status_id DESC);

      CREATE TABLE social.status_tags (
        tag text NOT NULL,
        status_id bigint NOT NULL,
        PRIMARY KEY (tag, status_id)
      );
      CREATE INDEX status_tags_status ON social.status_tags (status_id);

      CREATE TABLE social.tombstones (
        uri text PRIMARY KEY,
        actor_uri text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX tombstones_created ON social.tombstones (created_at);

      CREATE TABLE social.follows (
        account_id bigint NOT NULL,
        target_account_id bigint NOT NULL,
        id bigint NOT NULL UNIQUE,
        uri text,
        show_boosts boolean NOT NULL DEFAULT true,
        notify boolean NOT NULL DEFAULT false,
        languages text[],
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (account_id, target_account_id)
      );
      CREATE INDEX follows_target ON social.follows (target_account_id, account_id);
      CREATE INDEX follows_target_id ON social.follows (target_account_id, id DESC);
      CREATE INDEX follows_account_id ON social.follows (account_id, id DESC);

      CREATE TABLE social.follow_requests (
        account_id bigint NOT NULL,
        target_account_id bigint NOT NULL,
        id bigint NOT NULL UNIQUE,
        uri text,
        show_boosts boolean NOT NULL DEFAULT true,
        notify boolean NOT NULL DEFAULT false,
        languages text[],
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (account_id, target_account_id)
      );
      CREATE INDEX follow_requests_target ON social.follow_requests (target_account_id, id DESC);

      CREATE TABLE social.favourites (
        account_id bigint NOT NULL,
        status_id bigint NOT NULL,
        id bigint NOT NULL UNIQUE,
        uri text,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (account_id, status_id)
      );
      CREATE INDEX favourites_status ON social.favourites (status_id, id DESC);
      CREATE INDEX favourites_account ON social.favourites (account_id, id DESC);

      CREATE TABLE social.bookmarks (
        account_id bigint NOT NULL,
        status_id bigint NOT NULL,
        id bigint NOT NULL UNIQUE,
        PRIMARY KEY (account_id, status_id)
      );
      CREATE INDEX bookmarks_account ON social.bookmarks (account_id, id DESC);
      CREATE INDEX bookmarks_status ON social.bookmarks (status_id);

      CREATE TABLE social.blocks (
        account_id bigint NOT NULL,
        target_account_id bigint NOT NULL,
        id bigint NOT NULL UNIQUE,
        uri text,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (account_id, target_account_id)
      );
      CREATE INDEX blocks_target ON social.blocks (target_account_id, account_id);

      CREATE TABLE social.mutes (
        account_id bigint NOT NULL,
        target_account_id bigint NOT NULL,
        id bigint NOT NULL UNIQUE,
        hide_notifications boolean NOT NULL DEFAULT true,
        expires_at timestamptz,
        PRIMARY KEY (account_id, target_account_id)
      );
      CREATE INDEX mutes_target ON social.mutes (target_account_id);
      CREATE INDEX mutes_expiring ON social.mutes (expires_at) WHERE expires_at IS NOT NULL;

      CREATE TABLE social.idempotency_keys (
        account_id bigint NOT NULL,
        key text NOT NULL,
        status_id bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (account_id, key)
      );
      CREATE INDEX idempotency_keys_created ON social.idempotency_keys (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA social CASCADE');
  }
}
