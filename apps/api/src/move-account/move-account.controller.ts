import { Controller, Delete, Get, Inject, Req, UseGuards } from '@nestjs/common';
import { AppError, type AccountId } from '@trunkline/kernel';
import { MoveAccountParams, notAllowed, OtherAccountParams, readParams, tooManyRequests, type AccountJson } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, PostOk, type Backbone } from '@trunkline/platform';
import { changeAliases, moveAway, presentAccounts, stayHere } from '@trunkline/social';
import type { FastifyRequest } from 'fastify';
import { FormThrottle } from '../sign-in/form-throttle.js';
import { signIn } from '../sign-in/sign-in.js';
import { findOther } from './find-other.js';

interface AliasesJson {
  readonly aliases: readonly string[];
}

/** Who moves elsewhere, and who comes from elsewhere: the aliases by which the other side agrees. */
@Controller('/api/v1/profile')
@UseGuards(ClientGuard)
export class MoveAccountController {
  private readonly throttle: FormThrottle;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    this.throttle = new FormThrottle(backbone);
  }

  @Get('aliases')
  aliases(@Req() request: FastifyRequest): AliasesJson {
    return { aliases: personOf(request).account.alsoKnownAs };
  }

  @PostOk('aliases')
  async addAlias(@Req() request: FastifyRequest): Promise<AliasesJson> {
    const { account } = personOf(request);
    const other = await findOther(this.backbone, readParams(OtherAccountParams, request.body).account);
    if (other.id === account.id) throw notAllowed();
    return { aliases: await changeAliases(this.backbone, account, { add: other.uri }) };
  }

  /** By handle or address; an address is enough, also of somebody who is gone. */
  @Delete('aliases')
  async removeAlias(@Req() request: FastifyRequest): Promise<AliasesJson> {
    const { account } = personOf(request);
    const { account: text } = readParams(OtherAccountParams, { ...Object(request.query), ...Object(request.body) });
    const uri = account.alsoKnownAs.includes(text) ? text : (await findOther(this.backbone, text)).uri;
    return { aliases: await changeAliases(this.backbone, account, { remove: uri }) };
  }

  /** Whoever holds a token is not enough: followers do not come back. */
  @PostOk('move')
  async move(@Req() request: FastifyRequest): Promise<AccountJson | undefined> {
    const { account } = personOf(request);
    const input = readParams(MoveAccountParams, request.body);
    await this.prove(account.id, input.password, request.ip);
    const target = await findOther(this.backbone, input.account);
    const moved = await moveAway(this.backbone, account, target.uri);
    if (!moved.ok) throw new AppError(422, moved.error.code, `Validation failed: ${moved.error.safe}`);
    return this.show(account.id);
  }

  @Delete('move')
  async stay(@Req() request: FastifyRequest): Promise<AccountJson | undefined> {
    const { account } = personOf(request);
    await stayHere(this.backbone, account);
    return this.show(account.id);
  }

  /** @throws AppError 403 when the password is not theirs; 429 after too many tries */
  private async prove(accountId: AccountId, password: string, ip: string): Promise<void> {
    const { users, store } = this.backbone;
    const [user] = await users.byAccountIds([accountId]);
    const proved = await signIn({ users, store, throttle: this.throttle }, { email: user?.email ?? '', password, ip });
    if (!proved.ok) throw proved.error.code === 'throttled' ? tooManyRequests(proved.error.retryAfterSeconds) : notAllowed();
  }

  private async show(accountId: AccountId): Promise<AccountJson | undefined> {
    return (await presentAccounts(this.backbone, await this.backbone.store.accountsByIds([accountId])))[0];
  }
}
