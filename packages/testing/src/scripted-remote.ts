import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { SignatureScheme } from '@trunkline/http-signatures';
import { freePort } from './free-port.js';
import { readBody } from './read-body.js';
import { BEHAVIOURS, sendAnswer, statusOf, type Answer, type Behaviour, type BehaviourName, type HonestAnswer } from './scripted-remote/answers.js';
import { activityJson, documentAt } from './scripted-remote/documents.js';
import { ScriptedPerson, type JsonObject } from './scripted-remote/person.js';
import { readObject, SignatureJudge, textOf, type ReceivedActivity, type ReceivedPost } from './scripted-remote/posts.js';
import { getSigned, postSigned, type SentAnswer, type Tamper } from './scripted-remote/send.js';
import { until } from './until.js';

export interface ScriptedRemoteOptions {
  readonly behaviour?: BehaviourName;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** The first person; more by `addPerson`. */
  readonly name?: string;
  /** Where others reach it; `localhost:<port>` unless told, e.g. behind a proxy of the test. */
  readonly host?: string;
}

/**
 * A foreign server for tests: people with keys, the documents others ask for, and inboxes that write down every POST
 * and whether its signature holds. How it answers is changed while it runs. Put its `host` into
 * FEDERATION_HTTP_HOSTS (the `peers` of a TestServer), since it speaks plain http.
 */
export class ScriptedRemote {
  /** Every POST to any path, in the order in which they came. */
  readonly posts: ReceivedPost[] = [];
  /** Targets (path and query) of every GET. */
  readonly gets: string[] = [];
  /** Which signatures its inboxes take. */
  takes: readonly SignatureScheme[] = ['cavage', 'rfc9421'];
  /** Served as they are at their ids. */
  readonly documents = new Map<string, JsonObject>();
  /** GETs of these paths are answered so, whatever the behaviour says: a redirect, a drip. */
  readonly answers = new Map<string, Answer>();
  /** GETs of these paths are answered as it says to whoever signs by this key; null: as else. `null`: nobody signed. */
  readonly guards = new Map<string, (keyId: string | null) => Answer | null>();
  /** Documents made when they are asked for, by path and query: chains without an end. */
  generate: (target: string) => JsonObject | null = () => null;
  /** The most POSTs that were open at once, those that never get an answer among them. */
  openMax = 0;
  private open = 0;
  private readonly people = new Map<string, ScriptedPerson>();
  private readonly script: Answer[] = [];
  private behaviour: Behaviour = BEHAVIOURS.honest;
  private readonly judge: SignatureJudge;

  private constructor(
    private server: Server,
    private readonly port: number,
    /** `localhost:<port>`: its domain in handles and in FEDERATION_HTTP_HOSTS. */
    readonly host: string,
    name: string,
  ) {
    this.person = this.addPerson(name);
    this.judge = new SignatureJudge(host, (url) => this.fetchText(url));
  }

  /** The first person of this server. */
  readonly person: ScriptedPerson;

  static async start(options: ScriptedRemoteOptions = {}): Promise<ScriptedRemote> {
    const server = createServer();
    // Of its own also while it is dead.
    const port = options.port ?? (await freePort());
    await listen(server, port);
    const remote = new ScriptedRemote(server, port, options.host ?? `localhost:${port}`, options.name ?? 'rem');
    remote.attach(server);
    if (options.behaviour !== undefined) await remote.behave(options.behaviour);
    return remote;
  }

  get baseUrl(): string {
    return `http://${this.host}`;
  }

  addPerson(name: string): ScriptedPerson {
    const person = new ScriptedPerson(name, this.baseUrl, (document) => void this.documents.set(document.id, document));
    this.people.set(name, person);
    return person;
  }

  /** From now on it answers so: by name, or only what is given changed. A dead one closes its port and opens it again later. */
  async behave(change: BehaviourName | Partial<Behaviour>): Promise<void> {
    this.behaviour = typeof change === 'string' ? BEHAVIOURS[change] : { ...this.behaviour, ...change };
    if (!this.behaviour.listening && this.server.listening) await close(this.server);
    if (this.behaviour.listening && !this.server.listening) {
      this.server = createServer();
      this.attach(this.server);
      await listen(this.server, this.port);
    }
  }

  /** The next POSTs are answered so, one each; then the behaviour holds again. */
  answerNextPosts(...answers: readonly Answer[]): void {
    this.script.push(...answers);
  }

  /** Sends an activity, signed by its author unless the test tampers with it. */
  sendActivity(inboxUrl: string, activity: JsonObject, tamper: Tamper & { readonly as?: ScriptedPerson } = {}): Promise<SentAnswer> {
    return postSigned(inboxUrl, JSON.stringify(activity), tamper.as ?? this.person, tamper);
  }

