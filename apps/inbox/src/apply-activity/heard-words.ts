import { followUri, interactionRequestUri, quoteRequestUri, sameHost } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import type { AskedRow, HeardWord } from '@trunkline/social';
import type { QuoteTie } from './answered-quote.js';
import type { ApplyPorts } from './ports.js';

/** What an Accept answered, of all that somebody here asks of others. */
export type Accepted = { readonly follower: Account } | { readonly quote: QuoteTie } | { readonly asked: AskedRow };

/** Remembers under which id somebody agreed, so that its Undo can be understood by that id alone. */
export async function rememberAccept(ports: ApplyPorts, { uri, actor }: { readonly uri: string | null; readonly actor: Account }, accepted: Accepted): Promise<void> {
  await remember(ports, uri, actor, { what: 'accept', aboutUri: uriOf(ports.settings.baseUrl, actor, accepted) });
}

/** The same of what somebody asked leave for: with the request goes what it was for. */
export async function rememberRequest(ports: ApplyPorts, uri: string, actor: Account, aboutUri: string): Promise<void> {
  if (uri !== aboutUri) await remember(ports, uri, actor, { what: 'request', aboutUri });
}

async function remember(ports: ApplyPorts, uri: string | null, actor: Account, word: HeardWord): Promise<void> {
  if (uri === null || !sameHost(uri, actor.uri)) return;
  await ports.store.transaction((tx) => tx.consents.noteHeard({ ...word, uri, accountId: actor.id }));
}

/** Of a follow it counts whose it is. */
function uriOf(baseUrl: string, actor: Account, accepted: Accepted): string {
  if ('follower' in accepted) return followUri(baseUrl, accepted.follower.id, actor.id);
  if ('quote' in accepted) return quoteRequestUri(baseUrl, accepted.quote.quoting.accountId, accepted.quote.quoting.id);
  const { accountId, what, interactionId } = accepted.asked;
  return interactionRequestUri(baseUrl, accountId, what, interactionId);
}
