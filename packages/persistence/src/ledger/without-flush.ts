/**
 * A condition that is always true, for the WHERE of a statement whose transaction need not wait for the disk: Postgres answers once the
 * commit stands in its memory, and writes it down within 0.6 s (three times `wal_writer_delay`). A crash of Postgres in between undoes the whole transaction,
 * so this is only for notes that something was done which may be done again. Holds for this transaction alone.
 */
export const WITHOUT_FLUSH = `(SELECT set_config('synchronous_commit', 'off', true)) = 'off'`;
