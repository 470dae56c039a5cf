import { startTestServer, unsettled, until, type TestPerson, type TestServer, type TestServices } from '@trunkline/testing';
import type { Entry } from '../folder/entry.js';
import { isHttp, isJson, objectsIn, textsIn, type Json } from '../folder/json.js';
import { kindOf } from '../folder/kind-of.js';
import { restored } from '../folder/restore.js';
import { rekeyed, type ActorDocument } from '../world/actors.js';
import { shown } from '../world/shelf.js';
import { World } from '../world/world.js';

/** Files played at the same time at most, each with a reader of its own. */
export const ABREAST_MAX = 16;
/** Far longer than it ever takes, but on a machine that is busy with something else. */
const SETTLE_MS_MAX = 60_000;
/** A public address behind every name; nobody dials it. */
const RESOLVED = [{ address: '93.184.215.14', family: 4 }];

/** A whole server, the world that stands in for all others, and people who read. */
export class Stage {
  private readonly failures = new Map<string, number>();

  private constructor(
    readonly server: TestServer,
    readonly world: World,
    readonly readers: readonly TestPerson[],
    readonly owner: TestPerson,
  ) {}

  static async start(entries: readonly Entry[], services?: TestServices): Promise<Stage> {
    const world = await World.start();
    const documents = entries.map((entry) => ({ entry, json: jsonOf(entry) }));
    fillShelf(world, documents.filter(({ entry }) => !entry.isAttack).map(({ json }) => json));
    const server = await startTestServer({
      peers: plainHosts(documents.map(({ json }) => json)),
      // Hosts of captures are often names of somebody's own network; a list that holds nothing real lets names of that kind be asked for.
      env: { ALLOWED_PRIVATE_ADDRESSES: '192.0.2.0/24' },
      outside: { standIn: world.address, resolver: async () => RESOLVED, limits: { negativeCacheMs: 0 } },
      ...(services === undefined ? {} : { services }),
    });
    const readers: TestPerson[] = [];
    for (let n = 0; n < ABREAST_MAX; n += 1) readers.push(await server.person(`reader${n}`));
    return new Stage(server, world, readers, await server.person('owner', { role: 'Owner' }));
  }

  /** Waits until the server has nothing left to do. @returns what is left after a minute, in words */
  async settled(): Promise<readonly string[]> {
    let left: readonly string[] = [];
    // Twice in a row: what was just delivered may bring something back.
    let calm = 0;
    const look = async (): Promise<boolean> => {
      left = await unsettled(this.server.backbone.db);
      // What is fetched in the background would write into the next round.
      const [background] = (await this.server.service.parts.metrics.backgroundWork.get()).values;
      calm = left.length === 0 && (background?.value ?? 0) === 0 ? calm + 1 : 0;
      return calm >= 2;
    };
    await until('the server to be settled', look, SETTLE_MS_MAX).catch(() => undefined);
    return left;
  }

  /** Requests that were answered 5xx since the last look, in words: those of the corpus, of clients and of the world. */
  async newFailures(): Promise<string[]> {
    const { values } = await this.server.service.parts.metrics.httpDuration.get();
    const failed = values.filter(({ labels, metricName }) => metricName?.endsWith('_count') === true && String(labels.status).startsWith('5'));
    return failed.flatMap(({ labels, value }) => {
      const name = `${labels.method} ${labels.route} answers ${labels.status}`;
      const before = this.failures.get(name) ?? 0;
      this.failures.set(name, value);
      return value > before ? [name] : [];
    });
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.world.stop();
  }
}

/** Deeper than anything real, and than what may be walked through here. */
const DEPTH_MAX = 500;

/** What the file says; null when it is no JSON, or deeper than anything real. */
export function jsonOf({ text, path }: Entry): unknown {
  try {
    return text === null || isDeep(text) ? null : (JSON.parse(restored(text, path)) as unknown);
  } catch {
    return null;
  }
}

/** Brackets within texts count as well: who writes five hundred of them open means no good. */
export function isDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

/** Everything with an id of its own can be asked for at it. */
function fillShelf(world: World, documents: readonly unknown[]): void {
  // What stands inside of something else first, since a document of its own says more.
  for (const json of documents) for (const object of objectsIn(json).slice(1)) putRekeyed(world, object);
  for (const json of documents) if (isJson(json) && isHttp(json['id'])) putRekeyed(world, json);
}

/** A key is made when somebody asks for it: a folder may hold thousands of people. */
function putRekeyed(world: World, document: Json): void {
  if (kindOf(document) !== 'actor') return world.common.put(document);
  world.common.put(document, document['id'], () => shown(rekeyed(document, world.keys.of((document as ActorDocument).id))));
}

/** As settings take them: names with a low line, which captures of test stages have, are none. */
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?$/;

/** Hosts whose ids are plain http; they are spoken to so. */
function plainHosts(documents: readonly unknown[]): string[] {
  const hosts = documents.flatMap((json) => textsIn(json)).filter((text) => text.startsWith('http://') && isHttp(text) && !/["\s{]/.test(text)).map((text) => new URL(text).host);
  return [...new Set(hosts)].filter((host) => HOST.test(host));
}
