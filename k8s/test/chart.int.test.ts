import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { appNames, routes } from '../../infra/launcher/src/routes.ts';
import { FIELDS } from '../../packages/platform/src/settings/fields.js';
import { readSettings } from '../../packages/platform/src/settings/read-settings.js';
import { routesFile, routesJson } from '../generate-routes.ts';
import { chart, findHelm, helm, render, type Rendered } from './render-chart.ts';

interface Schema {
  readonly properties: { readonly services: { readonly required: readonly string[] } };
  readonly $defs: { readonly settings: { readonly properties: object } };
}

// The chart says these itself, or keeps them in Secrets; plain http is for development.
const MADE = ['NODE_ENV', 'PORT', 'METRICS_PORT', 'BIND', 'DATA_DIR', 'DB_PROCESSES', 'SHUTDOWN_PROBE_MS', 'SHUTDOWN_LINGER_MS', 'SHUTDOWN_DEADLINE_MS'];
const SECRET = ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'DATABASE_REPLICA_URL', 'REDIS_URL', 'NATS_URL', 'TRUNKLINE_SECRET_KEYS'];
const SECRET_IF_THERE = ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'SMTP_LOGIN', 'SMTP_PASSWORD', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

test('the route table of the chart is the one of the local proxy: `node k8s/generate-routes.ts` writes it', () => {
  expect(readFileSync(routesFile, 'utf8')).toBe(routesJson());
});

test('the schema knows every setting and every service', () => {
  const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as Schema;
  const elsewhere = new Set([...MADE, ...SECRET, ...SECRET_IF_THERE, 'FEDERATION_HTTP_HOSTS', 'FAILPOINTS_PATH']);
  expect(Object.keys(schema.$defs.settings.properties).sort()).toEqual(Object.keys(FIELDS).filter((name) => !elsewhere.has(name)).sort());
  expect([...schema.properties.services.required].sort()).toEqual([...appNames].sort());
});

const program = findHelm(process.env);
const values = (name: string): string[] => ['-f', join(chart, 'ci', `${name}-values.yaml`)];
const rendered = (...args: string[]): Rendered[] => render(program ?? 'helm', ...args);
const ofKind = (objects: readonly Rendered[], kind: string): Rendered[] => objects.filter((object) => object.kind === kind);
const containerOf = (object: Rendered | undefined) => {
  const container = object?.spec?.template?.spec.containers[0];
  if (container === undefined) throw new Error(`${object?.metadata.name} has no container`);
  return container;
};

