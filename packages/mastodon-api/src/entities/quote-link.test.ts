import { expect, test } from '@jest/globals';
import { withoutQuoteLink } from './quote-link.js';

const LINK = '<a href="https://a.example/1" rel="nofollow"><span class="invisible">https://</span><span>a.example/1</span></a>';

// After Mastodon (a paragraph before the text), Misskey (a span within it) and the example of FEP-044f (a break inside).
test.each([
  [`<p class="quote-inline">RE: ${LINK}</p><p>look</p>`, '<p>look</p>'],
  [`<p><span>look<br><br></span><span class="quote-inline">RE: ${LINK}</span></p>`, '<p><span>look<br><br></span></p>'],
  [`<p>look<br /><br /><span class="quote-inline">RE: ${LINK}</span></p>`, '<p>look</p>'],
  [`look<span class="x quote-inline"><br />RE: ${LINK}</span>`, 'look'],
  ['<p>quote-inline is a class</p>', '<p>quote-inline is a class</p>'],
  ['<p title="quote-inline">x</p>', '<p title="quote-inline">x</p>'],
  ['<p>nothing</p>', '<p>nothing</p>'],
  // Never sent by us: what is not closed stays as it is.
  ['<span class="quote-inline">RE: <span>', '<span class="quote-inline">RE: <span>'],
])('%s', (html, expected) => {
  expect(withoutQuoteLink(html)).toBe(expected);
});

// The time of a pattern grew with the square of the breaks: this takes longer than a test may.
test('S088 thousands of breaks before it, and before what is no break', () => {
  const breaks = `<br />${' '.repeat(20)}`.repeat(50_000);
  const link = `<span class="quote-inline">RE: ${LINK}</span>`;
  expect(withoutQuoteLink(`<p>look${breaks}${link}</p>`)).toBe('<p>look</p>');
  expect(withoutQuoteLink(`<p>${breaks}look${link}</p>`)).toBe(`<p>${breaks}look</p>`);
});
