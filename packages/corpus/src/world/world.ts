import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '@trunkline/testing';
import { isJson, textOf, type Json } from '../folder/json.js';
import { KeyRack } from './keys.js';
import { NOT_FOUND, Shelf, shown, type Shown } from './shelf.js';

/** An activity that the server under test delivered to somebody of this world. */
export interface Delivered {
  readonly inbox: string;
  readonly activity: Json;
}

/** Every other server there is, in one: it answers for the host that a request names, with what the corpus says of it. */
export class World {
  readonly delivered: Delivered[] = [];
  readonly keys = new KeyRack();
  /** Documents of the whole corpus, attacks left out. */
  readonly common = new Shelf();
  /** Shelves of the files that are played right now; they come first. */
  private readonly scenes = new Set<Shelf>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<World> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const world = new World(server);
    server.on('request', (request, response) => {
      world.answer(request, response).catch(() => response.destroy());
    });
    return world;
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: (this.server.address() as AddressInfo).port };
  }

  openScene(): Shelf {
    const shelf = new Shelf();
    this.scenes.add(shelf);
    return shelf;
  }

  closeScene(shelf: Shelf): void {
    this.scenes.delete(shelf);
  }

  /** The document with this id, of the files that are played or of any other. */
  document(id: string): Json | undefined {
    return this.first((shelf) => shelf.document(id));
  }

  actorOf(handle: string): string | undefined {
    return this.first((shelf) => shelf.actorOf(handle));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private first<T>(look: (shelf: Shelf) => T | undefined): T | undefined {
    for (const shelf of [...this.scenes, this.common]) {
      const found = look(shelf);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = (request.headers.host ?? '').toLowerCase();
    const target = request.url ?? '/';
    if (request.method === 'POST') return this.receive(request, response, `${host}${target}`);
    const { status, contentType, body } = this.lookUp(host, target);
    response.writeHead(status, { 'content-type': contentType }).end(body);
  }

  private lookUp(host: string, target: string): Shown {
    const there = this.first((shelf) => shelf.at(`${host}${target}`));
    if (there !== undefined) return there;
    const url = new URL(target, 'http://world');
    return url.pathname === '/.well-known/webfinger' ? this.webfinger(host, url.searchParams.get('resource') ?? '') : NOT_FOUND;
  }

  private webfinger(host: string, resource: string): Shown {
    const captured = this.first((shelf) => shelf.webfingers.get(`${host} ${resource.toLowerCase()}`));
    if (captured !== undefined) return captured;
    const handle = resource.replace(/^acct:/, '');
    const uri = this.actorOf(handle);
    if (uri === undefined || (handle.split('@')[1] ?? '').toLowerCase() !== host) return NOT_FOUND;
    const links = [{ rel: 'self', type: 'application/activity+json', href: uri }];
    return shown({ subject: `acct:${handle}`, aliases: [uri], links }, 'application/jrd+json; charset=utf-8');
  }

  private async receive(request: IncomingMessage, response: ServerResponse, inbox: string): Promise<void> {
    const activity: unknown = JSON.parse((await readBody(request)).toString('utf8'));
    if (isJson(activity)) this.delivered.push({ inbox, activity });
    response.writeHead(202).end();
  }
}

/** Those of a type that somebody sent. */
export const deliveredBy = (world: World, actorUri: string, type: string): readonly Delivered[] =>
  world.delivered.filter(({ activity }) => activity['actor'] === actorUri && textOf(activity['type']) === type);
