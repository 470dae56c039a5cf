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

/** The colours are those of the other pages; it stands alone, since what serves their style may be what is broken. */
const STYLE = [
  ':root{color-scheme:light dark;--back:#f3f4f8;--card:#fff;--text:#1c1f2b;--quiet:#565c70;--line:#d5d9e4;--accent:#4338ca;--on:#fff}',
  '@media(prefers-color-scheme:dark){:root{--back:#13151d;--card:#1e212d;--text:#eceef6;--quiet:#a9afc3;--line:#363b4e;--accent:#a5abff;--on:#14162b}}',
  'body{margin:0;padding:12vh 1rem 1rem;background:var(--back);color:var(--text);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}',
  'main{max-width:26rem;margin:0 auto;padding:1.5rem;background:var(--card);border:1px solid var(--line);border-radius:.9rem}',
  'h1{margin:0 0 .5rem;font-size:1.6rem;line-height:1.25}p{margin:0 0 1rem;color:var(--quiet)}',
  'a{display:inline-block;padding:.5rem 1.1rem;border-radius:.6rem;background:var(--accent);color:var(--on);font-weight:600;text-decoration:none}',
].join('');
/** What a person reads when nobody said more than the machine's word. */
const KIND_TEXTS: Readonly<Record<string, string>> = { 'Not Found': 'There is nothing at this address', 'Record not found': 'This is not here, or no longer', Gone: 'This has been deleted' };

/** What the page may do in a browser: show its own style. */
export const ERROR_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'`;

/** A page that says what went wrong, without script. `message` is written out as text. */
export function errorPage(status: number, message: string, siteTitle: string): string {
  const text = escapeHtml(KIND_TEXTS[message] ?? message);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${text} – ${escapeHtml(siteTitle)}</title><style>${STYLE}</style></head>
<body><main><h1>${text}</h1><p>Error ${status}</p><a href="/">Go to ${escapeHtml(siteTitle)}</a></main></body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
