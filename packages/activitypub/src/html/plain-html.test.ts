import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanPlainHtml } from './plain-html.js';
import { sanitizeAnyHtml } from './sanitize-html.js';

/** As Mastodon, GoToSocial and Misskey write them. */
const WRITTEN = [
  '<p><span class="h-card" translate="no"><a href="https://a.example/@ann" class="u-url mention">@<span>ann</span></a></span> good morning</p>',
  '<p>one<br />two<br>three</p><p>Tom &amp; Jerry &lt;3 &quot;on time&quot;, it&#39;s true</p>',
  '<p>See <a href="https://a.example/a?b=1&amp;c=2" target="_blank" rel="nofollow noopener noreferrer" translate="no"><span class="invisible">https://</span><span class="ellipsis">a.example/a</span><span class="invisible">?b=1&amp;c=2</span></a></p>',
  '<p>Trains <a href="https://a.example/tags/trains" class="mention hashtag" rel="tag">#<span>trains</span></a> are <strong>late</strong> and <em>slow</em></p>',
  '<p lang="de-CH" dir="auto">Grüezi 👋🏽 日本語</p>\n<p></p>',
  'no tag at all',
  '',
];

const attribute = fc.oneof(
  fc.constantFrom('class="mention x u-url"', 'class=""', 'lang="de"', 'lang="1"', 'translate="no"', 'translate="yes"', 'rel="me"', 'target="_top"', 'onclick="x"', 'style="color:red"', 'data="&amp;amp;"'),
  fc.constantFrom('href="https://a.example/"', 'href="http://a.example/?a=1&amp;b=&quot;2&quot;"', 'href="javascript:alert(1)"', 'href="/local"', 'href=" https://a.example/ "', 'href="HTTPS://A.example"', 'href="magnet:?x"', 'href=""', 'title="t"'),
);
const word = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('hello', '&amp;', '&lt;', '&quot;', '&#39;', '&amp;lt;', '\n', '<br>', '<br/>', '<br />', '👋🏽', "it's", '"'));
const { tree: html } = fc.letrec<{ tree: string; element: string }>((tie) => ({
  tree: fc.array(fc.oneof({ depthSize: 'small' }, word, tie('element')), { maxLength: 4 }).map((parts) => parts.join('')),
  element: fc
    .tuple(fc.constantFrom('p', 'span', 'a', 'strong', 'em', 'b', 'i', 'u', 'del', 's', 'sub', 'sup'), fc.array(attribute, { maxLength: 3 }), tie('tree'))
    .map(([name, attributes, inner]) => `<${[name, ...attributes].join(' ')}>${inner}</${name}>`),
}));
/** What could be read in two ways: half tags, other quotes, comments, references without an end. */
const trap = fc.constantFrom('<', '>', '&', '</p>', '</a>', '<p>', '<a href="https://a.example/">', '<!--', '-->', '<script>', '</script>', '<math>', '<svg>', '<p/>', '<a', '"', "<p class='h-x'>", '<P>', '&amp', '&#60;script&#62;', '&nbsp;', '\u0000', '\u0001', '\r', '\t', '\ud800', '<img src="https://a.example/i.png">', '<li>', '<h1>', '</br>', '<p title="x">');

describe('the short way ends where the long one does', () => {
  test.each(WRITTEN)('%s', (text) => {
    expect(cleanPlainHtml(text)).toBe(sanitizeAnyHtml(text));
  });

  const isSame = (text: string): void => {
    const clean = cleanPlainHtml(text);
    if (clean !== null) expect(clean).toBe(sanitizeAnyHtml(text));
  };

  test('for whatever it takes', () => {
    fc.assert(fc.property(html, isSame), { numRuns: 3_000 });
  });

  test('and it leaves alone what could be read in two ways', () => {
    fc.assert(fc.property(fc.array(fc.oneof(html, trap), { maxLength: 8 }), (parts) => isSame(parts.join(''))), { numRuns: 3_000 });
  });

  // Each character of plain texts left out, doubled or exchanged: what is nearly plain.
  test('and texts with one fault', () => {
    const faults = fc.tuple(fc.constantFrom(...WRITTEN.slice(0, 5)), fc.nat(300), fc.constantFrom('', '<', '>', '"', '&', ' ', '/', '=', 'a', '\u0000', "'"), fc.nat(2));
    fc.assert(fc.property(faults, ([text, at, put, cut]) => isSame(text.slice(0, at) + put + text.slice(at + cut))), { numRuns: 5_000 });
  });
});
