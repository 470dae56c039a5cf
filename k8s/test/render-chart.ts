import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export const chart = join(import.meta.dirname, '..', 'trunkline');

/** What tests look at of a rendered object. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: RenderedSpec;
}

interface RenderedSpec {
  readonly replicas?: number;
  readonly template?: { readonly metadata: { readonly annotations: Readonly<Record<string, string>> }; readonly spec: RenderedPod };
  readonly ports?: readonly { readonly name: string; readonly targetPort: string }[];
  readonly rules?: readonly { readonly host: string; readonly http: { readonly paths: readonly RenderedPath[] } }[];
}

interface RenderedPath {
  readonly path: string;
  readonly pathType: string;
  readonly backend: { readonly service: { readonly name: string; readonly port: { readonly name: string } } };
}

interface RenderedPod {
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly RenderedContainer[];
}

interface RenderedProbe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

interface RenderedContainer {
  readonly args?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } } }[];
  readonly startupProbe: RenderedProbe;
  readonly livenessProbe: RenderedProbe;
  readonly readinessProbe: RenderedProbe;
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly resources: { readonly requests: object; readonly limits: object };
}

/** HELM, or helm in the PATH; null when there is none. */
export function findHelm(env: NodeJS.ProcessEnv): string | null {
  const places = (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'helm'));
  return [env['HELM'] ?? '', ...places].find((path) => path !== '' && existsSync(path)) ?? null;
}

/** @throws Error with what helm wrote, when it refuses. */
export function helm(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe', maxBuffer: 32 * 1024 * 1024 });
}

export function render(program: string, ...args: readonly string[]): Rendered[] {
  return toJson(program, helm(program, 'template', 'example', chart, '--kube-version', '1.31.0', ...args));
}

/** Helm reads the YAML that it wrote: a chart of one template turns a file of documents into JSON. */
function toJson(program: string, yaml: string): Rendered[] {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-chart-'));
  try {
    mkdirSync(join(folder, 'templates'));
    writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: json\nversion: 0.0.0\n');
    const documents = yaml.split(/^---$/m).filter((text) => /^kind:/m.test(text));
    documents.forEach((text, index) => writeFileSync(join(folder, `${index}.yaml`), text));
    const template = documents.map((_, index) => `---\nline: {{ .Files.Get "${index}.yaml" | fromYaml | toJson | quote }}\n`).join('');
    writeFileSync(join(folder, 'templates', 'all.yaml'), template);
    const lines = helm(program, 'template', 'json', folder).split('\n').filter((line) => line.startsWith('line: '));
    return lines.map((line) => JSON.parse(JSON.parse(line.slice('line: '.length)) as string) as Rendered);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
