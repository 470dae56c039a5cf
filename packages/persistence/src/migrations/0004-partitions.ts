import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Making and dropping days. The functions run with the owner's rights, so that a service whose role may only
 * read and write rows can still keep the calendar of the six tables named here, and of no others.
 */
export class Partitions1700000000004 implements MigrationInterface {
  readonly name = 'Partitions1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CALENDAR);
    await runner.query(ENSURE);
    await runner.query(DROP);
    await runner.query(STRAY);
    await runner.query(`
      CREATE TABLE federation.inbound_default PARTITION OF federation.inbound DEFAULT;
      CREATE TABLE federation.delivery_bodies_default PARTITION OF federation.delivery_bodies DEFAULT;
      CREATE TABLE federation.delivery_chunks_default PARTITION OF federation.delivery_chunks DEFAULT;
      CREATE TABLE federation.delivery_retries_default PARTITION OF federation.delivery_retries DEFAULT;
      CREATE TABLE events.outbox_default PARTITION OF events.outbox DEFAULT;
      CREATE TABLE events.done_default PARTITION OF events.done DEFAULT;
      REVOKE EXECUTE ON FUNCTION events.ensure_partition(text, date), events.drop_partition(text, text, date), events.stray_days(text)
        FROM PUBLIC;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION events.ensure_partition(text, date);
      DROP FUNCTION events.drop_partition(text, text, date);
      DROP FUNCTION events.stray_days(text);
      DROP VIEW events.daily_tables;
    `);
  }
}

// `unfinished` is a condition over the row aliased t.
const CALENDAR = `
  CREATE VIEW events.daily_tables AS
    SELECT * FROM (VALUES
      ('federation.inbound', 'id', $$t.state = 'stored'$$),
      ('federation.delivery_bodies', 'id',
        $$EXISTS (SELECT 1 FROM federation.delivery_chunks c WHERE c.body_id = t.id AND c.state = 'pending')
          OR EXISTS (SELECT 1 FROM federation.delivery_retries r WHERE r.body_id = t.id AND r.state = 'pending')$$),
      ('federation.delivery_chunks', 'id', $$t.state = 'pending'$$),
      ('federation.delivery_retries', 'id', $$t.state = 'pending'$$),
      ('events.outbox', 'id', $$t.settled_at IS NULL$$),
      ('events.done', 'done_at', $$false$$)
    ) AS tables (parent, ranged_by, unfinished);
`;

// The partition is made apart and attached: that does not stop writers of the parent, as PARTITION OF would.
// Rows that already fell into the default partition move along.
const ENSURE = `
  CREATE FUNCTION events.ensure_partition(parent_name text, day date) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  DECLARE
    spec events.daily_tables;
    child text := parent_name || '_p' || to_char(day, 'YYYYMMDD');
    low text;
    high text;
  BEGIN
    SELECT * INTO STRICT spec FROM events.daily_tables t WHERE t.parent = parent_name;
    IF to_regclass(child) IS NOT NULL THEN RETURN false; END IF;
    PERFORM set_config('lock_timeout', '3s', true);
    IF spec.ranged_by = 'id' THEN
      low := ((extract(epoch FROM day::timestamp)::bigint * 1000) << 16)::text;
      high := ((extract(epoch FROM (day + 1)::timestamp)::bigint * 1000) << 16)::text;
    ELSE
      low := quote_literal(day::text || ' 00:00:00+00');
      high := quote_literal((day + 1)::text || ' 00:00:00+00');
    END IF;
    EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', spec.parent);
    -- Another copy may have made it while this one waited for the lock.
    IF to_regclass(child) IS NOT NULL THEN RETURN false; END IF;
    EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL)', child, spec.parent);
    EXECUTE format('LOCK TABLE %s_default IN ACCESS EXCLUSIVE MODE', spec.parent);
    EXECUTE format('WITH moved AS (DELETE FROM %1$s_default WHERE %2$s >= %3$s AND %2$s < %4$s RETURNING *) INSERT INTO %5$s SELECT * FROM moved',
      spec.parent, spec.ranged_by, low, high, child);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)', spec.parent, child, low, high);
    RETURN true;
  END $body$;
`;

const DROP = `
  CREATE FUNCTION events.drop_partition(parent_name text, child text, before date) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  DECLARE
    spec events.daily_tables;
    busy boolean;
  BEGIN
    SELECT * INTO STRICT spec FROM events.daily_tables t WHERE t.parent = parent_name;
    IF child !~ ('^' || replace(parent_name, '.', '\\.') || '_p[0-9]{8}$') OR to_date(right(child, 8), 'YYYYMMDD') >= before THEN
      RETURN false;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = to_regclass(child) AND i.inhparent = parent_name::regclass) THEN
      RETURN false;
    END IF;
    -- Looked at before the lock, so that a day that must stay stops nobody; and again under it.
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s t WHERE %s)', child, spec.unfinished) INTO busy;
    IF busy THEN RETURN false; END IF;
    PERFORM set_config('lock_timeout', '3s', true);
    EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', parent_name);
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', child);
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s t WHERE %s)', child, spec.unfinished) INTO busy;
    IF busy THEN RETURN false; END IF;
    EXECUTE format('DROP TABLE %s', child);
    RETURN true;
  END $body$;
`;

// Days whose rows lie in the default partition: the leader was away for longer than days were made ahead.
const STRAY = `
  CREATE FUNCTION events.stray_days(parent_name text) RETURNS SETOF date
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  DECLARE
    spec events.daily_tables;
  BEGIN
    SELECT * INTO STRICT spec FROM events.daily_tables t WHERE t.parent = parent_name;
    RETURN QUERY EXECUTE format('SELECT DISTINCT (%s AT TIME ZONE ''UTC'')::date FROM %s_default',
      CASE spec.ranged_by WHEN 'id' THEN 'to_timestamp((id >> 16) / 1000.0)' ELSE spec.ranged_by END, spec.parent);
  END $body$;
`;
