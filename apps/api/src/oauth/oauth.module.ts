import { Module } from '@nestjs/common';
import { AppsController } from './apps.controller.js';
import { AuthorizeController } from './authorize.controller.js';
import { TokenController } from './token.controller.js';

/** Apps, consent and tokens. */
@Module({ controllers: [AppsController, AuthorizeController, TokenController] })
export class OAuthModule {}
