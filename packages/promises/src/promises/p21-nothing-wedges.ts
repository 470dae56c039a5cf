import { localOf } from '../load/cast.js';
import type { Attack, Round } from '../round.js';
import { ON_THE_WAY } from '../stage/copy-environment.js';
import { natsRequest, streamNames } from '../stage/nats-request.js';

const NOTICED_MS_MAX = 60_000;
/** On the way to the minute at which docs/operating/overload.md says that something is wrong. */
const AGE_SECONDS_MIN = 25;
/** As many of each person, who may ask 300 times in five minutes. */
const READERS = 40;
const AWAKE_EVERY_MS = 3_000;

/** The broker loses what it was told to keep, a consumer stops, a service loses its database: work goes on, or readiness says no. */
export const nothingWedges: Attack = {
  id: 'P21',
  promise: 'nothing wedges in silence',
  short: false,
  sizes: { operations: 160, writers: 3, remotes: 3 },
  perform: () => ({ paceMs: 60 }),
  recoverMsMax: 60_000,
  endsNoProcess: true,
  script: async (round) => {
    await round.at(0.2);
    round.fault('every consumer is deleted');
    const consumers = await deleteConsumers(round);
    if (consumers === 0) round.violate('there was no consumer to delete');
    await round.at(0.5);
    round.fault('every stream is deleted');
    await deleteStreams(round);
    await round.at(0.65);
    await stopConsumer(round, 'timeline');
    await round.at(0.8);
    await exhaustPools(round);
    for (const [index, app] of (round.options.isShort ? ['timeline'] : ON_THE_WAY).entries()) {
      await round.at(0.9 + index * 0.02);
      await revoke(round, app);
    }
  },
};

async function deleteConsumers(round: Round): Promise<number> {
  const url = round.stage.backing.url('nats');
  let deleted = 0;
  for (const stream of await streamNames(url)) {
    const { consumers } = await natsRequest<{ consumers: string[] | null }>(url, `$JS.API.CONSUMER.NAMES.${stream}`);
    for (const consumer of consumers ?? []) {
      await natsRequest(url, `$JS.API.CONSUMER.DELETE.${stream}.${consumer}`);
      deleted += 1;
    }
  }
  return deleted;
}

async function deleteStreams(round: Round): Promise<void> {
  const url = round.stage.backing.url('nats');
  for (const stream of await streamNames(url)) await natsRequest(url, `$JS.API.STREAM.DELETE.${stream}`);
}

/** Both copies stand still, with whatever they hold: somebody has to say so, and others have to see by the database how old its work gets. */
async function stopConsumer(round: Round, app: string): Promise<void> {
  round.fault(`${app} stands still`);
  round.stage.signal(app, 'SIGSTOP');
  await Promise.all([untilNotReady(round, app), round.feeding(() => untilAgeIsTold(round))]);
  round.stage.signal(app, 'SIGCONT');
}

/** What an operator's alert is made of: it grows by a second each second, whatever the broker says. */
async function untilAgeIsTold(round: Round): Promise<void> {
  const { stage, history } = round;
  await round.inTime('another service to tell how old the oldest event is', NOTICED_MS_MAX, async () => {
    const age = Number(/^events_oldest_unsettled_seconds(?:\{[^}]*\})? ([\d.]+)$/m.exec(await stage.metricsOf('api', 0))?.[1] ?? 0);
    if (age < AGE_SECONDS_MIN) throw new Error(`${age} s`);
    history.note(`the oldest event that is not done is ${Math.round(age)} s old`);
    return true;
  });
}

/**
 * A table is locked, every connection waits for it, and nobody else gets one; then it is free again. Somebody has to say so: a service by its
 * readiness, or to those who ask.
 */
async function exhaustPools(round: Round): Promise<void> {
  round.fault('every connection waits for a lock');
  const told = new Map<string, number>();
  const hear = (what: string): unknown => told.set(what, (told.get(what) ?? 0) + 1);
  const asking = new AbortController();
  let asks: Promise<unknown> = Promise.resolve();
  await round.stage.db.transaction(async (tx) => {
    await tx.query('LOCK TABLE social.statuses, federation.inbound IN ACCESS EXCLUSIVE MODE');
    asks = askForProfiles(round, asking.signal, hear);
    const isTold = (): boolean => told.has('503') || round.stage.split.running.processes.some((copy) => !copy.isReady);
    // A transaction in which nothing is asked would be ended by the database.
    const awake = setInterval(() => void tx.query('SELECT 1').catch(() => undefined), AWAKE_EVERY_MS);
    const noticed = Promise.all([round.inTime('somebody to say that no connection is free', NOTICED_MS_MAX, isTold), round.outage(8, 40)]);
    const [came] = await noticed.finally(() => clearInterval(awake));
    round.history.note(`while every connection waited: ${came ? 'it was said' : 'silence'}, ${[...told].map(([what, count]) => `${what} × ${count}`).join(', ')}`);
  });
  asking.abort();
  await asks;
  for (const what of told.keys()) if (!['200', '429', '502', '503', 'nothing'].includes(what)) round.violate(`a profile was answered ${what} while no connection was free`);
}

/** Many at once, each different, so that nobody can be answered from memory. */
async function askForProfiles(round: Round, signal: AbortSignal, hear: (what: string) => unknown): Promise<void> {
  const ask = async (name: string, turn: number): Promise<void> => {
    const { api, person } = localOf(round.people, name);
    const answer = await api.ask('GET', `/api/v1/accounts/${person.account.id}/statuses?limit=${turn}`).catch(() => null);
    if (!signal.aborted) hear(String(answer?.status ?? 'nothing'));
  };
  await Promise.all(round.people.cast.writers.flatMap((name) => Array.from({ length: READERS }, (_, turn) => ask(name, turn + 1))));
}

async function untilNotReady(round: Round, app: string): Promise<void> {
  const copies = round.stage.split.running.processes.filter((process) => process.app === app);
  await round.inTime(`${app} to say that it is not ready`, NOTICED_MS_MAX, () => copies.every((copy) => !copy.isReady));
}

/** The service's role may not sign in any more and its sessions end: it has to say that it is not ready. */
async function revoke(round: Round, app: string): Promise<void> {
  const { db } = round.stage;
  const [role] = await db.query<{ name: string }>(
    `SELECT DISTINCT usename::text AS name FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE $1 LIMIT 1`,
    [`%_${app}`],
  );
  if (role === undefined) {
    round.violate(`${app} has no role of its own`);
    return;
  }
  round.fault(`${app} may not sign in to Postgres`);
  await db.query(`ALTER ROLE ${role.name} NOLOGIN`);
  await db.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role.name]);
  await untilNotReady(round, app);
  await db.query(`ALTER ROLE ${role.name} LOGIN`);
}
