import { html } from '@trunkline/platform';
import type { WebPage } from '../layout/layout.js';
import { HOME_SCRIPT_PATH } from '../static-files/browser-files.js';

/** The frame of the signed-in page; browser/home.ts fills it. */
export const homePage = (localDomain: string): WebPage => ({
  title: 'Home',
  noindex: true,
  script: HOME_SCRIPT_PATH,
  main: html`<div id="app" data-domain="${localDomain}">
<h1>Home</h1>
<noscript><p>This page needs JavaScript. Any Mastodon app works with this server as well: sign in with <strong>${localDomain}</strong>.</p></noscript>
<p id="status" role="status" aria-live="polite"></p>
</div>`,
});
