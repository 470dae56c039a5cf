import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { repositoryRoot } from '../src/repository-root.ts';

const packages = ['kernel', 'domain', 'contracts', 'social', 'persistence', 'messaging', 'federation-client', 'platform', 'testing'];
const apps = ['api', 'inbox', 'standalone'];
const libraries = ['zod', 'pg', 'undici', '@nats-io/jetstream', '@nestjs/common'];
const rootFiles = ['.dependency-cruiser.cjs', '.oxlintrc.json', '.gitignore', 'knip.json', 'turbo.json', 'tsconfig.json', 'tsconfig.base.json'];

/** A small copy of the repository's shape in a temporary folder, with its real rules and nothing wrong in it. */
export class PlantedTree {
  readonly path = mkdtempSync(join(tmpdir(), 'trunkline-plants-'));

  constructor() {
    for (const file of rootFiles) cpSync(join(repositoryRoot, file), join(this.path, file));
    this.writeJson('package.json', { name: 'trunkline', type: 'module', packageManager: 'npm@11.0.0', workspaces: ['packages/*', 'apps/*'] });
    this.writeJson('package-lock.json', { name: 'trunkline', lockfileVersion: 3, packages: {} });
    cpSync(join(repositoryRoot, 'infra/launcher/package.json'), join(this.path, 'infra/launcher/package.json'));
    for (const name of packages) this.addWorkspace('packages', name);
    for (const name of apps) this.addWorkspace('apps', name);
    for (const name of libraries) {
      this.writeJson(`node_modules/${name}/package.json`, { name, version: '1.0.0', main: 'index.js' });
      this.write(`node_modules/${name}/index.js`, 'module.exports = {};\n');
    }
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), text);
  }

  writeJson(path: string, value: unknown): void {
    this.write(path, JSON.stringify(value));
  }

  /** Runs one of the repository's own tools in the tree. */
  run(tool: string, ...args: string[]): { code: number; output: string } {
    const env = { ...process.env, CI: '1', NODE_OPTIONS: '', TURBO_TELEMETRY_DISABLED: '1' };
    const done = spawnSync(join(repositoryRoot, 'node_modules', '.bin', tool), args, { cwd: this.path, env, encoding: 'utf8', maxBuffer: 32 * 1024 * 1024 });
    return { code: done.status ?? 1, output: `${done.stdout}${done.stderr}` };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** A workspace with the real one's turbo tags, entered by its index. */
  private addWorkspace(top: 'packages' | 'apps', name: string): void {
    const home = `${top}/${name}`;
    this.writeJson(`${home}/package.json`, {
      name: `@trunkline/${name}`,
      version: '0.1.0',
      type: 'module',
      exports: { '.': { types: './src/index.ts', default: './dist/index.js' } },
      dependencies: {},
    });
    this.write(`${home}/turbo.json`, readFileSync(join(repositoryRoot, home, 'turbo.json'), 'utf8'));
    this.write(`${home}/src/index.ts`, `export const name = '${name}';\n`);
    mkdirSync(join(this.path, 'node_modules/@trunkline'), { recursive: true });
    symlinkSync(join(this.path, home), join(this.path, 'node_modules/@trunkline', name));
  }
}
