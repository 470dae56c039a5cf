import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { prefersActivity } from '@trunkline/activitypub';
import { recordNotFound } from '@trunkline/mastodon-api';
import { presentAccounts } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PAGE_PORTS } from '../layout/page-ports.adapter.js';
import type { PagePorts } from '../layout/page-ports.js';
import { sendPage } from '../layout/send-page.js';
import { remoteStub } from '../show-profile/remote-stub.js';
import { findStatus, showStatus } from './status-page.js';

/** `/@name/<id>`. Servers that ask for ActivityPub are sent to the object's id. */
@Controller()
export class StatusController {
  constructor(@Inject(PAGE_PORTS) private readonly ports: PagePorts) {}

  @Get('/@:handle/:id')
  async status(@Param('handle') handle: string, @Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.header('Vary', 'Accept');
    const view = await findStatus(this.ports, id);
    const { author, status } = view;
    if (author.domain === null && prefersActivity(request.headers.accept)) {
      reply.redirect(status.uri, 302);
      return;
    }
    const acct = author.domain === null ? author.username : `${author.username}@${author.domain}`;
    if (handle !== acct) {
      reply.redirect(`/@${acct}/${status.id}`, 302);
      return;
    }
    if (author.domain === null) {
      sendPage(reply, await showStatus(this.ports, view), this.ports.settings);
      return;
    }
    const [shown] = await presentAccounts(this.ports, [author]);
    if (shown === undefined) throw recordNotFound();
    sendPage(reply, remoteStub(shown, { href: status.url, what: 'post' }), this.ports.settings);
  }
}
