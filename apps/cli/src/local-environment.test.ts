import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readLocalEnvironment } from './local-environment.js';

const folder = mkdtempSync(join(tmpdir(), 'trunkline-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what the environment sets stays; what it leaves open comes from the server that npm start runs', () => {
  writeFileSync(join(folder, 'environment.json'), JSON.stringify({ PORT: '3005', LOCAL_DOMAIN: 'localhost:3005', odd: 7 }));
  expect(readLocalEnvironment({ DATA_DIR: folder, LOCAL_DOMAIN: 'social.example', PORT: '' })).toEqual({ PORT: '3005' });
});

test.each(['{"half', '7', 'null'])('a file with %s is as good as none', (text) => {
  writeFileSync(join(folder, 'environment.json'), text);
  expect(readLocalEnvironment({ DATA_DIR: folder })).toEqual({});
  expect(readLocalEnvironment({ DATA_DIR: join(folder, 'nowhere') })).toEqual({});
});
