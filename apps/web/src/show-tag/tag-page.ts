import { isHashtag, normaliseHashtag, pageOf } from '@trunkline/domain';
import { recordNotFound } from '@trunkline/mastodon-api';
import { html } from '@trunkline/platform';
import { presentStatuses, rowReader, tagTimeline } from '@trunkline/social';
import type { WebPage } from '../layout/layout.js';
import type { PagePorts } from '../layout/page-ports.js';
import { olderLink, statusList } from '../layout/status-card.js';

const PER_PAGE = 20;

/** Public posts with a tag. @throws AppError 404 when the text is no tag */
export async function showTag(ports: PagePorts, typed: string, maxId: unknown): Promise<WebPage> {
  if (!isHashtag(typed)) throw recordNotFound();
  const tag = normaliseHashtag(typed);
  const page = pageOf({ maxId, limit: PER_PAGE }, PER_PAGE);
  const views = await tagTimeline(ports, rowReader(ports), null, { page, any: [tag], all: [], none: [], scope: 'all', onlyMedia: false });
  const statuses = await presentStatuses(ports, null, views);
  const path = `/tags/${encodeURIComponent(tag)}`;
  return {
    title: `#${typed}`,
    description: `Public posts about #${typed}`,
    url: ports.settings.baseUrl + path,
    // A tag's page is a view of others' posts: those have pages of their own.
    noindex: true,
    main: html`<h1>#${typed}</h1>
${statusList(statuses, 'Nobody has written about this in public, as far as this server knows.')}
${olderLink(statuses, path, PER_PAGE)}`,
  };
}
