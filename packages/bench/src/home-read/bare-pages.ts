import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import { openRedis, type RedisClient } from '../harness/redis-client.js';
import { serveTasks } from '../harness/worker-process.js';

const PAGE = 20;
const FLAGS = '"favourited":true';

interface Listening {
  readonly redisUrl: string;
  readonly viewers: readonly { readonly token: string; readonly key: string }[];
  /** Rendered statuses by id. */
  readonly fragments: readonly (readonly [id: string, json: string])[];
}

/** Ids from the feed, fragments from memory, the viewer's likes from a set in Redis: joined and sent. */
async function listen({ redisUrl, viewers, fragments }: Listening): Promise<number> {
  const redis = await openRedis(redisUrl);
  const keys = new Map(viewers.map(({ token, key }) => [`Bearer ${token}`, key]));
  const cached = new Map(fragments);
  const app = Fastify();
  app.get('/api/v1/timelines/home', async (request, reply) => {
    const key = keys.get(request.headers.authorization ?? '');
    if (key === undefined) return reply.code(401).send();
    return reply.header('content-type', 'application/json; charset=utf-8').send(await pageOf(redis, key, cached));
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

async function pageOf(redis: RedisClient, key: string, cached: ReadonlyMap<string, string>): Promise<string> {
  const ids = await redis.sendCommand<string[]>(['LRANGE', key, '0', String(PAGE - 1)]);
  const likes = await redis.sendCommand<number[]>(['SMISMEMBER', `${key}:likes`, ...ids]);
  return `[${ids.map((id, at) => withLike(cached.get(id) ?? '', likes[at] === 1)).join(',')}]`;
}

const withLike = (fragment: string, likes: boolean): string => (likes ? fragment.replace('"favourited":false', FLAGS) : fragment);

export const serve = (): void => serveTasks({ listen });
