import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { ROLE_APPS, type RoleApp } from '@trunkline/persistence';
import { Refusal } from '../terminal.js';

/** `DATABASE_URL_INBOX`: what that app's DATABASE_URL is to be. */
const nameOf = (app: RoleApp): string => `DATABASE_URL_${app.toUpperCase()}`;

/** The passwords that the file holds, so that running the command again changes none; made where it holds none. */
export function passwordsFrom(file: string | null): Record<RoleApp, string> {
  const known = file === null ? new Map<string, string>() : readLines(file);
  return Object.fromEntries(ROLE_APPS.map((app) => [app, passwordIn(known.get(nameOf(app))) ?? randomBytes(24).toString('base64url')])) as Record<RoleApp, string>;
}

/** One line an app, as an environment file writes them. */
export function roleUrls(databaseUrl: string, names: Readonly<Record<RoleApp, string>>, passwords: Readonly<Record<RoleApp, string>>): string {
  const lines = ROLE_APPS.map((app) => {
    const url = new URL(databaseUrl);
    url.username = names[app];
    url.password = passwords[app];
    return `${nameOf(app)}=${url.href}\n`;
  });
  return lines.join('');
}

/** Readable by its owner alone, in one step: a kill leaves the old text or the new one. */
export function writeSecret(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function readLines(file: string): Map<string, string> {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw new Refusal(`${file} cannot be read: ${(error as Error).message}`);
  }
  return new Map(text.split('\n').flatMap((line) => {
    const [name, ...value] = line.split('=');
    return name === undefined || value.length === 0 ? [] : [[name.trim(), value.join('=').trim()] as const];
  }));
}

function passwordIn(url: string | undefined): string | null {
  if (url === undefined || !URL.canParse(url)) return null;
  return decodeURIComponent(new URL(url).password) || null;
}
