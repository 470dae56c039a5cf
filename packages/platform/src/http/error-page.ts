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

/** A page that says what went wrong, without style or script. `message` is written out as text. */
export function errorPage(status: number, message: string, siteTitle: string): string {
  const text = escapeHtml(message);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${text} – ${escapeHtml(siteTitle)}</title></head>
<body><main><h1>${status}</h1><p>${text}</p><p><a href="/">${escapeHtml(siteTitle)}</a></p></main></body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
