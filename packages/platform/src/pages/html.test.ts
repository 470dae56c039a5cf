import { describe, expect, test } from '@jest/globals';
import { html } from './html.js';

describe('html', () => {
  test('what is put in is text, in elements and in attributes', () => {
    const evil = `"><script>alert('x')</script>`;
    const page = html`<p title="${evil}">${evil}</p>`.text;
    expect(page).not.toContain('<script');
    expect(page).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</p>',
    );
  });

  test('pieces and lists of pieces stand as they are', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>`.text).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>');
  });

  test('nothing writes nothing, zero is a number', () => {
    expect(html`[${null}${undefined}${false}${[]}${0}]`.text).toBe('[0]');
  });
});
