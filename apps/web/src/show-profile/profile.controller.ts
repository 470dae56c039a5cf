import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { prefersActivity } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { recordNotFound } from '@trunkline/mastodon-api';
import { presentAccounts } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PAGE_PORTS } from '../layout/page-ports.adapter.js';
import type { PagePorts } from '../layout/page-ports.js';
import { sendPage } from '../layout/send-page.js';
import { checkShown, findAccount } from './find-account.js';
import { profileFeed } from './profile-feed.js';
import { showProfile } from './profile-page.js';
import { remoteStub } from './remote-stub.js';

/** `/@name`, `/@name.rss` and `/@name@host`. Servers that ask for ActivityPub are sent to the actor's id. */
@Controller()
export class ProfileController {
  constructor(@Inject(PAGE_PORTS) private readonly ports: PagePorts) {}

  @Get('/@:handle')
  async profile(@Param('handle') handle: string, @Query('max_id') maxId: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.header('Vary', 'Accept');
    if (handle.endsWith('.rss') && !handle.includes('@')) return this.feed(handle.slice(0, -'.rss'.length), reply);
    const account = await findAccount(this.ports, handle);
    if (account.domain === null && prefersActivity(request.headers.accept)) {
      reply.redirect(account.uri, 302);
      return;
    }
    checkShown(this.ports, account);
    if (account.domain !== null) return this.stub(account, reply);
    sendPage(reply, await showProfile(this.ports, account, maxId), this.ports.settings);
  }

  private async feed(username: string, reply: FastifyReply): Promise<void> {
    const account = await findAccount(this.ports, username);
    checkShown(this.ports, account);
    reply.type('application/rss+xml; charset=utf-8').header('Cache-Control', 'max-age=60').send(await profileFeed(this.ports, account));
  }

  private async stub(account: Account, reply: FastifyReply): Promise<void> {
    const [shown] = await presentAccounts(this.ports, [account]);
    if (shown === undefined) throw recordNotFound();
    sendPage(reply, remoteStub(shown, { href: shown.url, what: 'profile' }), this.ports.settings);
  }
}
