import { httpUri } from '../hosts.js';
import { isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { typesOf } from './document.js';
import { linksOf, mediaTypeOf, type LinkTarget } from './references.js';
import type { RemoteAttachment } from './types.js';

type Kind = RemoteAttachment['kind'];

const KIND_BY_EXTENSION: readonly (readonly [RegExp, Kind])[] = [
  [/\.(?:jpe?g|png|gif|webp|avif|heic|heif|jxl)$/i, 'image'],
  [/\.(?:mp4|m4v|webm|mov|ogv)$/i, 'video'],
  [/\.(?:mp3|ogg|oga|opus|wav|flac|m4a|aac)$/i, 'audio'],
];
const SIDE_MAX = 65_535;
/** Entries that are no media count as well: each may name many addresses. */
const LOOKED_AT_MAX = 64;
/** Of a video's links, those whose own lists are looked into. */
const PLAYLISTS_MAX = 4;

/** Media of a post: Document, Image, Video and Audio, the first `LIMITS.attachments`; the post is never refused. */
export function parseAttachments(value: unknown): readonly RemoteAttachment[] {
  const found: RemoteAttachment[] = [];
  for (const entry of listOf(value).slice(0, LOOKED_AT_MAX)) {
    const document = asDocument(entry);
    const attachment = isJsonObject(document) && isMedium(document) ? attachmentOf(document, isFile) : null;
    if (attachment !== null) found.push(attachment);
    if (found.length === LIMITS.attachments) break;
  }
  return found;
}

/** A bare address counts when it ends like a medium. */
const asDocument = (entry: unknown): unknown =>
  typeof entry === 'string' && httpUri(entry) !== null && kindByName(entry) !== 'unknown' ? { type: 'Document', url: entry } : entry;

const isLink = (entry: JsonObject): boolean => typesOf(entry).includes('Link');

/** A Link is a medium when it says so (Mitra), or when it says nothing and ends like one (Lemmy's posts of a picture). */
function isMedium(entry: JsonObject): boolean {
  if (!isLink(entry)) return typesOf(entry).some((type) => ['Document', 'Image', 'Video', 'Audio'].includes(type));
  const mediaType = mediaTypeOf(member(entry, 'mediaType'));
  return mediaType === null ? kindByName(linksOf(entry)[0]?.href ?? '') !== 'unknown' : /^(?:image|video|audio)\//.test(mediaType);
}

/** The first picture of `image` or `icon`, which may be bare addresses, Links, Images, and lists of these. */
export function titlePicture(value: unknown): readonly RemoteAttachment[] {
  const [first] = listOf(value);
  const picture = attachmentOf(isJsonObject(first) ? { ...first, type: 'Image' } : { type: 'Image', url: first });
  return picture === null ? [] : [picture];
}

/** The first Link that is attached: Lemmy's link posts, preview cards (FEP-8967). `isPage`: it is shown nowhere else. */
export function attachedLink(value: unknown): { readonly url: string; readonly isPage: boolean } | null {
  const links = listOf(value).slice(0, LIMITS.attachments).filter(isJsonObject).filter(isLink);
  const first = links.find((link) => linksOf(link).length > 0);
  return first === undefined ? null : { url: linksOf(first)[0]?.href ?? '', isPage: !isMedium(first) };
}

/** An Image, Audio or Video that is the post itself: its texts and `mediaType` are the post's, not the file's. */
export const ownMedium = (raw: JsonObject): RemoteAttachment | null =>
  attachmentOf({ ...raw, mediaType: null, summary: null, name: null, content: null });

/** `mayBe`: what its link may be where none is a medium. */
function attachmentOf(entry: JsonObject, mayBe: (link: LinkTarget) => boolean = () => false): RemoteAttachment | null {
  const links = linksOf([member(entry, 'url'), member(entry, 'href')].flat());
  const link = bestMedia(links) ?? links.find(mayBe) ?? null;
  if (link === null) return null;

  const mediaType = mediaTypeOf(member(entry, 'mediaType')) ?? link.mediaType;
  // Funkwhale and Castopod put the cover into `image`.
  const preview = ['icon', 'image', 'preview'].flatMap((name) => linksOf(member(entry, name)))[0]?.href;
  return {
    kind: kindOf(mediaType, typesOf(entry), link.href),
    url: link.href,
    previewUrl: preview ?? null,
    mediaType,
    // GotoSocial writes the alternative text in summary and a title in name; Mastodon reads summary first as well. Owncast has it in content.
    description: ['summary', 'name', 'content'].map((name) => textOf(member(entry, name), LIMITS.altTextChars)?.trim()).find(Boolean) ?? null,
    blurhash: blurhashOf(member(entry, 'blurhash')),
    width: sideOf(member(entry, 'width')) ?? sideOf(link.json?.['width']),
    height: sideOf(member(entry, 'height')) ?? sideOf(link.json?.['height']),
    focus: focusOf(member(entry, 'focalPoint')),
  };
}

/** What is attached may be a file of any kind, no page. */
const isFile = ({ mediaType }: LinkTarget): boolean => !/^(?:text|application)\/(?:x?html|ld|activity)\b/.test(mediaType ?? '');

/** The tallest mp4 among PeerTube's many targets, else the first that is a medium, else the first of unknown type. */
function bestMedia(links: readonly LinkTarget[]): LinkTarget | null {
  // HLS playlists carry their mp4 files in a tag list.
  const all = [...links, ...links.filter((link) => link.json?.['tag'] !== undefined).slice(0, PLAYLISTS_MAX).flatMap((link) => linksOf(link.json?.['tag']))];
  const mp4s = all.filter((link) => link.mediaType === 'video/mp4').sort((a, b) => b.height - a.height);
  const medium = all.find((link) => /^(?:image|video|audio)\//.test(link.mediaType ?? ''));
  return mp4s[0] ?? medium ?? all.find((link) => link.mediaType === null) ?? null;
}

function kindOf(mediaType: string | null, types: readonly string[], url: string): Kind {
  const family = mediaType?.split('/')[0];
  if (family === 'image' || family === 'video' || family === 'audio') return family;
  if (mediaType !== null) return 'unknown';
  if (types.includes('Image')) return 'image';
  if (types.includes('Video')) return 'video';
  if (types.includes('Audio')) return 'audio';
  return kindByName(url);
}

function kindByName(url: string): Kind {
  const path = URL.parse(url)?.pathname ?? '';
  return KIND_BY_EXTENSION.find(([extension]) => extension.test(path))?.[1] ?? 'unknown';
}

const sideOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= SIDE_MAX ? value : null;

const BASE83 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~';

/** A blurhash of at most 5×5 components, as Mastodon takes them; larger ones cost every client that draws them. */
function blurhashOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length < 6 || value.length > 54) return null;
  const digits = [...value].map((character) => BASE83.indexOf(character));
  const size = digits[0] ?? -1;
  const [columns, rows] = [(size % 9) + 1, Math.floor(size / 9) + 1];
  return digits.includes(-1) || columns > 5 || rows > 5 || value.length !== 4 + 2 * columns * rows ? null : value;
}

function focusOf(value: unknown): readonly [number, number] | null {
  const list = isJsonObject(value) ? member(value, '@list') : value;
  if (!Array.isArray(list) || list.length !== 2 || !list.every((entry) => typeof entry === 'number')) return null;
  const [x, y] = list.map((entry: number) => Math.min(1, Math.max(-1, entry)));
  return x === undefined || y === undefined ? null : [x, y];
}
