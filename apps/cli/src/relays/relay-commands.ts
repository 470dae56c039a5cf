import type { Command } from 'commander';
import { RelayChangedV1 } from '@trunkline/contracts';
import { RelayStore } from '@trunkline/persistence';
import type { RelayState } from '@trunkline/social';
import { withOperator, type Operator } from '../operator.js';
import { Refusal, table, type Terminal } from '../terminal.js';

interface AddOptions {
  readonly inbox?: string;
}

const STATES: Readonly<Record<RelayState, string>> = { asked: 'asked, no answer yet', enabled: 'in use', refused: 'it refused', ended: 'left' };

export function addRelayCommands(program: Command, terminal: Terminal): void {
  const relays = program.command('relays').description('relays: servers that pass public posts on between their subscribers');
  relays
    .command('list')
    .description('every relay that was added')
    .action(() => withOperator(terminal, (operator) => list(operator, terminal)));
  relays
    .command('add')
    .description('ask a relay to take this server in; it counts as soon as the relay accepts')
    .argument('<url>', 'its inbox (ends in /inbox; relays of the Mastodon style), or its actor (LitePub style: Pleroma, Akkoma)')
    .option('--inbox <url>', 'the inbox of a relay that is added by its actor; left out: /inbox on the same host')
    .action((url: string, options: AddOptions) => withOperator(terminal, (operator) => add(operator, terminal, url, options)));
  relays
    .command('remove')
    .description('leave a relay')
    .argument('<url>', 'as it was added')
    .action((url: string) => withOperator(terminal, (operator) => remove(operator, terminal, url)));
}

/** @throws Refusal for what is no address of another server */
function readUrl({ settings }: Pick<Operator, 'settings'>, text: string): URL {
  const url = URL.parse(text);
  const isHttp = url !== null && settings.federationHttpHosts.includes(url.host);
  if (url === null || (url.protocol !== 'https:' && !isHttp) || url.username !== '' || url.hash !== '') throw new Refusal(`${text} is no https address.`);
  if (url.host === new URL(settings.baseUrl).host) throw new Refusal(`${text} is this server.`);
  return url;
}

async function add(operator: Operator, terminal: Terminal, text: string, options: AddOptions): Promise<void> {
  const { db, store, ids } = operator;
  const url = readUrl(operator, text);
  const style = /\/inbox\/?$/.test(url.pathname) ? 'mastodon' : 'litepub';
  const inbox = style === 'mastodon' ? url.href : readUrl(operator, options.inbox ?? new URL('/inbox', url).href).href;
  const relay = await db.transaction(async (tx) => {
    const asked = await new RelayStore(tx).ask({ id: ids.next(), followId: ids.next(), inbox, style, actorUri: style === 'litepub' ? url.href : null });
    await store.within(tx).appendEvent(RelayChangedV1, { relayId: asked.id, followUri: null });
    return asked;
  });
  await operator.moderation.audit(null, 'relay.add', relay.inbox, { style });
  terminal.out(`${relay.inbox} is asked (${style} style). See \`npx trunkline relays list\` for its answer.\n`);
}

async function remove(operator: Operator, terminal: Terminal, text: string): Promise<void> {
  const url = readUrl(operator, text).href;
  const { db, store } = operator;
  const inbox = await db.transaction(async (tx) => {
    const relays = new RelayStore(tx);
    const relay = (await relays.byInbox(url)) ?? (await relays.byActor(url));
    if (relay === null || relay.state === 'ended') throw new Refusal(`there is no relay ${url}.`);
    await relays.settle(relay.id, { state: 'ended' });
    await store.within(tx).appendEvent(RelayChangedV1, { relayId: relay.id, followUri: null });
    return relay.inbox;
  });
  await operator.moderation.audit(null, 'relay.remove', inbox);
  terminal.out(`${inbox} is left: nothing goes there or comes from there any more.\n`);
}

async function list({ db }: Operator, terminal: Terminal): Promise<void> {
  const relays = await new RelayStore(db).list();
  const rows = relays.map((relay) => [relay.inbox, relay.style, STATES[relay.state], relay.actorUri ?? '', relay.createdAt.toISOString().slice(0, 10)]);
  terminal.out(rows.length === 0 ? 'No relays.\n' : table(['inbox', 'style', 'state', 'actor', 'since'], rows));
}
