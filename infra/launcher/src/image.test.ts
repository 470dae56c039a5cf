import { expect, test } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFlags } from './node-flags.ts';
import { repositoryRoot } from './repository-root.ts';
import { appNames } from './routes.ts';

// A manifest that is missing in the image makes `npm ci` fail there, and nowhere else.
test('the Dockerfile copies the manifest of every workspace', () => {
  const dockerfile = readFileSync(join(repositoryRoot, 'infra/Dockerfile'), 'utf8');
  const homes = ['packages', 'apps'].flatMap((top) => readdirSync(join(repositoryRoot, top)).map((name) => `${top}/${name}`));
  const manifests = [...homes, 'infra/launcher'].map((home) => `${home}/package.json`).filter((path) => existsSync(join(repositoryRoot, path)));
  expect(manifests.filter((path) => !dockerfile.includes(`COPY ${path} `))).toEqual([]);
});

test('the image knows every app as a role', () => {
  const entry = readFileSync(join(repositoryRoot, 'infra/run-role.sh'), 'utf8');
  expect([...appNames, 'standalone'].filter((app) => !entry.includes(` ${app}`))).toEqual([]);
});

test('the image starts Node with the flags that the launcher gives it', () => {
  const entry = readFileSync(join(repositoryRoot, 'infra/run-role.sh'), 'utf8');
  expect(entry).toContain(`exec node ${nodeFlags.join(' ').replace(repositoryRoot, '/app')} "$main"`);
});
