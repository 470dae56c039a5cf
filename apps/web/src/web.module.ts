import { Module } from '@nestjs/common';
import { HandOverController } from './hand-over/hand-over.controller.js';
import { HomeController } from './home/home.controller.js';
import { pagePortsProvider } from './layout/page-ports.adapter.js';
import { AboutController } from './show-about/about.controller.js';
import { LandingController } from './show-landing/landing.controller.js';
import { ProfileController } from './show-profile/profile.controller.js';
import { StatusController } from './show-status/status.controller.js';
import { TagController } from './show-tag/tag.controller.js';
import { readBrowserFiles } from './static-files/browser-files.js';
import { BROWSER_FILES, StaticFilesController } from './static-files/static-files.controller.js';

/** Pages for people and preview crawlers. Reads, as a stranger would; writes nothing. */
@Module({
  controllers: [LandingController, AboutController, ProfileController, StatusController, TagController, HandOverController, HomeController, StaticFilesController],
  providers: [pagePortsProvider, { provide: BROWSER_FILES, useFactory: readBrowserFiles }],
})
export class WebModule {}
