import { Body, Controller, Get, Inject, Req, UseGuards } from '@nestjs/common';
import { AppError } from '@trunkline/kernel';
import {
  ConfirmationParams,
  faultOf,
  notAllowed,
  readParams,
  RegisterParams,
  renderToken,
  TAKEN,
  tokenInvalid,
  tooManyRequests,
  validationFailed,
  type TokenJson,
} from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, PostOk, type Backbone } from '@trunkline/platform';
import type { FastifyRequest } from 'fastify';
import { FormThrottle } from '../sign-in/form-throttle.js';
import { registerPerson } from './register-person.js';
import { SignUpAdapter } from './sign-up.adapter.js';

/** Signing up from an app, with the app's own token. */
@Controller('/api/v1')
@UseGuards(ClientGuard)
export class RegisterController {
  private readonly throttle: FormThrottle;

  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly signUp: SignUpAdapter,
  ) {
    this.throttle = new FormThrottle(backbone);
  }

  /** The token works for everything once the address is confirmed and the sign-up approved. */
  @PostOk('/accounts')
  async register(@Req() request: FastifyRequest, @Body() body: unknown): Promise<TokenJson> {
    const token = request.client?.token;
    if (!token) throw tokenInvalid();
    if (token.user !== null) throw new AppError(403, 'client_credentials_needed', 'This method requires an client credentials authentication');
    if (this.backbone.policy.current().registrations === 'none') throw notAllowed();
    const params = readParams(RegisterParams, body, { details: true });
    const outcome = await registerPerson(this.signUp.ports, params, { appId: token.appId, ip: request.ip });
    if (!outcome.ok) throw outcome.error.code === 'closed' ? notAllowed() : validationFailed(outcome.error.faults, true);
    const { user } = outcome.value;
    const { tokens, ids } = this.backbone;
    const issued = await tokens.issue({ id: ids.next(), appId: token.appId, userId: user.id, scopes: token.scopes });
    return renderToken(issued.token, token.scopes, issued.createdAt);
  }

  /** Sends the link again, to another address if one is given: the first may have been mistyped. */
  @PostOk('/emails/confirmations')
  async confirmations(@Req() request: FastifyRequest, @Body() body: unknown): Promise<Record<string, never>> {
    const { user } = personOf(request);
    const { email } = readParams(ConfirmationParams, body);
    const wait = await this.throttle.resend(request.ip, user.id);
    if (wait !== null) throw tooManyRequests(wait);
    const renewed = user.confirmedAt === null ? await this.backbone.users.renewConfirmation(user.id, email) : null;
    if (renewed === null || (!renewed.ok && renewed.error.code === 'confirmed')) {
      throw new AppError(403, 'confirmed', 'This method is only available while the e-mail is awaiting confirmation');
    }
    if (!renewed.ok) throw validationFailed([faultOf('email', TAKEN)]);
    const [whole] = await this.backbone.users.byIds([user.id]);
    if (whole !== undefined) await this.signUp.ports.sendConfirmation(whole, renewed.value);
    return {};
  }

  @Get('/emails/check_confirmation')
  isConfirmed(@Req() request: FastifyRequest): boolean {
    return personOf(request).user.confirmedAt !== null;
  }
}
