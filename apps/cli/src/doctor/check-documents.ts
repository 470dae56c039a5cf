import { ACTIVITY_CONTENT_TYPE, instanceActorUris, isActivityContentType, parseNodeInfo, parseNodeInfoLinks, parseWebfinger } from '@trunkline/activitypub';
import { signRequest } from '@trunkline/http-signatures';
import type { Signer } from '@trunkline/federation-client';
import { judgeClock } from './clock.js';
import { fault, fine, wordsOf, type Finding } from './finding.js';
import { knock, type Answered } from './knock.js';
import { printable } from '../terminal.js';
import { mendOfUnreachable } from './unreachable.js';

/** The server as its settings describe it. */
export interface Patient {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly localDomain: string;
  readonly authorizedFetch: boolean;
}

const PROXY = 'Let the proxy hand this path to Trunkline as `npm start` or the chart does (ARCHITECTURE.md), with the Host header as it came.';

/** NodeInfo: that this is the server meant, and what its answers say of the time. Lemmy counts three days of errors here as its death. */
export async function checkNodeInfo({ baseUrl }: Patient, nowMs: () => number): Promise<Finding[]> {
  const what = 'NodeInfo';
  const asked = await ask(`${baseUrl}/.well-known/nodeinfo`, what, { accept: 'application/json' });
  if ('verdict' in asked) return [asked];
  const links = parseNodeInfoLinks(jsonOf(asked));
  if (!links.ok) return [fault(what, `${asked.url} answers something else than links`, PROXY)];
  const address = links.value;
  if (new URL(address).origin !== new URL(baseUrl).origin) {
    return [fault(what, `it leads to ${address}, on another host`, 'Another server answers here, or LOCAL_DOMAIN and WEB_DOMAIN of the running one are not these settings.')];
  }
  const document = await ask(address, what, { accept: 'application/json' });
  if ('verdict' in document) return [document];
  const info = parseNodeInfo(jsonOf(document));
  const name = info.ok ? info.value.softwareName : 'nothing known';
  if (name !== 'trunkline') return [fault(what, `${address} says that it is ${printable(name)}`, 'Another server answers at this address.')];
  return [fine(what, address), judgeClock('clock', document.header('date'), { nowMs: nowMs(), them: 'the clocks of the server and of its database' })];
}

/** WebFinger at LOCAL_DOMAIN for somebody of this server, and whether it leads to where it should. */
export async function checkWebfinger({ baseUrl, localDomain }: Patient, handle: string, actorUri: string): Promise<Finding> {
  const what = `WebFinger of ${handle}`;
  const scheme = baseUrl.startsWith('http:') ? 'http' : 'https';
  const url = `${scheme}://${localDomain}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${handle}`)}`;
  const { host } = new URL(baseUrl);
  const mend = host === localDomain ? PROXY : `Handles are at ${localDomain}, the server is at ${host}: let ${localDomain} hand /.well-known/ on to it, query included (a redirect will do).`;
  const asked = await ask(url, what, { accept: 'application/jrd+json, application/json' }, { mend });
  if ('verdict' in asked) return asked;
  if (!/json/i.test(asked.header('content-type'))) return fault(what, `${asked.url} answers ${asked.header('content-type') || 'no type'}`, mend);
  const read = parseWebfinger(jsonOf(asked));
  if (!read.ok) return fault(what, `${asked.url} answers something else than WebFinger`, mend);
  const { subject, selfUri: self } = read.value;
  if (subject.replace(/^acct:/i, '').toLowerCase() !== handle.toLowerCase()) return fault(what, `it is about ${subject}`, 'LOCAL_DOMAIN of the running server is another one; or another server answers for it.');
  if (self !== actorUri) return fault(what, `it leads to ${self}, not to ${actorUri}`, 'WEB_DOMAIN of the running server is another one than in these settings.');
  return fine(what, actorUri);
}

/** An actor as servers and browsers ask for it, one after the other: a cache must not hand one the other's answer. */
export async function checkActor(patient: Patient, actorUri: string, signer: Signer): Promise<Finding[]> {
  const what = `actor ${actorUri}`;
  const isClosed = patient.authorizedFetch && actorUri !== instanceActorUris(patient.baseUrl).id;
  const findings: Finding[] = [];
  if (isClosed) findings.push(await checkRefused(actorUri));
  const machine = await signedGet(actorUri, signer, what);
  if ('verdict' in machine) return [...findings, machine];
  findings.push(judgeActor(what, machine, actorUri));
  const person = await ask(actorUri, what, { accept: 'text/html' });
  const again = await signedGet(actorUri, signer, what);
  if ('verdict' in again) return [...findings, again];
  if (!isActivityContentType(again.header('content-type'))) {
    findings.push(fault('caching', 'after a browser asked, servers are given its page', 'Let the cache in front keep answers apart by Accept (the Vary header says so), or cache no ActivityPub address.'));
  } else if (!('verdict' in person) && isActivityContentType(person.header('content-type'))) {
    findings.push(fault('caching', 'after a server asked, browsers are given JSON', 'Let the cache in front keep answers apart by Accept (the Vary header says so).'));
  } else {
    findings.push(fine('caching', 'servers and browsers each get their own answer'));
  }
  return findings;
}

async function checkRefused(actorUri: string): Promise<Finding> {
  const what = 'AUTHORIZED_FETCH';
  const unsigned = await ask(actorUri, what, { accept: ACTIVITY_CONTENT_TYPE }, { also: [401] });
  if ('verdict' in unsigned) return unsigned;
  return unsigned.status === 401 ? fine(what, 'who does not sign is refused') : fault(what, `an unsigned request was answered ${unsigned.status}`, 'A cache in front hands out answers to signed requests: let it cache nothing that came with Vary: Signature.');
}

function judgeActor(what: string, answered: Answered, actorUri: string): Finding {
  const type = answered.header('content-type');
  if (!isActivityContentType(type)) return fault(what, `it is served as ${type || 'nothing'}`, PROXY);
  const json = jsonOf(answered);
  const id = typeof json === 'object' && json !== null && 'id' in json ? json.id : null;
  return id === actorUri ? fine(what, type.split(';')[0] ?? type) : fault(what, `the document is of ${String(id)}`, 'LOCAL_DOMAIN or WEB_DOMAIN of the running server is another one than in these settings.');
}

async function signedGet(url: string, signer: Signer, what: string): Promise<Answered | Finding> {
  const headers = await signRequest({ method: 'GET', url, headers: { Accept: ACTIVITY_CONTENT_TYPE }, ...signer, date: new Date() });
  return ask(url, what, headers);
}

/** 200, or one of `also`; everything else is a finding. */
async function ask(
  url: string,
  what: string,
  headers: Readonly<Record<string, string>>,
  { also = [], mend = PROXY }: { readonly also?: readonly number[]; readonly mend?: string } = {},
): Promise<Answered | Finding> {
  try {
    const answered = await knock(url, { headers });
    if (answered.status === 200 || also.includes(answered.status)) return answered;
    return fault(what, `${answered.url} answers ${answered.status}`, answered.status === 401 ? 'The signature was not accepted: see the findings about the signed round trip and the clock.' : mend);
  } catch (error) {
    return fault(what, `${url} cannot be reached: ${wordsOf(error)}`, mendOfUnreachable(error));
  }
}

function jsonOf({ text }: Answered): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
