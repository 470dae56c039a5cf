/** Tells somebody who waited that they may come in. Plain text: it is read everywhere and loads nothing. */
export function approvalMail(
  to: string,
  settings: { readonly baseUrl: string; readonly site: { readonly title: string } },
): { readonly to: string; readonly subject: string; readonly text: string } {
  const { title } = settings.site;
  return {
    to,
    subject: `${title}: your account was approved`,
    text: [
      'Hello,',
      `your account at ${title} was approved. You can sign in now, with your browser or with any app for Mastodon:`,
      `${settings.baseUrl}/auth/sign_in`,
      '',
    ].join('\n\n'),
  };
}
