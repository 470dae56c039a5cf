import { Body, Controller, Get, Inject, Patch, Req, UseGuards } from '@nestjs/common';
import { unprocessable, type AccountId } from '@trunkline/kernel';
import { readParams, renderCredentialAccount, signInNeeded, UpdateCredentialsParams, type CredentialAccountJson } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, Uploads, type Backbone } from '@trunkline/platform';
import { loadAccountExtras, renderContextOf } from '@trunkline/social';
import type { FastifyRequest } from 'fastify';
import { updateProfile } from './update-profile.js';

const PICTURES = ['avatar', 'header'];
const PICTURE_BYTES_MAX = 1_048_576;
const REQUESTS_COUNTED_MAX = 40;

/** The signed-in person's own profile. */
@Controller('/api/v1/accounts')
@UseGuards(ClientGuard)
export class OwnAccountController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get('verify_credentials')
  verify(@Req() request: FastifyRequest): Promise<CredentialAccountJson> {
    return this.show(personOf(request).account.id);
  }

  @Patch('update_credentials')
  @Uploads({ filesMax: PICTURES.length, fileBytesMax: PICTURE_BYTES_MAX })
  async update(@Req() request: FastifyRequest, @Body() body: unknown): Promise<CredentialAccountJson> {
    const person = personOf(request);
    refusePictures(request, body);
    await updateProfile(this.backbone, person, readParams(UpdateCredentialsParams, body));
    return this.show(person.account.id);
  }

  private async show(accountId: AccountId): Promise<CredentialAccountJson> {
    const { store, users, settings } = this.backbone;
    const [[account], [user], waiting] = await Promise.all([
      store.accountsByIds([accountId]),
      users.byAccountIds([accountId]),
      store.followRequestIds(accountId, { limit: REQUESTS_COUNTED_MAX, maxId: null, sinceId: null, minId: null }),
    ]);
    if (account === undefined || user === undefined) throw signInNeeded();
    const extrasOf = await loadAccountExtras(this.backbone, [account]);
    return renderCredentialAccount(account, user, renderContextOf(settings), { ...extrasOf(account), followRequestsCount: waiting.length });
  }
}

/** As files, or as data URLs in text: said clearly, so that nobody wonders where the picture went. */
function refusePictures(request: FastifyRequest, body: unknown): void {
  const isSent = (name: string): boolean =>
    request.uploads.some((file) => file.field === name) ||
    (typeof body === 'object' && body !== null && Boolean((body as Record<string, unknown>)[name]));
  const sent = PICTURES.find(isSent);
  if (sent !== undefined) throw unprocessable(`Validation failed: ${sent === 'avatar' ? 'Avatar' : 'Header'} pictures are not available yet on this server`);
}
