import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { routeNotFound } from '@trunkline/mastodon-api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BrowserFile } from './browser-files.js';
import { favicon, missingAvatar, missingHeader } from './default-pictures.js';

/** Injects the files of `readBrowserFiles`. */
export const BROWSER_FILES = Symbol('BROWSER_FILES');

const A_DAY = 'public, max-age=86400';
const ROBOTS = `User-agent: *
Disallow: /api/
Disallow: /auth/
Disallow: /authorize_interaction
Disallow: /home
Disallow: /oauth/
`;

/** What never changes while the service runs. */
@Controller()
export class StaticFilesController {
  private readonly pictures = { avatar: missingAvatar(), header: missingHeader(), icon: favicon() };

  constructor(@Inject(BROWSER_FILES) private readonly files: ReadonlyMap<string, BrowserFile>) {}

  /** Asked about each time, so that page and script are of one version after an upgrade; mostly answered by 304. */
  @Get('/assets/:name')
  asset(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const file = this.files.get(name);
    if (file === undefined) throw routeNotFound();
    reply.headers({ ETag: file.etag, 'Cache-Control': 'public, no-cache' });
    if (request.headers['if-none-match'] === file.etag) reply.code(304).send();
    else reply.type(file.type).send(file.text);
  }

  @Get('/avatars/original/missing.png')
  avatar(@Res() reply: FastifyReply): void {
    picture(reply, 'image/png', this.pictures.avatar);
  }

  @Get('/headers/original/missing.png')
  header(@Res() reply: FastifyReply): void {
    picture(reply, 'image/png', this.pictures.header);
  }

  @Get('/favicon.ico')
  icon(@Res() reply: FastifyReply): void {
    picture(reply, 'image/x-icon', this.pictures.icon);
  }

  @Get('/robots.txt')
  robots(@Res() reply: FastifyReply): void {
    reply.type('text/plain; charset=utf-8').header('Cache-Control', A_DAY).send(ROBOTS);
  }
}

function picture(reply: FastifyReply, type: string, bytes: Buffer): void {
  // Clients and pages of other origins show these too.
  reply.type(type).header('Cache-Control', A_DAY).header('Cross-Origin-Resource-Policy', 'cross-origin').header('Access-Control-Allow-Origin', '*').send(bytes);
}
