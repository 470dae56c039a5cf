import { ok } from '@trunkline/kernel';
import { member, textOf } from '../../json.js';
import { parseTags, shortcodeOf } from '../parse-tags.js';
import type { IncomingActivity, RemoteEmoji } from '../types.js';
import { ignore, type FactsReader } from './context.js';

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
const EMOJI_CHARS_MAX = 64;

/** The words that Misskey sent before 2020 (`_misskey_reaction` alone). */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['like', '👍'],
  ['love', '❤️'],
  ['laugh', '😆'],
  ['hmm', '🤔'],
  ['surprise', '😮'],
  ['congrats', '🎉'],
  ['angry', '💢'],
  ['confused', '😥'],
  ['rip', '😇'],
  ['pudding', '🍮'],
  ['star', '⭐'],
]);

type Reaction = { readonly emoji: string; readonly custom: RemoteEmoji | null };

/** What the activity reacts with: exactly one emoji, or a custom one whose picture came along; null for none. */
function reactionOf({ raw }: IncomingActivity): Reaction | null {
  const text = (textOf(member(raw, 'content'), 300) ?? textOf(member(raw, '_misskey_reaction'), 300) ?? '').trim();
  const emoji = WORDS.get(text) ?? text;
  if (isOneEmoji(emoji)) return { emoji, custom: null };
  if (!/^:[^:]+:$/.test(text)) return null;
  const shortcode = shortcodeOf(text);
  const custom = parseTags(member(raw, 'tag')).emojis.find((entry) => entry.shortcode === shortcode);
  return custom === undefined ? null : { emoji: shortcode, custom };
}

function isOneEmoji(text: string): boolean {
  if (text === '' || text.length > EMOJI_CHARS_MAX || !/\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|^[0-9#*]\u{FE0F}?\u{20E3}$/u.test(text)) return false;
  const graphemes = SEGMENTER.segment(text)[Symbol.iterator]();
  return graphemes.next().done !== true && graphemes.next().done === true;
}

/** Misskey reacts by Like; a reaction that cannot be read is a like, never an error. */
export const readLike: FactsReader = (activity) => {
  const { uri } = activity.object;
  if (uri === null) return ignore('missing_object');
  const reaction = reactionOf(activity);
  return ok(reaction === null ? { kind: 'like', uri } : { kind: 'reaction', uri, ...reaction });
};

/** FEP-c0e0 (Pleroma, Akkoma, Mitra). */
export const readEmojiReact: FactsReader = (activity) => {
  const { uri } = activity.object;
  if (uri === null) return ignore('missing_object');
  const reaction = reactionOf(activity);
  return reaction === null ? ignore('bad_emoji') : ok({ kind: 'reaction', uri, ...reaction });
};
