import type { NewerEmoji } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { plainTexts } from './safe-values.js';

/** Of one host; the pictures of others stay as they came with each post. */
const EMOJIS_OF_HOST_MAX = 4_000;

/** Remembers pictures that are newer than those known. */
export async function noteEmojis(tx: Queryable, emojis: readonly NewerEmoji[]): Promise<void> {
  if (emojis.length === 0) return;
  await tx.query(
    `INSERT INTO social.remote_emojis AS e (host, shortcode, url, static_url, updated_at)
     SELECT DISTINCT ON (g.host, g.shortcode) g.host, g.shortcode, g.url, g.static_url, g.updated_at
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS g (host, shortcode, url, static_url, updated_at)
      WHERE EXISTS (SELECT FROM social.remote_emojis k WHERE k.host = g.host AND k.shortcode = g.shortcode)
         OR (SELECT count(*) FROM (SELECT FROM social.remote_emojis k WHERE k.host = g.host LIMIT ${EMOJIS_OF_HOST_MAX}) AS known) < ${EMOJIS_OF_HOST_MAX}
      ORDER BY g.host, g.shortcode, g.updated_at DESC
     ON CONFLICT (host, shortcode) DO UPDATE SET url = excluded.url, static_url = excluded.static_url, updated_at = excluded.updated_at
      WHERE e.updated_at < excluded.updated_at`,
    [
      emojis.map(({ host }) => host),
      plainTexts(emojis.map(({ shortcode }) => shortcode)),
      plainTexts(emojis.map(({ url }) => url)),
      plainTexts(emojis.map(({ staticUrl }) => staticUrl)),
      emojis.map(({ updatedAt }) => updatedAt),
    ],
  );
}

/**
 * The emojis of a row of another server with the pictures that they have now. What is kept of a page is not told of a new
 * picture, and shows it when it is loaded anew: within a minute.
 */
export const currentEmojis = (row: string, isRemote: string): string => `
  CASE WHEN ${row}.emojis <> '[]'::jsonb AND ${isRemote} THEN
    (SELECT jsonb_agg(jsonb_build_object('shortcode', t.e->>'shortcode', 'url', coalesce(r.url, t.e->>'url'),
                                         'staticUrl', coalesce(r.static_url, t.e->>'staticUrl')) ORDER BY t.place)
       FROM jsonb_array_elements(${row}.emojis) WITH ORDINALITY AS t (e, place)
       LEFT JOIN social.remote_emojis r ON r.host = lower(split_part(${row}.uri, '/', 3)) AND r.shortcode = t.e->>'shortcode')
  ELSE ${row}.emojis END AS emojis`;
