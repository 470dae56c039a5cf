import { Module } from '@nestjs/common';
import { OAuthModule } from './oauth/oauth.module.js';
import { SignInModule } from './sign-in/sign-in.module.js';

/** The Mastodon client API, OAuth and the pages of signing in and up. One module a feature. */
@Module({ imports: [OAuthModule, SignInModule] })
export class ApiModule {}
