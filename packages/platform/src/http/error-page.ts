import { createHash } from 'node:crypto';
import { pathOf } from './body-parsers.js';

const MACHINE_PATHS = /^\/(api|inbox|ap|actor|\.well-known|nodeinfo|metrics|livez|readyz|startupz)(\/|$)|^\/oauth\/(token|revoke|userinfo|introspect)$/;

/** Whether a person in a browser looks at this address, and so an error is a page. */
export function wantsPage(url: string, accept: string | undefined): boolean {
  if (accept === undefined || MACHINE_PATHS.test(pathOf(url))) return false;
  const html = qualityOf(accept, 'text/html');
  return html > 0 && html >= Math.max(qualityOf(accept, 'application/json'), qualityOf(accept, 'application/activity+json'));
}

/** The quality that an Accept header names for exactly this type; 0 when it is not named. */
function qualityOf(accept: string, type: string): number {
  for (const range of accept.slice(0, 1_000).split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (name !== type) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const value = quality === undefined ? 1 : Number(quality.slice(2));
    return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
  }
  return 0;
}

const STYLE =
  ':root{color-scheme:light dark}body{max-width:30rem;margin:15vh auto 0;padding:0 1.5rem;font:1.1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}h1{margin:0;font-size:3rem}';

/** What the page may do in a browser: show its own style. */
export const ERROR_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'`;

/** A page that says what went wrong, without script. `message` is written out as text. */
export function errorPage(status: number, message: string, siteTitle: string): string {
  const text = escapeHtml(message);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${text} – ${escapeHtml(siteTitle)}</title><style>${STYLE}</style></head>
<body><main><h1>${status}</h1><p>${text}</p><p><a href="/">${escapeHtml(siteTitle)}</a></p></main></body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
