import { createHash, createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

const KEY_PAIRS = 8;
const RSA_BITS = 2048;
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

export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a post is about. */
export interface PostFacts {
  readonly uri: string;
  /** Where it is sent: the Host that is signed. */
  readonly domain: string;
  /** A person there, named in the post. */
  readonly mentionedUri: string;
}

/** Remote people, one a host, whose posts are written and signed here. Lives in a load generator, never in what is measured. */
export class RemoteAuthors {
  private readonly keys: { readonly privateKey: KeyObject; readonly publicKeyPem: string }[] = [];
  readonly senders: readonly Sender[];

  /** `count` hosts with an actor and a key id each. Keys are made for a few and shared: whoever caches keys does so by id. */
  constructor(count: number) {
    for (let index = 0; index < KEY_PAIRS; index += 1) {
      const pair = generateKeyPairSync('rsa', { modulusLength: RSA_BITS, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
      this.keys.push({ privateKey: createPrivateKey(pair.privateKey), publicKeyPem: pair.publicKey });
    }
    this.senders = Array.from({ length: count }, (_, index) => {
      const host = `peer${index}.example`;
      const actorUri = `https://${host}/users/ann`;
      return { actorUri, host, keyId: `${actorUri}#main-key`, publicKeyPem: this.keys[index % KEY_PAIRS]?.publicKeyPem ?? '' };
    });
  }

  /** A signed Create of the author with this number, about 3 KB. */
  create(author: number, facts: PostFacts): SignedRequest {
    const sender = this.senders[author] as Sender;
    const body = Buffer.from(JSON.stringify(createOf(sender, facts)));
    return { body, headers: headersFor(body, sender, this.keys[author % KEY_PAIRS]?.privateKey as KeyObject, facts.domain) };
  }
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

function createOf({ actorUri, host }: Sender, { uri, mentionedUri, domain }: PostFacts): object {
  const audience = { to: [PUBLIC], cc: [`${actorUri}/followers`, mentionedUri] };
  const published = new Date().toISOString();
  const text = '<p>A train left the yard at <strong>dawn</strong>, and <a href="https://news.example/a?b=1&amp;c=2" rel="nofollow noopener" target="_blank">the paper</a> wrote of it; &quot;on time&quot;, for once.</p>';
  const mention = `<p><span class="h-card"><a href="${mentionedUri}" class="u-url mention">@<span>reader</span></a></span> <a href="https://${host}/tags/trains" class="mention hashtag" rel="tag">#<span>trains</span></a></p>`;
  const object = {
    id: uri,
    type: 'Note',
    attributedTo: actorUri,
    url: uri,
    published,
    ...audience,
    sensitive: false,
    content: mention + text.repeat(PARAGRAPHS),
    contentMap: { en: mention },
    attachment: [{ type: 'Document', mediaType: 'image/jpeg', url: `${uri}/media.jpg`, name: 'A yard in the morning', width: 1200, height: 800, blurhash: 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH' }],
    tag: [
      { type: 'Mention', href: mentionedUri, name: `@reader@${domain}` },
      { type: 'Hashtag', href: `https://${host}/tags/trains`, name: '#trains' },
    ],
  };
  const context = ['https://www.w3.org/ns/activitystreams', { sensitive: 'as:sensitive', Hashtag: 'as:Hashtag', toot: 'http://joinmastodon.org/ns#', blurhash: 'toot:blurhash' }];
  return { '@context': context, id: `${uri}/activity`, type: 'Create', actor: actorUri, published, ...audience, object };
}
