import { generateKeyPairSync, type KeyObject } from 'node:crypto';

export type JsonObject = Readonly<Record<string, unknown>>;

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const CONTEXT = ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'];
const RSA_BITS = 2048;

let lastMs = 0;

/**
 * Now, and later than it was ever told before, if need be by waiting for the millisecond to end: a status gets an id by its time and by lot, so that
 * of two of one millisecond either may stand first.
 */
export function laterThanBefore(): string {
  let nowMs = Date.now();
  while (nowMs === lastMs) nowMs = Date.now();
  lastMs = nowMs;
  return new Date(nowMs).toISOString();
}

/** Somebody who lives on a scripted remote: an actor with a key pair, and the activities they send. */
export class ScriptedPerson {
  readonly id: string;
  readonly inbox: string;
  readonly followers: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
  private readonly publicKeyPem: string;
  private count = 0;

  constructor(
    readonly name: string,
    readonly baseUrl: string,
    /** Makes a note readable at its id. */
    private readonly serve: (document: JsonObject & { readonly id: string }) => void,
  ) {
    this.id = `${baseUrl}/users/${name}`;
    this.inbox = `${this.id}/inbox`;
    this.followers = `${this.id}/followers`;
    this.keyId = `${this.id}#main-key`;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
    this.privateKey = privateKey;
    this.publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  }

  /** `name@localhost:port` */
  get handle(): string {
    return `${this.name}@${new URL(this.baseUrl).host}`;
  }

  /** The actor document; `extra` replaces members, `{ inbox: undefined }` takes one away. */
  actor(extra: JsonObject = {}): JsonObject {
    return {
      '@context': CONTEXT,
      id: this.id,
      type: 'Person',
      preferredUsername: this.name,
      name: this.name,
      summary: '',
      url: `${this.baseUrl}/@${this.name}`,
      inbox: this.inbox,
      outbox: `${this.id}/outbox`,
      followers: this.followers,
      following: `${this.id}/following`,
      endpoints: { sharedInbox: `${this.baseUrl}/inbox` },
      publicKey: { id: this.keyId, owner: this.id, publicKeyPem: this.publicKeyPem },
      ...extra,
    };
  }

  /** Writes a public note, makes it readable, and returns it. */
  note(content: string, extra: JsonObject = {}): JsonObject & { readonly id: string } {
    const note = {
      '@context': CONTEXT,
      id: this.nextId('notes'),
      type: 'Note',
      attributedTo: this.id,
      content: `<p>${content}</p>`,
      published: laterThanBefore(),
      to: [PUBLIC],
      cc: [this.followers],
      ...extra,
    };
    this.serve(note);
    return note;
  }

  /** An activity of this person with a new id; `extra` replaces members. */
  activity(type: string, object: unknown, extra: JsonObject = {}): JsonObject & { readonly id: string } {
    return { '@context': CONTEXT, id: this.nextId('activities'), type, actor: this.id, object, ...extra };
  }

  /** A Create with the audience of its note. */
  create(note: JsonObject, extra: JsonObject = {}): JsonObject & { readonly id: string } {
    return this.activity('Create', note, { published: note['published'], to: note['to'], cc: note['cc'], ...extra });
  }

  private nextId(kind: string): string {
    this.count += 1;
    return `${this.id}/${kind}/${this.count}`;
  }
}
