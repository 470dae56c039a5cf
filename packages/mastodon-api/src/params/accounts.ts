import { checkEmail, checkPassword, checkUsername, countCharacters, countGraphemes, EMAIL_CHARS_MAX, isLanguageTag, PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN, USERNAME_CHARS_MAX } from '@trunkline/domain';
import { z } from 'zod';
import { LIMITS } from '../entities/instance.js';
import { ACCOUNTS_PER_PAGE, anything, asList, clearableText, count, flag, idList, language, optionalText, quoteChoice, requiredText, textList } from './pieces.js';
import { BLANK, INVALID, NOT_ACCEPTED, NOT_IN_LIST, RESERVED, tooLong, tooShort } from './read.js';

const REASON_CHARS_MAX = 500;

interface Check {
  readonly ok: boolean;
  readonly error?: { readonly code: string };
}

/** A field that one of the domain's checks judges; `min` and `max` are for its sentences. */
const checked = (check: (text: string) => Check, min: number, max: number) =>
  anything.transform((value, issues): string => {
    const text = typeof value === 'string' ? value : '';
    const result = check(text);
    if (result.ok) return text;
    const messages: Readonly<Record<string, string>> = {
      blank: BLANK,
      too_long: tooLong(max),
      too_short: tooShort(min),
      reserved: RESERVED,
    };
    issues.addIssue({ code: 'custom', message: messages[result.error?.code ?? ''] ?? INVALID });
    return '';
  });

// Not an optional switch with a check behind it: of an absent optional member zod asks nothing more.
const agreement = anything.transform((value, issues): true => {
  if (flag.parse(value) !== true) issues.addIssue({ code: 'custom', message: NOT_ACCEPTED });
  return true;
});

/** POST /api/v1/accounts. Read it with `details`. */
export const RegisterParams = z
  .object({
    username: checked(checkUsername, 1, USERNAME_CHARS_MAX),
    email: checked((text) => checkEmail(text.trim()), 3, EMAIL_CHARS_MAX),
    password: checked(checkPassword, PASSWORD_CHARS_MIN, PASSWORD_BYTES_MAX),
    agreement,
    locale: optionalText(35),
    reason: optionalText(REASON_CHARS_MAX),
  })
  .transform((params) => ({
    username: params.username,
    email: params.email.trim(),
    password: params.password,
    locale: params.locale !== undefined && isLanguageTag(params.locale) ? params.locale : 'en',
    reason: params.reason?.trim() || null,
  }));
export type RegisterInput = z.output<typeof RegisterParams>;

const profileField = z.object({ name: clearableText(2048), value: clearableText(2048) });
const fieldsAttributes = anything.transform((value, issues): { name: string; value: string }[] | undefined => {
  if (value === undefined) return undefined;
  const fields = asList(value).map((item) => profileField.safeParse(item).data ?? {});
  const kept = fields
    .map((field) => ({ name: (field.name ?? '').trim(), value: (field.value ?? '').trim() }))
    .filter((field) => field.name !== '' || field.value !== '');
  const fits = kept.every((field) => countGraphemes(field.name) <= LIMITS.fieldCharacters && countGraphemes(field.value) <= LIMITS.fieldCharacters);
  if (!fits) issues.addIssue({ code: 'custom', message: tooLong(LIMITS.fieldCharacters) });
  if (kept.length > LIMITS.profileFields) issues.addIssue({ code: 'custom', message: `are too many (maximum is ${LIMITS.profileFields})` });
  return kept;
});

const source = z
  .object({
    privacy: z.enum(['public', 'unlisted', 'private', 'direct'], NOT_IN_LIST).optional(),
    sensitive: flag,
    language: language.optional(),
    quote_policy: quoteChoice,
  })
  .optional();