const rules = (): void => {
  test.each(readdirSync(join(chart, 'ci')))('%s passes helm lint', (name) => {
    expect(helm(program ?? 'helm', 'lint', '--strict', chart, '-f', join(chart, 'ci', name))).toContain('0 chart(s) failed');
  });

  test('every service is there, with probes on the operations port and nothing it need not have', () => {
    const objects = rendered(...values('minimal'));
    const deployments = ofKind(objects, 'Deployment');
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(appNames.map((app) => `example-trunkline-${app}`).sort());
    for (const deployment of deployments) {
      const container = containerOf(deployment);
      const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe].map(({ httpGet }) => `${httpGet.port}${httpGet.path}`);
      expect(probes).toEqual(['operations/startupz', 'operations/livez', 'operations/readyz']);
      expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
      expect(deployment.spec?.template?.spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(container.resources).toMatchObject({ requests: { cpu: expect.any(String), memory: expect.any(String) }, limits: { memory: expect.any(String) } });
      expect(container.env.find(({ name }) => name === 'ROLE')?.value).toBe(deployment.metadata.labels['app.kubernetes.io/component']);
      expect(container.env.map(({ name }) => name)).toEqual(expect.arrayContaining(['DATABASE_URL', 'REDIS_URL', 'NATS_URL', 'TRUNKLINE_SECRET_KEYS']));
    }
    expect(ofKind(objects, 'PodDisruptionBudget')).toHaveLength(appNames.length);
    expect(ofKind(rendered(...values('small')), 'PodDisruptionBudget')).toEqual([]);
  });

  test('the settings are valid, and each is one that the server reads', () => {
    const [settings] = ofKind(rendered(...values('minimal')), 'ConfigMap');
    const known = FIELDS as Readonly<Record<string, { safeParse(text: string): { success: boolean } }>>;
    const faults = Object.entries(settings?.data ?? {}).filter(([name, text]) => known[name]?.safeParse(text).success !== true);
    expect(faults).toEqual([]);
    const secrets = { DATABASE_URL: 'postgres://a@b/c', REDIS_URL: 'redis://a', NATS_URL: 'nats://a', TRUNKLINE_SECRET_KEYS: `1:${Buffer.alloc(32).toString('base64')}` };
    expect(readSettings({ ...settings?.data, ...secrets })).toMatchObject({ ok: true });
    // Two copies of eight services, and one more of each during a roll-out.
    expect(settings?.data).toMatchObject({ DB_PROCESSES: '24', DB_CONNECTION_BUDGET: '80', NODE_ENV: 'production' });
  });

  test('Kubernetes waits longer than the drain takes, and hears of it in time', () => {
    for (const name of ['minimal', 'small']) {
      const objects = rendered(...values(name));
      const data = ofKind(objects, 'ConfigMap')[0]?.data ?? {};
      const [probeMs, deadlineMs] = [Number(data['SHUTDOWN_PROBE_MS']), Number(data['SHUTDOWN_DEADLINE_MS'])];
      const api = ofKind(objects, 'Deployment').find(({ metadata }) => metadata.name.endsWith('-api'));
      const { lifecycle, readinessProbe } = containerOf(api);
      const preStopMs = Number(lifecycle.preStop.exec.command[1]) * 1_000;
      // A process that is late exits by itself a second after its deadline (runService).
      expect((api?.spec?.template?.spec.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(preStopMs + probeMs + deadlineMs + 1_000);
      expect(readinessProbe.periodSeconds * 1_000).toBeLessThanOrEqual(probeMs);
    }
  });

  test('the Ingress is the route table, and handles are found under a domain of their own', () => {
    const objects = rendered(...values('roles'));
    const [web, local] = ofKind(objects, 'Ingress')[0]?.spec?.rules ?? [];
    const pathsOf = (rule: typeof web) => rule?.http.paths.map(({ path, backend }) => ({ prefix: path, app: backend.service.name.replace('example-trunkline-', '') }));
    expect([web?.host, local?.host]).toEqual(['social.example.org', 'example.org']);
    expect(pathsOf(web)).toEqual(routes);
    expect(pathsOf(local)).toEqual(routes.filter(({ prefix }) => prefix.startsWith('/.well-known')));
    const answering = ofKind(objects, 'Service').filter(({ spec }) => spec?.ports?.some(({ name }) => name === 'http'));
    expect(new Set(answering.map(({ metadata }) => metadata.labels['app.kubernetes.io/component']))).toEqual(new Set(routes.map(({ app }) => app)));
  });

  test('each service has its own database role, and no address of another one', () => {
    const objects = rendered(...values('roles'));
    const databases = (object: Rendered | undefined) =>
      containerOf(object).env.flatMap(({ name, valueFrom }) => (name.startsWith('DATABASE') ? [`${name} ${valueFrom?.secretKeyRef.name}/${valueFrom?.secretKeyRef.key}`] : []));
    const inbox = ofKind(objects, 'Deployment').find(({ metadata }) => metadata.name.endsWith('-inbox'));
    expect(databases(inbox)).toEqual(['DATABASE_URL trunkline-roles/inbox']);
    const [job] = ofKind(objects, 'Job');
    expect(databases(job)).toEqual(expect.arrayContaining(['DATABASE_URL trunkline-roles/owner', 'DATABASE_DIRECT_URL trunkline-roles/owner']));
    expect(containerOf(job).args).toEqual(['trunkline', 'db', 'migrate']);
    expect(job?.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
  });

  test('a changed setting starts the pods anew; other values do not', () => {
    const checksum = (...args: string[]) => ofKind(rendered(...values('minimal'), ...args), 'Deployment')[0]?.spec?.template?.metadata.annotations['checksum/settings'];
    expect(checksum('--set', 'settings.SITE_TITLE=Other')).not.toBe(checksum());
    expect(checksum('--set', 'ingress.className=nginx')).toBe(checksum());
  });

  test.each([
    ['settings.LOCAL_DOMAIN must be set', ['--set', 'secrets.existingSecret=x']],
    ['secrets.existingSecret must name a Secret', ['--set', 'settings.LOCAL_DOMAIN=a.example']],
    ['DB_CONNECTION_BUDGET must be at least 72', [...values('minimal'), '--set-string', 'settings.DB_CONNECTION_BUDGET=40']],
    ['LOCAL_DOMIAN', [...values('minimal'), '--set', 'settings.LOCAL_DOMIAN=a.example']],
    ['SMTP_PASSWORD', [...values('minimal'), '--set', 'settings.SMTP_PASSWORD=x']],
    ['FEDERATION_HTTP_HOSTS', [...values('minimal'), '--set', 'settings.FEDERATION_HTTP_HOSTS=localhost']],
  ])('%s: refused with a sentence', (sentence, args) => {
    expect(() => rendered(...args)).toThrow(sentence);
  });
};

// Skipped as one, and loudly: a fresh clone needs no helm for `npm test`.
if (program === null) {
  process.stderr.write('\nTHE CHART WAS NOT RENDERED: there is no helm here; put it into the PATH or set HELM.\n\n');
  const needsHelm = test.skip;
  needsHelm('the rendered chart (needs helm)', () => undefined);
} else {
  describe('the rendered chart', () => {
    rules();
  });
}
