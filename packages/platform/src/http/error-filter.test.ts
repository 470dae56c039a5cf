import { NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { AppError, notFound, unavailable, unprocessable } from '@trunkline/kernel';
import { describe, expect, test } from '@jest/globals';
import { answerFor } from './error-filter.js';
import { errorPage, wantsPage } from './error-page.js';

describe('what a stranger is told about an error', () => {
  test('an AppError says its safe text and what it adds to the body', () => {
    expect(answerFor(unprocessable('Validation failed', { details: { username: [{ error: 'ERR_TAKEN' }] } }))).toEqual({
      status: 422,
      body: { error: 'Validation failed', details: { username: [{ error: 'ERR_TAKEN' }] } },
      headers: {},
    });
    expect(answerFor(notFound())).toMatchObject({ status: 404, body: { error: 'Record not found' } });
    expect(answerFor(unavailable('db', 3))).toMatchObject({ status: 503, headers: { 'Retry-After': '3' } });
    expect(answerFor(new AppError(429, 'slow', 'Too many requests', { retryAfterSeconds: 0.2 })).headers).toEqual({ 'Retry-After': '1' });
  });

  test('an unknown route is 404 in Mastodon’s form, without the path', () => {
    expect(answerFor(new NotFoundException('Cannot GET /api/v1/nope?access_token=x'))).toEqual({ status: 404, body: { error: 'Not Found' }, headers: {} });
    expect(answerFor(new PayloadTooLargeException('inner')).body.error).toBe('The request is too large');
  });

  test.each([new Error('password=hunter2 at /srv/x.js'), 'text', null, undefined, { statusCode: 200 }, { statusCode: 'x' }])('%p is a plain 500', (thrown) => {
    const { status, body } = answerFor(thrown);
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/hunter2|srv|stack/);
    expect(Object.keys(body)).toEqual(['error']);
  });
});

describe('pages for people', () => {
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  test.each([
    ['/@alice', BROWSER, true],
    ['/oauth/authorize?x=1', BROWSER, true],
    ['/api/v1/statuses', BROWSER, false],
    ['/oauth/token', BROWSER, false],
    ['/inbox', BROWSER, false],
    ['/ap/users/1', BROWSER, false],
    ['/@alice', 'application/json', false],
    ['/@alice', 'application/activity+json, text/html;q=0.1', false],
    ['/@alice', '*/*', false],
    ['/@alice', undefined, false],
    ['/@alice', 'text/html;q=0', false],
  ])('%s with Accept %s', (url, accept, page) => {
    expect(wantsPage(url, accept)).toBe(page);
  });

  test('texts are written out, never read as HTML', () => {
    const page = errorPage(404, '<script>alert(1)</script>', '"A" & <b>');
    expect(page).not.toMatch(/<script|<b>/);
    expect(page).toContain('&lt;script&gt;');
  });
});
