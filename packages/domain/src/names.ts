import type { Result } from '@trunkline/kernel';
import { fail, ok } from '@trunkline/kernel';

export const USERNAME_CHARS_MAX = 30;
export const EMAIL_CHARS_MAX = 320;
export const PASSWORD_CHARS_MIN = 8;
/** Hashing reads the whole password; this bounds its cost. */
export const PASSWORD_BYTES_MAX = 1024;

// Names that a stranger could take for the server or its staff, or that stand for pages and the instance actor.
const RESERVED = new Set(
  ('about abuse account accounts actor admin admins administration administrator api autoconfig help helpdesk inbox instance ' +
    'mod moderation moderator moderators noc null oauth official outbox owner postmaster relay root security server ' +
    'staff support system tags trunkline undefined webmaster well-known www').split(' '),
);

export type NameFault = { readonly code: 'blank' | 'invalid' | 'too_long' | 'too_short' | 'reserved' };

/**
 * A name for a new local account. Local names are letters, digits and `_` alone, so that every peer accepts them.
 * @see Mastodon app/validators/unreserved_username_validator.rb, app/models/account.rb
 */
export function checkUsername(name: string): Result<string, NameFault> {
  if (name === '') return fail({ code: 'blank' });
  if (name.length > USERNAME_CHARS_MAX) return fail({ code: 'too_long' });
  if (!/^[a-z0-9_]+$/i.test(name)) return fail({ code: 'invalid' });
  if (RESERVED.has(name.toLowerCase().replaceAll('_', '')) || RESERVED.has(name.toLowerCase())) return fail({ code: 'reserved' });
  return ok(name);
}

const REMOTE_USERNAME_CHARS_MAX = 2048;

/** The user part of any handle, local or remote: dots and hyphens inside, never at an end. Linear in its length. */
export function isUsername(name: string): boolean {
  if (name.length === 0 || name.length > REMOTE_USERNAME_CHARS_MAX) return false;
  return /^[a-z0-9_.-]+$/i.test(name) && /^[a-z0-9_]/i.test(name) && /[a-z0-9_]$/i.test(name);
}

/** Whether text is an address that mail can be sent to; whether it arrives, only the confirmation tells. */
export function checkEmail(text: string): Result<string, NameFault> {
  if (text === '') return fail({ code: 'blank' });
  if (text.length > EMAIL_CHARS_MAX) return fail({ code: 'too_long' });
  const at = text.lastIndexOf('@');
  const [local, host] = [text.slice(0, at), text.slice(at + 1)];
  const localGood = at > 0 && local.length <= 64 && /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]+$/u.test(local);
  const dotsGood = !local.startsWith('.') && !local.endsWith('.') && !local.includes('..');
  const labels = host.split('.');
  const hostGood = host.length <= 253 && labels.every((label) => isHostLabel(label));
  return localGood && dotsGood && hostGood ? ok(text) : fail({ code: 'invalid' });
}

const isHostLabel = (label: string): boolean =>
  label.length <= 63 && /^[\p{L}\p{N}\p{M}-]+$/u.test(label) && !label.startsWith('-') && !label.endsWith('-');

/** 8 characters at least; long passphrases are welcome up to 1 KiB. */
export function checkPassword(text: string): Result<string, NameFault> {
  if (text === '') return fail({ code: 'blank' });
  if ([...text.slice(0, PASSWORD_CHARS_MIN * 2)].length < PASSWORD_CHARS_MIN) return fail({ code: 'too_short' });
  if (text.length > PASSWORD_BYTES_MAX || new TextEncoder().encode(text).length > PASSWORD_BYTES_MAX) return fail({ code: 'too_long' });
  return ok(text);
}

/** ISO 639-1/-3 with BCP 47 subtags (`de`, `yue`, `zh-Hant-TW`): the form is checked, not the registry. */
export function isLanguageTag(text: string): boolean {
  return text.length <= 35 && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(text);
}
