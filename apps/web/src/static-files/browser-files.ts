import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';

export const STYLE_PATH = '/assets/site.css';
export const HOME_SCRIPT_PATH = '/assets/home.js';

export interface BrowserFile {
  readonly type: string;
  readonly text: string;
  /** Of the content, for `If-None-Match`. */
  readonly etag: string;
}

/**
 * The scripts and styles of the browser's part, by name, read once. Built, they lie beside us; run from the sources, as
 * tests do, their types are stripped on the way.
 */
export async function readBrowserFiles(): Promise<ReadonlyMap<string, BrowserFile>> {
  const isBuilt = import.meta.url.endsWith('.js');
  const folder = new URL(isBuilt ? '../browser/' : '../../browser/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => (isBuilt ? /\.(js|css)$/ : /\.(ts|css)$/).test(name) && !name.endsWith('.d.ts'));
  const files = await Promise.all(
    names.map(async (name): Promise<[string, BrowserFile]> => {
      const source = await readFile(new URL(name, folder), 'utf8');
      // Maps stay on the server: the sources are public anyway, and browsers would ask for what is not served.
      const text = (name.endsWith('.ts') ? stripTypeScriptTypes(source) : source).replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n');
      const type = name.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
      const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
      return [name.replace(/\.ts$/, '.js'), { type, text, etag }];
    }),
  );
  return new Map(files);
}
