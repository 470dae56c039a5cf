import { html, type Html } from '@trunkline/platform';

/** Says that what is shown is not all there is elsewhere, and where that is. */
export const partialMark = (text: string, whole: { readonly href: string; readonly label: string } | null = null): Html =>
  html`<aside class="partial" role="note"><p>${text}</p>${whole !== null && html`<p><a href="${whole.href}" rel="nofollow noopener noreferrer">${whole.label}</a></p>`}</aside>`;
