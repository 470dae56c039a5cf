import { htmlToText } from '../html/html-to-text.js';
import { countOf, isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { dateOf } from './document.js';
import type { RemotePoll } from './types.js';

/** Markup costs by its tags, and there are five hundred options. */
const OPTION_TAGS_MAX = 4;
/** Those that write their options as HTML have few. */
const MARKED_UP_MAX = 50;

/**
 * The poll of a Question. One list is filled, `oneOf` or `anyOf`: Pleroma sends both, one of them empty. An option is
 * named by `name` (Mastodon, Misskey, Pleroma) or by `content` (few others).
 *
 * @returns null when there are no options
 */
export function readPoll(raw: JsonObject): RemotePoll | null {
  const [one, any] = [optionsOf(member(raw, 'oneOf')), optionsOf(member(raw, 'anyOf'))];
  const multiple = one.length === 0;
  const options = multiple ? any : one;
  if (options.length === 0) return null;
  const closed = member(raw, 'closed');
  return {
    multiple,
    options,
    votersCount: countOf(member(raw, 'votersCount')) ?? votersOf(member(raw, 'voters')),
    // Pleroma writes the end into `closed` while the poll is open; Misskey and Smithereen send a null for no end.
    endsAt: dateOf(closed) ?? dateOf(member(raw, 'endTime')),
    closed: closed === true,
  };
}

const optionsOf = (value: unknown): RemotePoll['options'] =>
  listOf(value)
    .slice(0, LIMITS.pollOptions)
    .filter(isJsonObject)
    .map((option, at) => ({
      title: titleOf(option, at < MARKED_UP_MAX),
      votes: votesOf(member(option, 'replies')),
    }))
    .filter((option) => option.title !== '');

/** A name is text as it stands, angle brackets and all: a vote has to say it again to the letter. Content is HTML. */
function titleOf(option: JsonObject, mayBeMarkedUp: boolean): string {
  const name = textOf(member(option, 'name'), LIMITS.pollOptionChars);
  if (name === null && !mayBeMarkedUp) return '';
  return (name ?? htmlToText(textOf(member(option, 'content'), LIMITS.pollOptionChars) ?? '', OPTION_TAGS_MAX)).trim();
}

const votesOf = (replies: unknown): number | null => (isJsonObject(replies) ? countOf(member(replies, 'totalItems')) : null);

/** Pleroma lists the people. */
const votersOf = (voters: unknown): number | null => (Array.isArray(voters) ? voters.length : null);
