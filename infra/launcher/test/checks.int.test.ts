import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repositoryRoot } from '../src/repository-root.ts';
import { PlantedTree } from './planted-tree.ts';

let tree: PlantedTree;
beforeEach(() => {
  tree = new PlantedTree();
});
afterEach(() => tree.remove());

/** Rule, file, and the violation planted there. The ADR on import rules repeats this table. */
const plants: readonly [rule: string, file: string, text: string][] = [
  ['1-kernel-imports-nothing', 'packages/kernel/src/plant.ts', "import { createHash } from 'node:crypto';\nexport const plant = createHash;\n"],
  ['2-pure-stays-pure', 'packages/domain/src/plant.ts', "import { readFileSync } from 'node:fs';\nexport const plant = readFileSync;\n"],
  ['2-pure-stays-pure', 'packages/contracts/src/plant.ts', "export { name } from '@trunkline/social';\n"],
  ['floors-social', 'packages/social/src/plant.ts', "export { name } from '@trunkline/persistence';\n"],
  ['floors-adapters', 'packages/messaging/src/plant.ts', "export { name } from '@trunkline/platform';\n"],
  ['floors-platform', 'packages/platform/src/plant.ts', "export { name } from '@trunkline/testing';\n"],
  ['3-adapters-stay-apart', 'packages/messaging/src/plant.ts', "export { name } from '@trunkline/persistence';\n"],
  ['4-apps-stay-apart', 'apps/api/src/plant.ts', "export { name } from '@trunkline/inbox';\n"],
  ['4-packages-know-no-app', 'packages/social/src/plant.ts', "export { name } from '@trunkline/api';\n"],
  ['4-testing-starts-standalone', 'packages/testing/src/plant.ts', "export { name } from '@trunkline/api';\n"],
  ['5-sql-in-persistence', 'apps/api/src/plant.ts', "import pg from 'pg';\nexport const plant = pg;\n"],
  ['5-nats-in-messaging', 'packages/platform/src/plant.ts', "export * as plant from '@nats-io/jetstream';\n"],
  ['5-undici-in-federation-client', 'apps/inbox/src/plant.ts', "export * as plant from 'undici';\n"],
  ['6-nest-at-the-edge', 'apps/api/src/publish-status/publish-status.ts', "export * as plant from '@nestjs/common';\n"],
  ['7-testing-in-tests-only', 'apps/api/src/plant.ts', "export { name } from '@trunkline/testing';\n"],
  ['8-enter-by-exports', 'apps/api/src/plant.ts', "export { name } from '../../../packages/social/src/inside.ts';\n"],
  ['8-enter-launcher-by-exports', 'packages/platform/src/plant.ts', "export { plant } from '../../../infra/launcher/src/inside.ts';\n"],
  // A circle is reported once, at the first of its files.
  ['9-no-circles', 'packages/social/src/inside.ts', "import type { Other } from './other.ts';\nexport interface Inside { readonly other?: Other }\n"],
  ['10-entities-stay-inside', 'packages/persistence/src/index.ts', "export { StatusEntity } from './status.entity.ts';\n"],
  ['launcher-stands-alone', 'infra/launcher/src/plant.ts', "import zod from 'zod';\nexport const plant = zod;\n"],
  ['resolvable', 'packages/social/src/plant.ts', "export { nothing } from './nowhere.ts';\n"],
];

/** What some plants point at; harmless by itself. */
function addTargets(): void {
  tree.write('packages/social/src/inside.ts', "export const name = 'inside';\n");
  tree.write('packages/social/src/other.ts', "import type { Inside } from './inside.ts';\nexport type Other = Inside;\n");
  tree.write('packages/persistence/src/status.entity.ts', 'export class StatusEntity {}\n');
  tree.write('infra/launcher/src/inside.ts', "export const plant = 'inside';\n");
}

/** `rule file` of every violation. */
function violations(): string[] {
  const { output } = tree.run('depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages', 'apps', 'infra');
  const report = JSON.parse(output.slice(output.indexOf('{'))) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return report.summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
}

