import { describe, expect, test } from '@jest/globals';
import { html } from '@trunkline/platform';
import { faultSummary, hiddenFields, textField } from './form-parts.js';
import { pagePolicy, renderPage } from './page.js';

describe('a page', () => {
  test('its title and the title of the site are text', () => {
    const text = renderPage({ title: '</title><script>', main: html`<h1>x</h1>` }, { title: 'A & <b>' });
    expect(text).toContain('<title>&lt;/title&gt;&lt;script&gt; – A &amp; &lt;b&gt;</title>');
    expect(text).toContain('<main>\n<h1>x</h1>\n</main>');
  });

  test('the policy names where its form may end up', () => {
    expect(pagePolicy()).toContain("form-action 'self'; ");
    expect(pagePolicy(['https://app.test', 'app.test:', 'http://localhost:1'])).toContain("form-action 'self' https://app.test app.test: http://localhost:1; ");
  });

  // A registered address may hold a semicolon in its host: it would end the directive and start one of its own.
  test.each(["https://a;script-src 'unsafe-inline'", "x: *", 'https://*', "'unsafe-inline'", ''])('a target that is more than an address is left out: %s', (target) => {
    expect(pagePolicy([target])).toBe(pagePolicy());
  });
});

describe('parts of a form', () => {
  test('a field with a fault says so to everybody', () => {
    const field = textField({ name: 'email', label: 'E-mail', value: '"><b>', hint: 'h', autocomplete: 'email', charactersMax: 10 }, [{ field: 'email', sentence: 'No.' }]).text;
    expect(field).toContain('value="&quot;&gt;&lt;b&gt;"');
    expect(field).toContain('aria-describedby="field-email-hint field-email-fault" aria-invalid="true"');
    expect(field).toContain('<p class="fault" id="field-email-fault">No.</p>');
  });

  test('a password is not written back', () => {
    expect(textField({ name: 'password', label: 'P', type: 'password', value: 'secret', autocomplete: 'off', charactersMax: 9 }).text).not.toContain('secret');
  });

  test('hidden fields leave out what is not there; the summary leads to fields that are', () => {
    expect(html`${hiddenFields({ a: '1"', b: null })}`.text).toBe('<input type="hidden" name="a" value="1&quot;">');
    const summary = faultSummary([{ field: 'email', sentence: 'One.' }, { field: 'else', sentence: 'Two.' }], ['email']).text;
    expect(summary).toContain('<a href="#field-email">One.</a>');
    expect(summary).toContain('<li>Two.</li>');
  });
});
