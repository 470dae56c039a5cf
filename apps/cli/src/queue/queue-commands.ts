import type { Command } from 'commander';
import { DeadLetterStore, DeliveryStore, EventStore, InboundStore, queueStatus } from '@trunkline/persistence';
import { withLedger, type Ledger } from '../operator.js';
import { age, printable, Refusal, table, type Terminal } from '../terminal.js';
import { replayDeliveries, replayEvents, replayInbound, type Replayed } from './replay-dead.js';

const SHOWN_MAX = 50;

export function addQueueCommands(program: Command, terminal: Terminal): void {
  const queue = program.command('queue').description('what waits, what was given up, and letting it be tried again');
  queue
    .command('status')
    .description('how much waits and for how long')
    .option('--json', 'for programs')
    .action((options: { json?: true }) => withLedger(terminal, (ledger) => status(ledger, terminal, options.json === true)));
  queue
    .command('dead')
    .description(`what was given up, with the reasons; the newest ${SHOWN_MAX} of each kind`)
    .action(() => withLedger(terminal, (ledger) => showDead(ledger, terminal)));
  queue
    .command('replay')
    .description('let what was given up be tried again; the running server takes it up within seconds')
    .option('--inbound', 'activities of other servers')
    .option('--events', 'work of the services')
    .option('--deliveries', 'what other servers would not take')
    .action((options: ReplayOptions) => withLedger(terminal, (ledger) => replay(ledger, terminal, options)));
}

interface ReplayOptions {
  readonly inbound?: true;
  readonly events?: true;
  readonly deliveries?: true;
}

const storesOf = ({ db, clock, ids }: Ledger) => ({
  inbound: new InboundStore(db, clock),
  events: new EventStore(db, clock),
  letters: new DeadLetterStore(db, ids, clock),
  deliveries: new DeliveryStore(db, ids, clock),
});

async function status(ledger: Ledger, terminal: Terminal, asJson: boolean): Promise<void> {
  const { inbound, events, deliveries } = storesOf(ledger);
  const [counts, inboundAge, eventAge, deliveryAge] = await Promise.all([
    queueStatus(ledger.db),
    inbound.oldestWaitingSeconds(),
    events.oldestUnpublishedSeconds(),
    deliveries.oldestPendingSeconds(),
  ]);
  if (asJson) {
    const ages = { inboundOldestSeconds: inboundAge, eventsOldestSeconds: eventAge, deliveriesOverdueSeconds: deliveryAge };
    return terminal.out(`${JSON.stringify({ ...counts, ...ages }, null, 2)}\n`);
  }
  terminal.out(
    table(
      ['queue', 'waiting', 'dead', 'oldest'],
      [
        ['activities to apply', String(counts.inboundWaiting), String(counts.inboundDead), age(inboundAge)],
        ['events to publish', String(counts.eventsUnpublished), '', age(eventAge)],
        ['events under work', String(counts.eventsUnsettled), String(counts.lettersDead), ''],
        ['deliveries due', String(counts.chunksPending), '', age(deliveryAge)],
        ['deliveries to retry', String(counts.retriesPending), String(counts.deliveriesDead), ''],
      ],
    ),
  );
  terminal.out(`Servers that are not tried for now: ${counts.hostsPaused}.\n`);
}

async function showDead(ledger: Ledger, terminal: Terminal): Promise<void> {
  const { inbound, letters, deliveries } = storesOf(ledger);
  const limit = SHOWN_MAX;
  const [activities, events, inboxes] = await Promise.all([inbound.deadPage({ limit }), letters.page({ limit }), deliveries.deadPage({ limit })]);
  const when = (date: Date): string => date.toISOString().slice(0, 16);
  const short = (text: string | null): string => printable(text ?? '').slice(0, 160);
  if (activities.length + events.length + inboxes.length === 0) return terminal.out('Nothing was given up.\n');
  const section = (title: string, head: string[], rows: string[][]): void => {
    if (rows.length > 0) terminal.out(`${title}\n${table(head, rows)}\n`);
  };
  section('Activities of other servers:', ['id', 'type', 'from', 'tries', 'since', 'reason'], activities.map((row) => [row.id, short(row.activityType), short(row.actorUri), String(row.attempts), when(row.receivedAt), short(row.reason)]));
  section('Work of the services:', ['id', 'event', 'consumer', 'tries', 'since', 'reason'], events.map((row) => [row.id, row.subject, row.consumer, String(row.attempts), when(row.createdAt), short(row.reason)]));
  section('Deliveries:', ['id', 'inbox', 'status', 'tries', 'since', 'reason'], inboxes.map((row) => [row.id, short(row.inbox), row.lastStatus === null ? '-' : String(row.lastStatus), String(row.attempts), when(row.createdAt), short(row.lastReason)]));
}

async function replay(ledger: Ledger, terminal: Terminal, options: ReplayOptions): Promise<void> {
  if (options.inbound !== true && options.events !== true && options.deliveries !== true) throw new Refusal('say what: --inbound, --events, --deliveries, or several.');
  const { inbound, letters, deliveries } = storesOf(ledger);
  const report = (what: string, { replayed, left }: Replayed): void => {
    terminal.out(`${what}: ${replayed} are tried again${left === 0 ? '' : `, ${left} cannot be`}.\n`);
  };
  if (options.inbound === true) report('activities', await replayInbound(inbound));
  if (options.events === true) report('events', await replayEvents(letters));
  if (options.deliveries === true) report('deliveries', await replayDeliveries(deliveries));
}
