import { EMAIL_CHARS_MAX, PASSWORD_BYTES_MAX, type RegistrationMode } from '@trunkline/domain';
import { faultSummary, hiddenFields, textField, type FormFault } from '../pages/form-parts.js';
import { FORM_TOKEN_FIELD } from '../pages/form-token.js';
import { html } from '@trunkline/platform';
import type { Page } from '../pages/page.js';
import type { SignInFailure } from './sign-in.js';

export interface SignInForm {
  readonly formToken: string;
  readonly returnTo: string;
  readonly email: string;
  readonly failure: SignInFailure | null;
  readonly registrations: RegistrationMode;
}

/** What is said about a refused try. */
function refusalOf(failure: SignInFailure): string {
  switch (failure.code) {
    case 'wrong':
      return 'The e-mail address or the password is not right.';
    case 'unconfirmed':
      return 'Your e-mail address is not confirmed yet. Please follow the link in the mail we sent you.';
    case 'pending':
      return 'Your sign-up is waiting for a moderator. You get a mail when it is approved.';
    case 'disabled':
      return 'This account cannot sign in. Please write to the people who run this server.';
    case 'throttled':
      return `Too many tries. Please wait ${Math.ceil(failure.retryAfterSeconds / 60)} minutes and try again.`;
  }
}

export function signInPage(form: SignInForm): Page {
  const faults: FormFault[] = form.failure === null ? [] : [{ field: 'form', sentence: refusalOf(form.failure) }];
  return {
    title: 'Sign in',
    faulty: faults.length > 0,
    main: html`<h1>Sign in</h1>
${faultSummary(faults, [])}
${form.failure?.code === 'unconfirmed' && html`<p><a href="/auth/confirmation/new">Send the mail again</a></p>`}
<form method="post" action="/auth/sign_in">
${hiddenFields({ [FORM_TOKEN_FIELD]: form.formToken, return_to: form.returnTo })}
${textField({ name: 'email', label: 'E-mail address', type: 'email', value: form.email, autocomplete: 'username', charactersMax: EMAIL_CHARS_MAX })}
${textField({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', charactersMax: PASSWORD_BYTES_MAX })}
<div class="buttons"><button type="submit">Sign in</button></div>
</form>
${form.registrations !== 'none' && html`<p>No account here yet? <a href="/auth/sign_up">Sign up</a></p>`}
<p><a href="/auth/confirmation/new">The confirmation mail did not arrive?</a></p>`,
  };
}

export const signOutPage = (formToken: string, acct: string): Page => ({
  title: 'Sign out',
  main: html`<h1>Sign out</h1>
<p>You are signed in as <strong class="breakable">${acct}</strong> in this browser. Apps that you use stay signed in.</p>
<form method="post" action="/auth/sign_out">
${hiddenFields({ [FORM_TOKEN_FIELD]: formToken })}
<div class="buttons"><button type="submit">Sign out</button></div>
</form>`,
});