  /** The first person asks to follow somebody. @throws Error when that is not taken. */
  async follow(targetUri: string, inboxUrl: string): Promise<JsonObject & { readonly id: string }> {
    const activity = this.person.activity('Follow', targetUri);
    const { status, body } = await this.sendActivity(inboxUrl, activity);
    if (status < 200 || status > 299) throw new Error(`the follow was answered ${status}: ${body.slice(0, 200)}`);
    return activity;
  }

  /** Sends a body that is no activity: broken JSON, a megabyte of brackets. */
  sendBody(inboxUrl: string, body: string, tamper: Tamper = {}): Promise<SentAnswer> {
    return postSigned(inboxUrl, body, this.person, tamper);
  }

  /** GETs a document of another server, signed; `host` unless it is that of the URL. */
  fetchDocument(url: string, accept?: string, host?: string, scheme?: 'rfc9421'): Promise<SentAnswer> {
    return getSigned(url, this.person, accept, { host, scheme });
  }

  /** What came to its inboxes with a signature that holds, by activity id, and how often, whatever was answered. */
  get received(): ReadonlyMap<string, ReceivedActivity> {
    const byId = new Map<string, ReceivedActivity>();
    for (const { activityId: id, type, signature } of this.posts) {
      if (id !== null && signature === 'valid') byId.set(id, { id, type, count: (byId.get(id)?.count ?? 0) + 1 });
    }
    return byId;
  }

  /** What it holds: activities answered 2xx, one for each id, as a server that drops repeats. */
  accepted(type?: string): ReceivedPost[] {
    const seen = new Set<string>();
    return this.posts.filter(({ activityId, status, signature, type: kind }) => {
      const isNew = activityId === null || !seen.has(activityId);
      const counts = isNew && signature === 'valid' && status !== null && status >= 200 && status < 300 && (type === undefined || kind === type);
      if (counts && activityId !== null) seen.add(activityId);
      return counts;
    });
  }

  /** Resolves with the first POST, past or to come, for which `isIt` holds. */
  untilPost(what: string, isIt: (post: ReceivedPost) => boolean, patienceMs?: number): Promise<ReceivedPost> {
    return until(`${this.host} to be sent ${what}`, () => this.posts.find(isIt), patienceMs);
  }

  async stop(): Promise<void> {
    this.behaviour = BEHAVIOURS.dead;
    if (this.server.listening) await close(this.server);
  }

  private attach(server: Server): void {
    server.on('request', (request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? '/';
    if (request.method === 'POST') return this.receive(request, response, target);
    this.gets.push(target);
    const shelf = { baseUrl: this.baseUrl, people: this.people, documents: this.documents };
    const made = this.generate(target);
    const path = target.split('?', 1)[0] ?? target;
    const answer = this.guards.get(path)?.(keyIdOf(request)) ?? this.answers.get(path) ?? this.behaviour.documents;
    return sendAnswer(request, response, answer, made === null ? documentAt(shelf, target) : activityJson(made));
  }

  private async receive(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const receivedAtMs = Date.now();
    this.open += 1;
    this.openMax = Math.max(this.openMax, this.open);
    response.once('close', () => (this.open -= 1));
    const body = await readBody(request);
    const { headers, rawHeaders } = request;
    const text = body.toString('utf8');
    const activity = readObject(text);
    const { verdict: signature, keyId, scheme } = await this.judge.judge({ path, headers, rawHeaders, body }, activity, this.takes);
    const honest: HonestAnswer = { status: honestStatus(signature), headers: { 'Content-Type': 'text/plain' }, body: '' };
    const answer = this.script.shift() ?? this.behaviour.inbox;
    const [activityId, type] = [textOf(activity?.['id']), textOf(activity?.['type'])];
    this.posts.push({ path, headers, body: text, activity, activityId, type, signature, keyId, scheme, status: statusOf(answer, honest), receivedAtMs });
    await sendAnswer(request, response, answer, honest);
  }

  private async fetchText(url: string): Promise<string | null> {
    const answer = await getSigned(url, this.person);
    return answer.status === 200 ? answer.body : null;
  }
}

/** Whose signature a GET claims to carry. */
function keyIdOf({ headers }: IncomingMessage): string | null {
  const [input, signature] = [headers['signature-input'], headers['signature']].map((value) => (Array.isArray(value) ? value[0] : value));
  return /keyid="([^"]*)"/i.exec(input ?? signature ?? '')?.[1] ?? null;
}

/** What an honest inbox says: a key that is away for a moment is no fault of the signature. */
function honestStatus(signature: string): number {
  if (signature === 'valid') return 202;
  return signature === 'key_unreachable' ? 503 : 401;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
