import { Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { FollowsModule } from './follows/follows.module.js';
import { InstanceModule } from './instance/instance.module.js';
import { ListsModule } from './lists/lists.module.js';
import { MoveAccountModule } from './move-account/move-account.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { SearchModule } from './search/search.module.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { SignUpModule } from './sign-up/sign-up.module.js';
import { SmallListsModule } from './small-lists/small-lists.module.js';
import { StatusesModule } from './statuses/statuses.module.js';
import { TimelinesModule } from './timelines/timelines.module.js';

/** The Mastodon client API, OAuth and the pages of signing in and up. One module a feature. */
@Module({
  imports: [
    AccountsModule,
    FollowsModule,
    InstanceModule,
    ListsModule,
    MoveAccountModule,
    NotificationsModule,
    OAuthModule,
    SearchModule,
    SignInModule,
    SignUpModule,
    SmallListsModule,
    StatusesModule,
    TimelinesModule,
  ],
})
export class ApiModule {}
