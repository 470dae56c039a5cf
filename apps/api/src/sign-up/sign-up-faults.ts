import { PASSWORD_CHARS_MIN, USERNAME_CHARS_MAX } from '@trunkline/domain';
import { faultOf, type FieldFault } from '@trunkline/mastodon-api';
import type { FormFault } from '../pages/form-parts.js';

const SENTENCES: Readonly<Record<string, string>> = {
  'username ERR_BLANK': 'Choose a name.',
  'username ERR_INVALID': 'A name has letters a to z, digits and _ only.',
  'username ERR_TOO_LONG': `A name has ${USERNAME_CHARS_MAX} characters at most.`,
  'username ERR_RESERVED': 'This name is kept for the server. Choose another one.',
  'username ERR_TAKEN': 'Somebody has this name already. Choose another one.',
  'email ERR_BLANK': 'Enter your e-mail address.',
  'email ERR_INVALID': 'This does not look like an e-mail address.',
  'email ERR_TOO_LONG': 'This e-mail address is too long.',
  'email ERR_TAKEN': 'There is an account with this e-mail address already. Sign in instead.',
  'password ERR_BLANK': 'Choose a password.',
  'password ERR_TOO_SHORT': `A password has ${PASSWORD_CHARS_MIN} characters at least.`,
  'password ERR_TOO_LONG': 'This password is too long.',
  'agreement ERR_ACCEPTED': 'To join you have to agree to the rules.',
  'reason ERR_BLANK': 'Tell the moderators why you want to join.',
  'reason ERR_TOO_LONG': 'This is too long: 500 characters at most.',
};

/** Faults as sentences for people. */
export const formFaults = (faults: readonly FieldFault[]): FormFault[] =>
  faults.map(({ field, code, message }) => ({ field, sentence: SENTENCES[`${field} ${code}`] ?? `${field}: ${message}` }));

/** What a schema found, as faults of fields; the first of each field. */
export function faultsOfIssues(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): FieldFault[] {
  const first = new Map<string, FieldFault>();
  for (const { path, message } of issues) {
    const field = String(path[0] ?? 'form');
    if (!first.has(field)) first.set(field, faultOf(field, message));
  }
  return [...first.values()];
}
