import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { Controller, HttpCode, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { serveTasks } from '../harness/worker-process.js';
import { BareLedger } from './bare-ledger.js';
import type { Sender } from '../harness/remote-authors.js';

const keys = new Map<string, KeyObject>();
let ledger: BareLedger;

/** What any receiver has to do, and nothing else: digest, signature, a row that is committed. */
@Controller('inbox')
class BareController {
  @Post()
  @HttpCode(202)
  async take(@Req() request: FastifyRequest): Promise<void> {
    const body = request.body as Buffer;
    const { digest, signature, host, date } = request.headers as Record<string, string>;
    if (digest !== `SHA-256=${createHash('sha256').update(body).digest('base64')}`) throw new Error('digest');
    const parameters = new Map([...(signature ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value ?? '']));
    const text = `(request-target): post ${request.url}\nhost: ${host}\ndate: ${date}\ndigest: ${digest}\ncontent-type: ${request.headers['content-type']}`;
    const key = keys.get(parameters.get('keyId') ?? '');
    if (key === undefined || !verify('sha256', Buffer.from(text), key, Buffer.from(parameters.get('signature') ?? '', 'base64'))) throw new Error('signature');
    const activity = JSON.parse(body.toString('utf8')) as { id: string; type: string; actor: string };
    await ledger.store({ activityId: activity.id, type: activity.type, actor: activity.actor, body: body.toString('utf8') });
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

async function listen({ databaseUrl, senders }: { readonly databaseUrl: string; readonly senders: readonly Sender[] }): Promise<number> {
  for (const sender of senders) keys.set(sender.keyId, createPublicKey(sender.publicKeyPem));
  ledger = new BareLedger(databaseUrl);
  const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), { logger: false, bodyParser: false });
  app.getHttpAdapter().getInstance().addContentTypeParser('application/activity+json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  await app.listen(0, '127.0.0.1');
  return (app.getHttpServer().address() as { port: number }).port;
}

/** The limit of the inbox: the same libraries with no product around them. */
export const serve = (): void =>
  serveTasks({
    listen,
    applyWhile: (params: { readonly until: number }) => ledger.applyWhile(params),
  });
