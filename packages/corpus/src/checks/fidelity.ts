import { isHttp, isJson, listOf, textOf, typesIn, type Json } from '../folder/json.js';
import type { StatusSeen } from '../stage/seen.js';

const MEDIA = new Set(['Document', 'Image', 'Video', 'Audio']);
const MEDIA_MAX = 16;
const WORDS_MAX = 12;
const TOLERANCE_MS = 1_000;
const NOT_SHOWN = /<(script|style|math|svg|iframe|object|template|noscript|title|select|textarea|option|xmp)\b[\s\S]*?<\/\1>/gi;
/** Markup within a word, which does not part it. */
const WITHIN = /<!--[\s\S]*?-->|<\/?(?:wbr|b|i|u|s|em|strong|span|font|small|big|sub|sup|mark|ins|del|tt|bdi|bdo|cite|q|abbr|acronym|kbd|samp|var|time|data|dfn)\b[^>]*>|[\u00AD\u200B-\u200D\u2060\uFEFF]|&(?:shy|ZeroWidthSpace|zwnj|zwj|#8203|#173|#xad|#x200b);/gi;

/**
 * What a post said and a client does not see of it, in words: read from the document by other means than the readers of
 * the server, which would only agree with themselves. Says nothing of how it is shown.
 */
export function lostOf(document: Json, status: StatusSeen): string[] {
  return [
    ...lostWords(document, status).map((word) => `the word "${word}"`),
    ...lostAudience(document, status),
    ...(isTrue(document['sensitive']) && !status.sensitive ? ['that it is sensitive'] : []),
    ...fewer('medium', mediaIn(document), status.media_attachments.length),
    ...fewer('hashtag', hashtagsIn(document), status.tags.length),
    ...fewer('emoji', emojisIn(document), status.emojis.length),
    ...lostPoll(document, status),
    ...lostDate(document, status),
  ];
}

const isTrue = (value: unknown): boolean => value === true || value === 'true';
const fewer = (what: string, said: number, seen: number): string[] => (seen < said ? [`${said - seen} ${what}`] : []);

/** Words of its title, text and warning, whatever their order. */
function lostWords(document: Json, status: StatusSeen): string[] {
  const seen = new Set(wordsIn(`${status.content} ${status.spoiler_text} ${(status.poll?.options ?? []).map((option) => (isJson(option) ? String(option['title']) : '')).join(' ')}`));
  const content = first(document['content']) ?? firstOfMap(document['contentMap']) ?? (isJson(document['source']) ? first(document['source']['content']) : null) ?? '';
  // A teaser stands for the text where there is one; of a Note, both are shown.
  const isConverted = !typesIn(document).some((type) => type === 'Note' || type === 'Question');
  const summary = first(document['summary']) ?? '';
  const said = isConverted && summary.trim() !== '' ? [summary] : [content, summary];
  return [first(document['name']) ?? '', ...said].flatMap((text) => wordsIn(text).slice(0, WORDS_MAX).filter((word) => !seen.has(word)).slice(0, 1));
}

const first = (value: unknown): string | null => textOf(listOf(value).find((entry) => typeof entry === 'string'));
const firstOfMap = (map: unknown): string | null => (isJson(map) ? first(Object.values(map).filter((text) => typeof text === 'string')) : null);

/** Of letters alone: everything that markup and entities do to the rest is left out. */
const wordsIn = (html: string): string[] =>
  html
    .normalize('NFKC')
    .replace(NOT_SHOWN, ' ')
    .replace(WITHIN, '')
    .replace(/<\/?[a-z!?][^>]*(?:>|$)/gi, ' ')
    .replace(/&(?:lt|gt|amp|quot|apos|nbsp|#39|#34|#160|#x27);/g, ' ')
    // A letter may be written as an entity as well: of such a word nothing is asked.
    .replace(/\p{L}{0,30}(?:&#?\w{1,30};\p{L}{0,30})+|https?:\/\/\S+|:\w+:|[^\s]*[@#/][^\s]*/gu, ' ')
    .match(/\p{L}{4,20}(?![\p{L}])/gu)
    ?.map((word) => word.toLowerCase()) ?? [];

const PUBLIC = /^(?:https:\/\/www\.w3\.org\/ns\/activitystreams#|as:)?Public$/;
const names = (list: unknown): boolean => listOf(list).some((entry) => PUBLIC.test(textOf(isJson(entry) ? entry['id'] : entry) ?? ''));

/** Whether it is addressed to everybody, on a list or not. */
export const isForAll = (document: Json): boolean => names(document['to']) || names(document['cc']);

/** Nobody may make a post wider than it was addressed, nor narrower. */
function lostAudience(document: Json, { visibility }: StatusSeen): string[] {
  const said = names(document['to']) ? 'public' : names(document['cc']) ? 'unlisted' : null;
  if (said === null) return visibility === 'public' || visibility === 'unlisted' ? [`that it is not ${visibility}`] : [];
  return visibility === said ? [] : [`that it is ${said}`];
}

const hasAddress = (value: unknown): boolean =>
  listOf(value).some((entry) => isHttp(entry) || (isJson(entry) && (isHttp(entry['href']) || hasAddress(entry['url']))));

const mediaIn = (document: Json): number =>
  Math.min(MEDIA_MAX, listOf(document['attachment']).filter((entry) => isJson(entry) && typesIn(entry).some((type) => MEDIA.has(type)) && (hasAddress(entry['url']) || isHttp(entry['href']))).length);

const tagsOf = (document: Json, type: string): Json[] => listOf(document['tag']).flat().filter((tag): tag is Json => isJson(tag) && typesIn(tag).includes(type));

/** Those whose name can be one. */
const hashtagsIn = (document: Json): number =>
  Math.min(50, new Set(tagsOf(document, 'Hashtag').flatMap((tag) => (/^\s*[#＃]?[\p{L}\p{N}_·]*\p{L}[\p{L}\p{N}_·]*\s*$/u.test(first(tag['name']) ?? '') ? [(first(tag['name']) ?? '').trim().replace(/^[#＃]/, '').normalize('NFKC').toLowerCase()] : []))).size);

/** Those that have a picture, and stand in its text. */
const emojisIn = (document: Json): number =>
  Math.min(50, new Set(tagsOf(document, 'Emoji').flatMap((tag) => {
    const name = (first(tag['name']) ?? '').replaceAll(':', '');
    const isUsed = JSON.stringify([document['content'], document['summary'], document['name']]).includes(`:${name}:`);
    return /^\w{2,50}$/.test(name) && isUsed && hasAddress(isJson(tag['icon']) ? tag['icon']['url'] : tag['icon']) ? [name] : [];
  })).size);

function lostPoll(document: Json, { poll }: StatusSeen): string[] {
  if (!typesIn(document).some((type) => type === 'Note' || type === 'Question')) return [];
  const options = Math.max(...[document['oneOf'], document['anyOf']].map((list) => listOf(list).filter((option) => isJson(option) && (first(option['name']) ?? '').trim() !== '').length));
  if (options === 0) return [];
  return poll === null ? ['its poll'] : fewer('option', Math.min(options, 500), poll.options.length);
}

function lostDate(document: Json, { created_at }: StatusSeen): string[] {
  const text = textOf(document['published']);
  if (text === null || !/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text)) return [];
  const at = Date.parse(text);
  return Number.isNaN(at) || at < 0 || at > Date.now() || Math.abs(at - Date.parse(created_at)) <= TOLERANCE_MS ? [] : ['its date'];
}
