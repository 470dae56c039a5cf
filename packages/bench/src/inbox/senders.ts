import { createHash, createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveTasks } from '../harness/worker-process.js';

const KEY_PAIRS = 8;
const RSA_BITS = 2048;
const CONNECTIONS = 64;
const AGAIN_MAX = 40;
const AGAIN_MS = 250;
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
/** Brings a Create to about 3 KB, what posts of the fediverse weigh. */
const PARAGRAPHS = 9;

/** Somebody on a host of the benchmark. */
export interface Sender {
  readonly actorUri: string;
  readonly keyId: string;
  readonly host: string;
  readonly publicKeyPem: string;
}

export interface Volley {
  readonly round: number;
  readonly count: number;
  /** Where it is sent: the Host that is signed. */
  readonly domain: string;
  /** A person there, named in every post. */
  readonly mentionedUri: string;
}

interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const keys: { privateKey: KeyObject; publicKeyPem: string }[] = [];
let senders: readonly Sender[] = [];
let signed: SignedRequest[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

/** `count` hosts with an actor and a key id each. Keys are made for a few and shared: whoever caches keys does so by id. */
function makeSenders({ count }: { readonly count: number }): readonly Sender[] {
  for (let index = 0; index < KEY_PAIRS; index += 1) {
    const pair = generateKeyPairSync('rsa', { modulusLength: RSA_BITS, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
    keys.push({ privateKey: createPrivateKey(pair.privateKey), publicKeyPem: pair.publicKey });
  }
  senders = Array.from({ length: count }, (_, index) => {
    const host = `peer${index}.example`;
    const actorUri = `https://${host}/users/ann`;
    return { actorUri, host, keyId: `${actorUri}#main-key`, publicKeyPem: keys[index % KEY_PAIRS]?.publicKeyPem ?? '' };
  });
  return senders;
}

/** Writes and signs the posts of a round before the clock runs. @returns the bytes of one body */
function prepare(volley: Volley): number {
  signed = Array.from({ length: volley.count }, (_, index) => {
    const at = index % senders.length;
    const sender = senders[at] as Sender;
    const body = Buffer.from(JSON.stringify(createOf(sender, volley, index)));
    return { body, headers: headersFor(body, sender, keys[at % KEY_PAIRS]?.privateKey as KeyObject, volley.domain) };
  });
  return signed[0]?.body.length ?? 0;
}

function headersFor(body: Buffer, sender: Sender, key: KeyObject, domain: string): Record<string, string> {
  const date = new Date().toUTCString();
  const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
  const type = 'application/activity+json';
  const text = `(request-target): post /inbox\nhost: ${domain}\ndate: ${date}\ndigest: ${digest}\ncontent-type: ${type}`;
  const signature = sign('sha256', Buffer.from(text), key).toString('base64');
  const parameters = `keyId="${sender.keyId}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="${signature}"`;
  return { Host: domain, Date: date, Digest: digest, 'Content-Type': type, 'Content-Length': String(body.length), Signature: parameters };
}

function createOf({ actorUri, host }: Sender, { round, mentionedUri, domain }: Volley, index: number): object {
  const id = `https://${host}/users/ann/statuses/${Date.now()}${round}${index}`;
  const audience = { to: [PUBLIC], cc: [`${actorUri}/followers`, mentionedUri] };
  const published = new Date().toISOString();
  const text = '<p>A train left the yard at <strong>dawn</strong>, and <a href="https://news.example/a?b=1&amp;c=2" rel="nofollow noopener" target="_blank">the paper</a> wrote of it; &quot;on time&quot;, for once.</p>';
  const mention = `<p><span class="h-card"><a href="${mentionedUri}" class="u-url mention">@<span>reader</span></a></span> <a href="https://${host}/tags/trains" class="mention hashtag" rel="tag">#<span>trains</span></a></p>`;
  const object = {
    id,
    type: 'Note',
    attributedTo: actorUri,
    url: id,
    published,
    ...audience,
    sensitive: false,
    content: mention + text.repeat(PARAGRAPHS),
    contentMap: { en: mention },
    attachment: [{ type: 'Document', mediaType: 'image/jpeg', url: `https://${host}/media/${index}.jpg`, name: 'A yard in the morning', width: 1200, height: 800, blurhash: 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH' }],
    tag: [
      { type: 'Mention', href: mentionedUri, name: `@reader@${domain}` },
      { type: 'Hashtag', href: `https://${host}/tags/trains`, name: '#trains' },
    ],
  };
  const context = ['https://www.w3.org/ns/activitystreams', { sensitive: 'as:sensitive', Hashtag: 'as:Hashtag', toot: 'http://joinmastodon.org/ns#', blurhash: 'toot:blurhash' }];
  return { '@context': context, id: `${id}/activity`, type: 'Create', actor: actorUri, published, ...audience, object };
}

/** Sends the round over keep-alive connections. @returns how many were answered 202. @throws Error on another answer */
async function fire({ port }: { readonly port: number }): Promise<number> {
  let refused = 0;
  const queue = signed.values();
  const lane = async (): Promise<void> => {
    for (const one of queue) {
      let status = await post(port, one);
      // Told to come back, it does, as a peer would; sooner, since the clock runs.
      for (let again = 0; status === 503 && again < AGAIN_MAX; again += 1) {
        refused += 1;
        await sleep(AGAIN_MS);
        status = await post(port, one);
      }
      if (status !== 202) throw new Error(`a post was answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  if (refused > 0) process.stderr.write(`  ${refused} posts were told to come back\n`);
  return signed.length;
}

function post(port: number, { headers, body }: SignedRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/inbox', method: 'POST', headers, agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The other side closed a connection that lay idle, in the moment in which it was used again.
      if (sent.reusedSocket && error.code === 'ECONNRESET') post(port, { headers, body }).then(resolve, reject);
      else reject(error);
    });
    sent.end(body);
  });
}

/** The load of the inbox benchmarks: two hundred servers that knock. */
export const serve = (): void => serveTasks({ makeSenders, prepare, fire });
