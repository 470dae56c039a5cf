import { addressedBy, type RemoteNote } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import { denyQuote, grantQuote, ingestStatus, mayQuote, type QuoteRequest } from '@trunkline/social';
import { actorOf } from './actor.js';
import { fetchParentsLater, ownNote, verdictOf } from './create.js';
import { localStatusAt } from './local-status.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/**
 * Somebody asks to quote a post of ours (FEP-044f). Its policy answers at once: Accept with the stamp that everybody can
 * look up, or Reject. The quoting post stands inside, or is read from its server; it is kept only when it is agreed to.
 */
export async function applyQuoteRequest(ports: ApplyPorts, incoming: Incoming<'quote-request'>): Promise<Verdict> {
  const { activity, facts } = incoming;
  const quoted = await localStatusAt(ports, facts.quotedUri);
  if (quoted === null) return ignored('unknown_status');
  if (activity.id === null) return ignored('missing_id');
  const asker = await actorOf(ports, incoming);
  if (!asker.ok) return unresolved('actor', asker.error);
  const request: QuoteRequest = { requestUri: activity.id, asker: asker.value, quoted };
  const may = await mayQuote(ports, request);
  if (may === null) return ignored('not_visible');
  const note = may ? await ownNote(ports, facts.quote, incoming) : null;
  if (note?.ok === false && note.error.verdict.kind === 'retry') return note.error.verdict;
  if (note?.ok !== true || note.value.quote?.uri !== quoted.uri || note.value.quote.legacy) return refuse(ports, request, facts.quote.uri);
  return grant(ports, request, note.value);
}

async function grant(ports: ApplyPorts, request: QuoteRequest, note: RemoteNote): Promise<Verdict> {
  const quoting = await standing(ports, request.asker, note);
  if (typeof quoting === 'string') return verdictOf(quoting);
  if (quoting.quote?.quotedUri !== request.quoted.uri) {
    // It came before without this quote, or with another one.
    await ports.store.transaction((tx) => tx.replaceQuote(quoting.id, { quotedId: request.quoted.id, quotedUri: request.quoted.uri, state: 'pending', stampUri: null, legacy: false }));
  }
  return (await grantQuote(ports, request, quoting)) ? APPLIED : ignored('quote_taken_back');
}

async function standing(ports: ApplyPorts, asker: Account, note: RemoteNote): Promise<Status | Awaited<ReturnType<typeof ingestStatus>>> {
  const outcome = await ingestStatus(ports, asker, addressedBy(note, asker.followersUrl));
  if (outcome === 'stored') fetchParentsLater(ports, note);
  if (outcome !== 'stored' && outcome !== 'known') return outcome;
  const [quoting] = await ports.store.statusesByUris([note.uri]);
  return quoting !== undefined && quoting.accountId === asker.id && quoting.deletedAt === null ? quoting : 'foreign_author';
}

async function refuse(ports: ApplyPorts, request: QuoteRequest, quoteUri: string | null): Promise<Verdict> {
  if (quoteUri !== null) await denyQuote(ports, request, quoteUri);
  return ignored('quote_refused');
}
