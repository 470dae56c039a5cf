import { randomUUID } from 'node:crypto';
import { ACTIVITY_CONTENT_TYPE, instanceActorUris } from '@trunkline/activitypub';
import type { Signer } from '@trunkline/federation-client';
import { signRequest } from '@trunkline/http-signatures';
import { printable } from '../terminal.js';
import { fault, fine, wordsOf, type Finding } from './finding.js';
import { knock, type Answered } from './knock.js';
import { mendOfUnreachable } from './unreachable.js';

/** What the inbox says to an activity of its own server once the signature is found right (apps/inbox, receive-activity.ts). */
const OWN_ACTOR = 'Actors of this server do not knock at its door';
/** Just below the 1 MiB that the inbox takes. */
const LARGE_BYTES = 1_000_000;

/** What the inbox says, and what then is wrong on the way to it. */
const MENDS: readonly (readonly [said: RegExp, mend: string])[] = [
  [/Host header/, 'The proxy in front changes the Host header: let it pass the one that came (nginx: `proxy_set_header Host $host;`), or mend WEB_DOMAIN.'],
  [/Digest header/, 'Something in front changes bodies: switch off what rewrites, minifies or re-encodes them.'],
  [/too far from now/, "The clocks of this machine and of the server differ: run a time service on both."],
  [/not cover|not signed/, 'The proxy in front drops headers: let it pass Signature, Digest, Date and Content-Type as they came.'],
  [/signature is not valid/, 'The proxy in front changes the path or a signed header; or the running server has another database or TRUNKLINE_SECRET_KEYS than these settings.'],
];

/**
 * Sends activities to the server's own shared inbox by its public address, signed as everything is that goes to others. The inbox
 * checks them as a stranger's and then refuses them, since they are its own: nothing is stored. A large one shows whether the proxy lets it through.
 */
export async function checkRoundTrip(baseUrl: string, signer: Signer): Promise<Finding[]> {
  const small = await tryInbox('signed round trip', baseUrl, signer, 0);
  if (small.verdict !== 'fine') return [small];
  return [small, await tryInbox('large activities', baseUrl, signer, LARGE_BYTES)];
}

async function tryInbox(what: string, baseUrl: string, signer: Signer, bytes: number): Promise<Finding> {
  const url = `${baseUrl}/inbox`;
  const actor = instanceActorUris(baseUrl).id;
  const activity = { '@context': 'https://www.w3.org/ns/activitystreams', id: `${actor}#doctor-${randomUUID()}`, type: 'View', actor, object: actor, summary: 'x'.repeat(bytes) };
  const body = Buffer.from(JSON.stringify(activity));
  try {
    const signed = await signRequest({ method: 'POST', url, headers: { 'Content-Type': ACTIVITY_CONTENT_TYPE }, body, ...signer, date: new Date() });
    return judge(what, url, await knock(url, { method: 'POST', headers: { ...signed, 'Content-Length': String(body.length) }, body }));
  } catch (error) {
    return fault(what, `${url} cannot be reached: ${wordsOf(error)}`, mendOfUnreachable(error));
  }
}

function judge(what: string, url: string, { status, text }: Answered): Finding {
  const said = sentenceIn(text);
  if (status === 401 && said === OWN_ACTOR) return fine(what, `${url} checked the signature and found it right`);
  const found = `${url} answers ${status}${said === null ? '' : `: ${said}`}`;
  if (status >= 300 && status < 400) return fault(what, found, 'A POST is not sent on to another address by other servers: WEB_DOMAIN must be the name that answers itself.');
  if (status === 413) return fault(what, found, 'Let the proxy take bodies of at least 1 MiB to /inbox (nginx: `client_max_body_size 40m;`, which media need too).');
  if (status === 429 || status === 503) return fault(what, found, 'The server is too busy just now, or the proxy found none: try again, and look at `npx trunkline queue status`.');
  const mend = said === null ? undefined : MENDS.find(([words]) => words.test(said))?.[1];
  return fault(what, found, mend ?? 'Let the proxy hand POST /inbox to Trunkline as it came.');
}

/** The sentence of an error as Trunkline answers it; null: somebody else answered. */
function sentenceIn(text: string): string | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && 'error' in json && typeof json.error === 'string' ? printable(json.error).slice(0, 200) : null;
  } catch {
    return null;
  }
}
