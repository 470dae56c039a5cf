import { EMAIL_CHARS_MAX, PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN, USERNAME_CHARS_MAX, type PolicySnapshot, type ServerRule } from '@trunkline/domain';
import { checkBox, faultSummary, hiddenFields, textArea, textField, type FormFault } from '../pages/form-parts.js';
import { FORM_TOKEN_FIELD } from '../pages/form-token.js';
import { html, type Html, type HtmlValue } from '@trunkline/platform';
import type { Page } from '../pages/page.js';

/** A field that no person sees: what fills it in is a program. */
export const TRAP_FIELD = 'website';
const REASON_CHARS_MAX = 500;

export interface SignUpForm {
  readonly formToken: string;
  readonly localDomain: string;
  readonly policy: Pick<PolicySnapshot, 'registrations' | 'approvalReasonRequired' | 'serverRules'>;
  readonly given: { readonly username: string; readonly email: string; readonly reason: string; readonly agreed: boolean };
  readonly faults: readonly FormFault[];
}

export function signUpPage(form: SignUpForm): Page {
  const { policy, given, faults } = form;
  const byApproval = policy.registrations === 'approved';
  return {
    title: 'Sign up',
    faulty: faults.length > 0,
    main: html`<h1>Join ${form.localDomain}</h1>
${faultSummary(faults, ['username', 'email', 'password', 'reason', 'agreement'])}
${byApproval && html`<p class="note">New accounts are looked at by the moderators before they open.</p>`}
${rulesOf(policy.serverRules)}
<form method="post" action="/auth/sign_up">
${hiddenFields({ [FORM_TOKEN_FIELD]: form.formToken })}
${fieldsOf(form)}
<div class="aside" aria-hidden="true"><label for="trap">Leave this empty</label><input type="text" id="trap" name="${TRAP_FIELD}" tabindex="-1" autocomplete="off"></div>
${checkBox({ name: 'agreement', label: policy.serverRules.length > 0 ? 'I have read the rules above and keep to them.' : 'I keep to the rules of this server.', checked: given.agreed }, faults)}
<div class="buttons"><button type="submit">Sign up</button></div>
</form>
<p>You have an account here? <a href="/auth/sign_in">Sign in</a></p>`,
  };
}

function fieldsOf({ policy, given, faults, localDomain }: SignUpForm): HtmlValue {
  const username = { name: 'username', label: 'Name', hint: `Others find you as @name@${localDomain}. It cannot be changed later.` };
  const email = { name: 'email', label: 'E-mail address', type: 'email', hint: 'You get a mail to confirm it. Nobody else sees it.' } as const;
  const password = { name: 'password', label: 'Password', type: 'password', hint: `${PASSWORD_CHARS_MIN} characters at least.` } as const;
  const reason = { name: 'reason', label: 'Why do you want to join?', hint: 'The moderators read this.', required: policy.approvalReasonRequired };
  return [
    textField({ ...username, value: given.username, autocomplete: 'username', charactersMax: USERNAME_CHARS_MAX }, faults),
    textField({ ...email, value: given.email, autocomplete: 'email', charactersMax: EMAIL_CHARS_MAX }, faults),
    textField({ ...password, autocomplete: 'new-password', charactersMax: PASSWORD_BYTES_MAX }, faults),
    policy.registrations === 'approved' && textArea({ ...reason, value: given.reason, charactersMax: REASON_CHARS_MAX }, faults),
  ];
}

const rulesOf = (rules: readonly ServerRule[]): Html | null =>
  rules.length === 0
    ? null
    : html`<h2 id="rules">Rules</h2>
<ol aria-labelledby="rules">${rules.map((rule) => html`<li>${rule.text}${rule.hint !== '' && html`<div class="hint">${rule.hint}</div>`}</li>`)}</ol>`;

export const closedPage = (localDomain: string): Page => ({
  title: 'Sign-ups are closed',
  main: html`<h1>Sign-ups are closed</h1>
<p>${localDomain} takes no new accounts at the moment. There are many other servers from which you can follow people here.</p>
<p>You have an account here? <a href="/auth/sign_in">Sign in</a></p>`,
});

export const checkMailPage = (email: string, mailed: boolean): Page => ({
  title: 'Confirm your e-mail address',
  main: mailed
    ? html`<h1>Look into your mailbox</h1>
<p>We sent a mail to <strong class="breakable">${email}</strong>. Open the link in it to confirm the address.</p>
<p><a href="/auth/confirmation/new">It did not arrive?</a></p>`
    : html`<h1>The mail could not be sent</h1>
<p>Your account was made, but the mail to <strong class="breakable">${email}</strong> could not be sent just now. Please <a href="/auth/confirmation/new">ask for it again</a> in a few minutes.</p>`,
});

export const confirmedPage = (pending: boolean): Page => ({
  title: 'Address confirmed',
  main: html`<h1>Your address is confirmed</h1>
${pending ? html`<p>The moderators look at your sign-up now. You can sign in once they have approved it.</p>` : html`<p>Welcome! You can sign in now, here or with any app for Mastodon.</p>
<p><a href="/auth/sign_in">Sign in</a></p>`}`,
});

export const staleLinkPage = (): Page => ({
  title: 'This link does not work any more',
  main: html`<h1>This link does not work any more</h1>
<p>It was used already, it is older than seven days, or a newer mail was sent.</p>
<p><a href="/auth/sign_in">Sign in</a> or <a href="/auth/confirmation/new">ask for a new mail</a>.</p>`,
});

export const resendPage = (formToken: string, faults: readonly FormFault[], email = ''): Page => ({
  title: 'Send the confirmation mail again',
  faulty: faults.length > 0,
  main: html`<h1>Send the confirmation mail again</h1>
${faultSummary(faults, ['email'])}
<form method="post" action="/auth/confirmation">
${hiddenFields({ [FORM_TOKEN_FIELD]: formToken })}
${textField({ name: 'email', label: 'E-mail address', type: 'email', value: email, autocomplete: 'email', charactersMax: EMAIL_CHARS_MAX }, faults)}
<div class="buttons"><button type="submit">Send</button></div>
</form>`,
});

export const resentPage = (): Page => ({
  title: 'Look into your mailbox',
  main: html`<h1>Look into your mailbox</h1>
<p>If there is an account with this address that waits to be confirmed, a mail is on its way.</p>`,
});
