import { expect } from '@jest/globals';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const REQUIRED = { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'content-security-policy': expect.stringContaining("frame-ancestors 'none'"), 'referrer-policy': expect.any(String) };
/** How a stack, a driver's error or a path of ours would look. */
const INNARDS = /\n\s+at |node_modules|\.(?:ts|js):\d+|\/(?:apps|packages)\/|QueryFailedError|PostgresError|SELECT |INSERT |ECONNREFUSED|TypeError|undefined is not/;

/** A refusal as strangers may see it: Mastodon's error form, security headers, nothing of the inside. */
export function expectDecentRefusal(answer: RawAnswer): void {
  expect(answer.headers).toMatchObject(REQUIRED);
  expect(answer.body).not.toMatch(INNARDS);
  if (answer.status < 400) return;
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  const { error } = JSON.parse(answer.body) as { error?: unknown };
  expect(error).toEqual(expect.stringMatching(/^.{3,1000}$/));
}

/** GETs or POSTs as it is told, and follows nothing. */
export async function ask(url: string | URL, init: RequestInit = {}): Promise<RawAnswer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}
