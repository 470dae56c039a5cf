import { OUT_OF_BAND } from '@trunkline/mastodon-api';
import { hiddenFields } from '../pages/form-parts.js';
import { FORM_TOKEN_FIELD } from '../pages/form-token.js';
import { html } from '@trunkline/platform';
import type { Page } from '../pages/page.js';
import type { AuthorizeInput, AuthorizeRequest } from './authorize-request.js';
import { describeScopes } from './describe-scopes.js';

/** The request as query or form fields, to carry it through a page. */
const authorizeFields = (input: AuthorizeInput): Record<string, string | null> => ({
  response_type: input.responseType,
  client_id: input.clientId,
  redirect_uri: input.redirectUri,
  scope: input.scope === '' ? null : input.scope,
  state: input.state,
  code_challenge: input.codeChallenge,
  code_challenge_method: input.codeChallengeMethod,
});

/** The same request as an address of ours: where the sign-in page leads back to. */
export function authorizePath(input: AuthorizeInput): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(authorizeFields(input))) if (value !== null) query.append(name, value);
  return `/oauth/authorize?${query.toString()}`;
}

/** Where the app's answer goes, as people can judge it. */
function destination(redirectUri: string): string {
  if (redirectUri === OUT_OF_BAND) return 'You get a code to type into the app.';
  const url = URL.parse(redirectUri);
  if (url === null) return '';
  return url.protocol === 'https:' || url.protocol === 'http:' ? `You are then sent to ${url.host}.` : 'You are then sent back to the app on this device.';
}

/** What the form may lead to, for the page's policy: browsers hold redirects to it as well. */
function formTargetOf(redirectUri: string): string[] {
  const url = redirectUri === OUT_OF_BAND ? null : URL.parse(redirectUri);
  if (url === null) return [];
  return [url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : url.protocol];
}

export function consentPage(view: {
  readonly input: AuthorizeInput;
  readonly request: AuthorizeRequest;
  readonly acct: string;
  readonly formToken: string;
  /** Where somebody else can sign in. */
  readonly otherPersonPath: string;
}): Page {
  const { application, redirectUri, scopes } = view.request;
  return {
    title: 'Authorise an app',
    formTargets: formTargetOf(redirectUri),
    main: html`<h1>Let <span class="breakable">${application.name}</span> use your account?</h1>
<p>You are signed in as <strong class="breakable">${view.acct}</strong>. <a href="${view.otherPersonPath}">Not you?</a></p>
<p>The app ${application.website !== null && html`from <span class="breakable">${application.website}</span> `}asks to:</p>
<ul>${describeScopes(scopes).map((sentence) => html`<li>${sentence}</li>`)}</ul>
<p class="note">Anybody can register an app under any name: agree only if you have just come from an app that you trust. ${destination(redirectUri)}</p>
<form method="post" action="/oauth/authorize">
${hiddenFields({ [FORM_TOKEN_FIELD]: view.formToken, ...authorizeFields(view.input) })}
<div class="buttons"><button type="submit" name="decision" value="authorize">Authorise</button>
<button type="submit" name="decision" value="deny" class="second">Deny</button></div>
</form>`,
  };
}

export const refusedPage = (sentence: string): Page => ({
  title: 'This app cannot be authorised',
  main: html`<h1>This app cannot be authorised</h1>
<p>${sentence}</p>
<p>The app sent you here with a request that this server does not accept. Nothing was shared. Try again from the app, or tell its makers.</p>`,
});

export const codePage = (code: string): Page => ({
  title: 'Your code',
  main: html`<h1>Your code</h1>
<p>Copy this code and give it to the app. It works once, within ten minutes. Give it to nobody else.</p>
<code class="code" tabindex="0">${code}</code>`,
});