/** PATCH /api/v1/accounts/update_credentials. What is absent stays as it is. Pictures come with media. */
export const UpdateCredentialsParams = z
  .object({
    display_name: clearableText(2048).refine((text) => text === undefined || countGraphemes(text) <= LIMITS.displayNameCharacters, tooLong(LIMITS.displayNameCharacters)),
    note: clearableText(20_000).refine((text) => text === undefined || countCharacters(text) <= LIMITS.noteCharacters, tooLong(LIMITS.noteCharacters)),
    locked: flag,
    bot: flag,
    discoverable: flag,
    indexable: flag,
    hide_collections: flag,
    fields_attributes: fieldsAttributes,
    source,
  })
  .transform((params) => ({
    displayName: params.display_name?.trim(),
    note: params.note?.trim(),
    locked: params.locked,
    bot: params.bot,
    discoverable: params.discoverable,
    indexable: params.indexable,
    hideCollections: params.hide_collections,
    fields: params.fields_attributes,
    defaultVisibility: params.source?.privacy,
    defaultSensitive: params.source?.sensitive,
    defaultLanguage: params.source?.language,
    defaultQuotePolicy: params.source?.quote_policy,
  }));
export type UpdateCredentialsInput = z.output<typeof UpdateCredentialsParams>;

const LANGUAGES_MAX = 100;

/** POST /api/v1/accounts/:id/follow. Undefined: as it is, or the default of a new follow. */
export const FollowParams = z
  .object({ reblogs: flag, notify: flag, languages: textList(LANGUAGES_MAX, 35).optional() })
  .transform((params) => ({
    showBoosts: params.reblogs,
    notify: params.notify,
    languages: params.languages === undefined ? undefined : params.languages.filter(isLanguageTag),
  }));

const MUTE_SECONDS_MAX = 10 * 365 * 86_400;

/** POST /api/v1/accounts/:id/mute. `durationSeconds` 0: until it is undone. */
export const MuteParams = z
  .object({ notifications: flag, duration: count(0, MUTE_SECONDS_MAX) })
  .transform((params) => ({ notifications: params.notifications ?? true, durationSeconds: params.duration }));

/** GET /api/v1/accounts/lookup. A leading `@` is forgiven. */
export const LookupParams = z.object({ acct: requiredText(400) }).transform((params) => ({ acct: params.acct.trim().replace(/^@/, '') }));

const RELATIONSHIPS_MAX = 100;

/** GET /api/v1/accounts/relationships */
export const RelationshipsParams = z
  .object({ id: idList(RELATIONSHIPS_MAX), with_suspended: flag })
  .transform((params) => ({ ids: params.id, withSuspended: params.with_suspended === true }));

const OFFSET_MAX = 10_000;

/** GET /api/v1/accounts/search */
export const AccountSearchParams = z
  .object({ q: requiredText(400), limit: count(ACCOUNTS_PER_PAGE, ACCOUNTS_PER_PAGE * 2), offset: count(0, OFFSET_MAX), resolve: flag, following: flag })
  .transform((params) => ({
    query: params.q.trim(),
    limit: params.limit,
    offset: params.offset,
    resolve: params.resolve === true,
    following: params.following === true,
  }));

/** POST /api/v1/emails/confirmations: another address for the link, if given. */
export const ConfirmationParams = z
  .object({ email: optionalText(EMAIL_CHARS_MAX).refine((text) => text === undefined || checkEmail(text.trim()).ok, INVALID) })
  .transform((params) => ({ email: params.email?.trim() ?? null }));

/** POST and DELETE /api/v1/profile/aliases: a handle, or the address of an actor. */
export const OtherAccountParams = z.object({ account: requiredText(2_048) }).transform((params) => ({ account: params.account.trim().replace(/^@/, '') }));

/** POST /api/v1/profile/move */
export const MoveAccountParams = z
  .object({ account: requiredText(2_048), password: requiredText(PASSWORD_BYTES_MAX) })
  .transform((params) => ({ account: params.account.trim().replace(/^@/, ''), password: params.password }));
