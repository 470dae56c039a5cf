export { html, Html, type HtmlValue } from '@trunkline/platform';
