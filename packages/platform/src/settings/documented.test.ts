import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIELDS } from './fields.js';
import { readSettings } from './read-settings.js';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/operating/configuration.md'), 'utf8');
const compose = readFileSync(join(import.meta.dirname, '../../../../infra/compose.yaml'), 'utf8');
const [ours = ''] = page.split('## Read by others');
const rows = [...ours.matchAll(/^\| `([A-Z0-9_]+)` \| .+ \| (.+) \|$/gm)].map(([, name, fallback]) => ({ name, fallback }));

test('docs/operating/configuration.md names every variable that is read, once, and no other', () => {
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(FIELDS).sort());
});

test('its section of what must be set is what the server asks for', () => {
  const section = /## What must be set\n([\s\S]*?)\n## /.exec(ours)?.[1] ?? '';
  const named = [...section.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, name]) => name);
  const read = readSettings({});
  expect(read.ok ? [] : read.error.faults.map((fault) => fault.split(' ')[0])).toEqual(named);
});

test('a default that stands there is a valid value', () => {
  const fields = FIELDS as Readonly<Record<string, { safeParse(text: string): { success: boolean } }>>;
  const literal = rows.flatMap(({ name = '', fallback = '' }) => (/^`([^`]+)`$/.test(fallback) ? [{ name, value: fallback.slice(1, -1) }] : []));
  expect(literal.length).toBeGreaterThan(10);
  expect(literal.filter(({ name, value }) => fields[name]?.safeParse(value).success !== true)).toEqual([]);
});

// The rest is fixed by the image, or of use only with several processes, databases or brokers.
const NOT_FOR_COMPOSE = /^(BIND|PORT|METRICS_PORT|DATA_DIR|DATABASE_(DIRECT|REPLICA)_URL|DB_.+|REDIS_PREFIX|NATS_(PREFIX|REPLICAS)|FEDERATION_HTTP_HOSTS|FAILPOINTS_PATH|SHUTDOWN_.+)$/;

test('infra/compose.yaml hands on every setting of a server on one machine, and no other', () => {
  const [, block = ''] = /environment: &settings\n((?: {6}\w.*\n)+)/.exec(compose) ?? [];
  const named = [...block.matchAll(/^ {6}([A-Z0-9_]+): (.*)$/gm)].map(([, name = '', value]) => ({ name, value }));
  expect(named.map(({ name }) => name).sort()).toEqual(Object.keys(FIELDS).filter((name) => !NOT_FOR_COMPOSE.test(name)).sort());
  const set = ['NODE_ENV', 'DATABASE_URL', 'REDIS_URL', 'NATS_URL'];
  expect(named.filter(({ name, value }) => !set.includes(name) && value !== `\${${name}:-}`)).toEqual([]);
});
