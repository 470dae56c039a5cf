import type { Settings } from '@trunkline/platform';
import type { FastifyReply } from 'fastify';
import { renderPage, type WebPage } from './layout.js';

/**
 * Sends a page that anybody may see. It is asked for anew each time, since moderation takes effect at once, and it
 * stands beside an ActivityPub form of the same address: `Vary: Accept`.
 */
export function sendPage(reply: FastifyReply, page: WebPage, settings: Settings): void {
  reply
    .header('Content-Security-Policy', contentPolicy(settings))
    .header('Cache-Control', 'no-cache')
    .header('Vary', 'Accept')
    .type('text/html; charset=utf-8')
    .send(renderPage(page, settings));
}

/**
 * What our pages may do in a browser: our own style, scripts and requests, and pictures of any server, since posts of
 * other servers show theirs. Nothing inline, no plugin, no frame.
 */
function contentPolicy({ baseUrl, federationHttpHosts }: Pick<Settings, 'baseUrl' | 'federationHttpHosts'>): string {
  const media = ["'self'", 'data:', 'https:', ...federationHttpHosts.map((host) => `http://${host}`)].join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${media}`,
    `media-src ${media}`,
    // Older browsers do not take 'self' for WebSockets.
    `connect-src 'self' ${baseUrl.replace(/^http/, 'ws')}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
