/** What we answer and send with. */
export const ACTIVITY_CONTENT_TYPE = 'application/activity+json';

/** What we ask for when fetching: both names of the format, and nothing else. */
export const ACTIVITY_ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"';

const AS2_PROFILE = 'https://www.w3.org/ns/activitystreams';

function parameterOf(parameters: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]*))`, 'i').exec(parameters);
  return match === null ? null : (match[1] ?? match[2] ?? '');
}

/**
 * Whether a content type is ActivityPub's: `application/activity+json`, or `application/ld+json` with the
 * ActivityStreams profile (which may stand among others). Plain JSON is refused: somebody's upload must not
 * pass for an actor (GHSA-jhrq-qvrm-qr36).
 */
export function isActivityContentType(contentType: string): boolean {
  const text = contentType.slice(0, 500).trim();
  const end = text.indexOf(';');
  const essence = (end < 0 ? text : text.slice(0, end)).trim().toLowerCase();
  if (essence === ACTIVITY_CONTENT_TYPE) return true;
  if (essence !== 'application/ld+json' || end < 0) return false;
  return (parameterOf(text.slice(end), 'profile') ?? '').split(/\s+/).includes(AS2_PROFILE);
}

/**
 * Whether an Accept header asks for ActivityPub rather than for a page. The entry with the higher `q` wins, of equal
 * ones the first. An absent header, `*` and types that are neither mean a page.
 */
export function prefersActivity(accept: string | undefined): boolean {
  let best = { activity: false, quality: 0 };
  for (const entry of splitAccept((accept ?? '').slice(0, 2_000))) {
    const activity = isActivityContentType(entry);
    if (!activity && !/^\s*(?:text\/html|application\/xhtml\+xml|text\/\*)\b/i.test(entry)) continue;
    const quality = Number(parameterOf(entry, 'q') ?? '1');
    if (quality > best.quality) best = { activity, quality };
  }
  return best.activity;
}

/** Commas within quotes belong to a parameter. */
const splitAccept = (accept: string): readonly string[] => accept.match(/(?:[^,"]|"[^"]*")+/g) ?? [];
