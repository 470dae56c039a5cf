import { html, type Html, type HtmlValue, type Settings } from '@trunkline/platform';
import { STYLE_PATH } from '../static-files/browser-files.js';

/** One page, without what stands around it on all of them. */
export interface WebPage {
  readonly title: string;
  /** What stands in the main landmark, its heading included. */
  readonly main: HtmlValue;
  /** For search results and previews: plain text. */
  readonly description?: string;
  /** The page's own address, absolute. */
  readonly url?: string;
  /** `profile`, `article`, `website`. */
  readonly kind?: string;
  /** A picture for previews, absolute. */
  readonly imageUrl?: string;
  readonly noindex?: boolean;
  /** The same thing in other forms: RSS, ActivityPub. */
  readonly alternates?: readonly { readonly type: string; readonly href: string; readonly title?: string }[];
  /** A script of ours, loaded as a module; pages are whole without any. */
  readonly script?: string;
  readonly language?: string;
}

export type SiteSettings = Pick<Settings, 'site' | 'baseUrl'>;

const DESCRIPTION_CHARS_MAX = 300;

/** The whole document. */
export function renderPage(page: WebPage, { site }: SiteSettings): string {
  return html`<!doctype html>
<html lang="${page.language ?? 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title === site.title ? site.title : `${page.title} – ${site.title}`}</title>
${metaOf(page, site.title)}
<link rel="icon" href="/favicon.ico" sizes="32x32">
<link rel="stylesheet" href="${STYLE_PATH}">
${page.script !== undefined && html`<script type="module" src="${page.script}"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="site-header"><div class="inner">
<a class="site-name" href="/">${site.title}</a>
<nav aria-label="Site"><a href="/about">About</a><a class="button small" href="/home">${page.script === undefined ? 'Sign in' : 'Home'}</a></nav>
</div></header>
<main id="main" tabindex="-1">
${page.main}
</main>
<footer class="site-footer"><p>${site.title} runs on Trunkline${site.sourceUrl !== null && html` · <a href="${site.sourceUrl}">source code</a>`} · <a href="/about">rules and contact</a></p></footer>
</body>
</html>
`.text;
}

function metaOf(page: WebPage, siteTitle: string): HtmlValue {
  const description = shortened(page.description ?? '');
  const named = (name: string, content: string | undefined): HtmlValue => content !== undefined && content !== '' && html`<meta name="${name}" content="${content}">\n`;
  const graph = (name: string, content: string | undefined): HtmlValue => content !== undefined && content !== '' && html`<meta property="og:${name}" content="${content}">\n`;
  return [
    page.noindex === true && named('robots', 'noindex, noarchive'),
    named('description', description),
    graph('site_name', siteTitle),
    graph('type', page.kind ?? 'website'),
    graph('title', page.title),
    graph('description', description),
    graph('url', page.url),
    graph('image', page.imageUrl),
    named('twitter:card', 'summary'),
    page.url !== undefined && html`<link rel="canonical" href="${page.url}">\n`,
    (page.alternates ?? []).map(
      ({ type, href, title }): Html => html`<link rel="alternate" type="${type}" href="${href}"${title !== undefined && html` title="${title}"`}>\n`,
    ),
  ];
}

const shortened = (text: string): string => (text.length <= DESCRIPTION_CHARS_MAX ? text : `${text.slice(0, DESCRIPTION_CHARS_MAX - 1).trimEnd()}…`);