describe('import rules', () => {
  test('the tree without plants breaks none', () => {
    expect(violations()).toEqual([]);
  });

  test.each(plants)('%s fires on %s', (rule, file, text) => {
    if (/inside|entity|other/.test(text)) addTargets();
    tree.write(file, text);
    expect(violations()).toContain(`${rule} ${file}`);
  });

  test('every rule has a plant and a sentence', () => {
    const rules = createRequire(import.meta.url)(join(repositoryRoot, '.dependency-cruiser.cjs')) as { forbidden: { name: string; comment: string }[] };
    expect(rules.forbidden.filter(({ name }) => !plants.some(([planted]) => planted === name))).toEqual([]);
    expect(rules.forbidden.filter(({ comment }) => !/^.{20,}\.$/.test(comment))).toEqual([]);
  });
});

describe('turbo boundaries', () => {
  test('a tag that may not be imported, and a package that is not declared, are reported', () => {
    expect(tree.run('turbo', 'boundaries').output).toContain('no issues found');
    tree.writeJson('packages/domain/package.json', { name: '@trunkline/domain', version: '0.1.0', type: 'module', dependencies: { '@trunkline/persistence': '0.1.0' } });
    tree.write('packages/domain/src/plant.ts', "import { name } from '@trunkline/persistence';\nexport { name as social } from '@trunkline/social';\nexport const plant = name;\n");
    const { code, output } = tree.run('turbo', 'boundaries');
    expect([code, output]).toEqual([1, expect.stringContaining('@trunkline/persistence')]);
    expect(output).toMatch(/cannot import package `@trunkline\/social` because it is not a\s+\|? ?dependency/);
  });
});

describe('knip', () => {
  test('a file, an export and a dependency that nobody uses are reported', () => {
    tree.write('packages/social/src/used.ts', 'export const used = 1;\nexport const unusedExport = 2;\n');
    tree.write('packages/social/src/index.ts', "export { used } from './used.ts';\n");
    tree.write('packages/social/src/unused-file.ts', 'export const plant = 1;\n');
    tree.writeJson('packages/domain/package.json', { name: '@trunkline/domain', version: '0.1.0', type: 'module', exports: { '.': './src/index.ts' }, dependencies: { zod: '1.0.0' } });
    const { code, output } = tree.run('knip', '--no-config-hints');
    expect(code).toBe(1);
    for (const plant of ['unused-file.ts', 'unusedExport', 'zod']) expect(output).toContain(plant);
  });
});

/** Rule, file, and code that breaks it. */
const faults: readonly [rule: string, file: string, text: string][] = [
  ['no-explicit-any', 'packages/social/src/plant.ts', 'export const plant = (value: any): unknown => value;\n'],
  ['no-unused-vars', 'packages/social/src/plant.ts', 'const plant = 1;\nexport {};\n'],
  ['no-console', 'packages/platform/src/plant.ts', "console.log('plant');\n"],
  ['no-default-export', 'apps/api/src/plant.ts', 'export default 1;\n'],
  ['no-warning-comments', 'apps/api/src/plant.ts', `// ${'TO'}DO: plant\nexport const plant = 1;\n`],
  ['no-restricted-globals', 'packages/domain/src/plant.ts', 'export const plant = (): unknown => process.env;\n'],
  ['no-restricted-properties', 'packages/social/src/plant.ts', 'export const plant = (): number => Date.now();\n'],
  ['max-params', 'packages/social/src/plant.ts', 'export const plant = (a: 1, b: 1, c: 1, d: 1, e: 1): unknown => [a, b, c, d, e];\n'],
  ['max-lines', 'packages/social/src/plant.ts', Array.from({ length: 301 }, (_, index) => `export const plant${index} = ${index};\n`).join('')],
  ['max-lines-per-function', 'packages/social/src/plant.ts', `export function plant(): void {\n${'  plant();\n'.repeat(61)}}\n`],
  ['no-disabled-tests', 'packages/social/src/plant.test.ts', "import { test } from '@jest/globals';\ntest.skip('plant', () => {});\n"],
];

describe('oxlint', () => {
  test('the tree without plants is clean', () => {
    expect(tree.run('oxlint', '--deny-warnings')).toMatchObject({ code: 0 });
  });

  test.each(faults)('%s fires on %s', (rule, file, text) => {
    tree.write(file, text);
    const { code, output } = tree.run('oxlint', '--deny-warnings', '--format=unix');
    expect([code, output]).toEqual([1, expect.stringContaining(`(${rule})`)]);
  });
});
