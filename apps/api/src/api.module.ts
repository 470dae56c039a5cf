import { Module } from '@nestjs/common';
import { SignInModule } from './sign-in/sign-in.module.js';

/** The Mastodon client API, OAuth and the pages of signing in and up. One module a feature. */
@Module({ imports: [SignInModule] })
export class ApiModule {}
