import type { FastifyReply } from 'fastify';
import { html, Html, type HtmlValue } from '@trunkline/platform';
import { PAGE_STYLE, PAGE_STYLE_HASH } from './page-style.js';

export interface Page {
  readonly title: string;
  /** What stands in the main landmark, its heading included. */
  readonly main: HtmlValue;
  /** Where a form of the page may end up besides here: the app's address after a consent (browsers follow the rule through redirects). */
  readonly formTargets?: readonly string[];
  /** The form came back with faults: the title says so first, for those who hear it. */
  readonly faulty?: boolean;
}

/** Everything of ours that a page shows around its content. */
export interface Site {
  readonly title: string;
}

/** The whole document. No script stands on our pages, and their policy allows none. */
export function renderPage(page: Page, site: Site): string {
  const title = `${page.faulty === true ? 'Error: ' : ''}${page.title} – ${site.title}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
<header><a href="/">${site.title}</a></header>
<main>
${page.main}
</main>
<footer>${site.title} runs on Trunkline</footer>
</body>
</html>
`.text;
}

/** What the page may do in a browser: show its own style, send forms to us, nothing else. */
export function pagePolicy(formTargets: readonly string[] = []): string {
  const targets = ["'self'", ...formTargets.filter((target) => /^[a-z][a-z0-9+.-]*:(\/\/[a-z0-9.:[\]-]+)?$/i.test(target))];
  return [
    "default-src 'none'",
    `style-src ${PAGE_STYLE_HASH}`,
    `form-action ${targets.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Sends a page that no cache keeps: it holds form tokens and is made for one person. */
export function sendPage(reply: FastifyReply, status: number, page: Page, site: Site): void {
  reply
    .code(status)
    .header('Content-Security-Policy', pagePolicy(page.formTargets))
    .header('Cache-Control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(renderPage(page, site));
}
