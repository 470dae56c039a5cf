import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import { openRedis, type RedisClient } from '../harness/redis-client.js';
import { serverLibrary } from '../harness/server-library.js';
import { serveTasks } from '../harness/worker-process.js';
import { SCHEMAS, type OrmFlag, type OrmStatus } from './orm-schemas.js';

const PAGE = 20;

interface Repository<T> {
  find(options: object): Promise<T[]>;
}

interface TypeOrm {
  DataSource: new (options: object) => { initialize(): Promise<unknown>; getRepository<T>(name: string): Repository<T> };
  EntitySchema: new (options: object) => unknown;
  In(values: readonly unknown[]): unknown;
}

interface Listening {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly viewers: readonly { readonly token: string; readonly key: string; readonly accountId: string }[];
}

/** The page as most TypeScript servers build it: ids from Redis, then TypeORM's `find` with relations, twice for the viewer's flags. */
async function listen({ databaseUrl, redisUrl, viewers }: Listening): Promise<number> {
  const { DataSource, EntitySchema, In } = serverLibrary<TypeOrm>('persistence', 'typeorm');
  const source = new DataSource({ type: 'postgres', url: databaseUrl, entities: SCHEMAS.map((schema) => new EntitySchema(schema)), poolSize: 10, installExtensions: false });
  await source.initialize();
  const redis: RedisClient = await openRedis(redisUrl);
  const byToken = new Map(viewers.map((viewer) => [`Bearer ${viewer.token}`, viewer]));
  const statuses = source.getRepository<OrmStatus>('status');
  const app = Fastify();
  app.get('/api/v1/timelines/home', async (request, reply) => {
    const viewer = byToken.get(request.headers.authorization ?? '');
    if (viewer === undefined) return reply.code(401).send();
    const ids = await redis.sendCommand<string[]>(['LRANGE', viewer.key, '0', String(PAGE - 1)]);
    const found = await statuses.find({ where: { id: In(ids) }, relations: { account: true, stats: true, boostOf: { account: true, stats: true } }, order: { id: 'DESC' } });
    const shown = found.map((status) => status.boostOf?.id ?? status.id);
    const [likes, bookmarks] = await Promise.all(
      ['favourite', 'bookmark'].map((name) => source.getRepository<OrmFlag>(name).find({ where: { accountId: viewer.accountId, statusId: In(shown) } })),
    );
    const [liked, kept] = [likes, bookmarks].map((flags) => new Set(flags?.map((flag) => flag.statusId)));
    return found.map((status) => ({ ...status, favourited: liked?.has(status.id), bookmarked: kept?.has(status.id) }));
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

export const serve = (): void => serveTasks({ listen });
