import type { Decision } from './decide-account.js';

const SENTENCES: Partial<Readonly<Record<Decision, string>>> = {
  none: 'The moderators have a word about your account.',
  disable: 'Your account was locked: you cannot sign in for now.',
  silence: 'Your account was limited: only those who follow you see your posts.',
  suspend: 'Your account was suspended.',
};

/**
 * What a moderator lets somebody know of a decision. Plain text: it is read everywhere and loads nothing.
 * @param words what the moderator wrote, may be empty
 */
export function actionMail(
  to: string,
  order: { readonly decision: Decision; readonly words: string },
  settings: { readonly baseUrl: string; readonly site: { readonly title: string } },
): { readonly to: string; readonly subject: string; readonly text: string } {
  const { title } = settings.site;
  const sentence = SENTENCES[order.decision] ?? 'The moderators have a word about your account.';
  const words = order.words === '' ? [] : ['They wrote:', order.words];
  return { to, subject: `${title}: about your account`, text: ['Hello,', `this is about your account at ${title} (${settings.baseUrl}).`, sentence, ...words, ''].join('\n\n') };
}
