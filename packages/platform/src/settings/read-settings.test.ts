import { describe, expect, test } from '@jest/globals';
import { EXAMPLE_ENV } from '../../test/example-env.js';
import { readSettings } from './read-settings.js';

const faultsOf = (env: Record<string, string | undefined>): readonly string[] => {
  const read = readSettings(env);
  return read.ok ? [] : read.error.faults;
};
const settingsOf = (env: Record<string, string>) => {
  const read = readSettings({ ...EXAMPLE_ENV, ...env });
  if (!read.ok) throw new Error(read.error.safe);
  return read.value;
};

describe('readSettings', () => {
  test('an empty environment names every required variable once, in a sentence each', () => {
    const faults = faultsOf({});
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['LOCAL_DOMAIN', 'DATABASE_URL', 'REDIS_URL', 'NATS_URL', 'TRUNKLINE_SECRET_KEYS']);
    expect(faults.every((fault) => fault.endsWith('.') && fault.includes('must be'))).toBe(true);
  });

  test('all faults come at once, and none repeats a value, which may be a secret', () => {
    const bad = {
      ...EXAMPLE_ENV,
      DATABASE_URL: 'mysql://root:s3cr3t@db/x',
      PORT: '70000',
      AUTHORIZED_FETCH: 's3cr3t',
      TRUNKLINE_SECRET_KEYS: 'k1:s3cr3t',
      METRICS_PORT: 'never',
      TRUSTED_PROXY_IP: '10.0.0.0/33',
    };
    const faults = faultsOf(bad);
    expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual(
      ['AUTHORIZED_FETCH', 'DATABASE_URL', 'METRICS_PORT', 'PORT', 'TRUNKLINE_SECRET_KEYS', 'TRUSTED_PROXY_IP'].sort(),
    );
    expect(faults.join()).not.toContain('s3cr3t');
    expect(faults).toContain('PORT must be a whole number from 0 to 65535.');
  });

  test('empty values count as not set, as in the env files of many installations', () => {
    const settings = settingsOf({ WEB_DOMAIN: '', SMTP_SERVER: ' ', VAPID_PUBLIC_KEY: '' });
    expect(settings).toMatchObject({ webDomain: 'social.example', smtp: null, vapid: null, port: 3000, metricsPort: 9394, userActiveDays: 7 });
    expect(settings.database).toMatchObject({ directUrl: EXAMPLE_ENV.DATABASE_URL, replicaUrl: null, connectionBudget: 80 });
  });

  test('the base URL is http exactly when the web domain is listed', () => {
    const hosts = { FEDERATION_HTTP_HOSTS: 'localhost:3001, localhost:3002' };
    expect(settingsOf({ LOCAL_DOMAIN: 'localhost:3001', ...hosts }).baseUrl).toBe('http://localhost:3001');
    expect(settingsOf({ LOCAL_DOMAIN: 'localhost:3003', ...hosts }).baseUrl).toBe('https://localhost:3003');
    expect(settingsOf({ LOCAL_DOMAIN: 'example.org', WEB_DOMAIN: 'Localhost:3002', ...hosts }).baseUrl).toBe('http://localhost:3002');
  });

  test('plain http between servers is refused in production', () => {
    const faults = faultsOf({ ...EXAMPLE_ENV, NODE_ENV: 'production', FEDERATION_HTTP_HOSTS: 'localhost:3001' });
    expect(faults).toEqual([expect.stringMatching(/^FEDERATION_HTTP_HOSTS must be empty/)]);
  });

  test('failpoints are refused in production', () => {
    expect(faultsOf({ ...EXAMPLE_ENV, NODE_ENV: 'production', FAILPOINTS_PATH: '/tmp/failpoints' })).toEqual([expect.stringMatching(/^FAILPOINTS_PATH must be empty/)]);
    expect(settingsOf({ FAILPOINTS_PATH: '/tmp/failpoints' }).failpointsPath).toBe('/tmp/failpoints');
  });

  test.each([
    [{ SMTP_SERVER: 'mail.example' }, 'SMTP_FROM_ADDRESS'],
    [{ SMTP_LOGIN: 'someone' }, 'SMTP_LOGIN'],
    [{ VAPID_PUBLIC_KEY: Buffer.alloc(65, 4).toString('base64url') }, 'VAPID_PUBLIC_KEY'],
    [{ S3_ENABLED: 'true', S3_BUCKET: 'files', AWS_ACCESS_KEY_ID: 'id' }, 'AWS_SECRET_ACCESS_KEY'],
    [{ DB_CONNECTION_BUDGET: '3', DB_PROCESSES: '4' }, 'DB_CONNECTION_BUDGET'],
    [{ TRUNKLINE_SECRET_KEYS: `${EXAMPLE_ENV.TRUNKLINE_SECRET_KEYS},${EXAMPLE_ENV.TRUNKLINE_SECRET_KEYS}` }, 'TRUNKLINE_SECRET_KEYS'],
  ])('%j is half a setting', (env, name) => {
    expect(faultsOf({ ...EXAMPLE_ENV, ...env })).toEqual([expect.stringContaining(name)]);
  });

  test('the address to listen on is this machine in development and all in production', () => {
    expect(settingsOf({}).bind).toBe('127.0.0.1');
    expect(settingsOf({ NODE_ENV: 'production' }).bind).toBe('0.0.0.0');
  });

  test('METRICS_PORT takes off, and 0 for any free port', () => {
    expect(settingsOf({ METRICS_PORT: 'off' }).metricsPort).toBeNull();
    expect(settingsOf({ METRICS_PORT: '0' }).metricsPort).toBe(0);
  });

  test('the broker keeps one copy of a stream, or an odd number that can lose a server', () => {
    expect(settingsOf({}).nats.replicas).toBe(1);
    expect(settingsOf({ NATS_REPLICAS: '3' }).nats.replicas).toBe(3);
    expect(faultsOf({ ...EXAMPLE_ENV, NATS_REPLICAS: '2' })).toEqual(['NATS_REPLICAS must be one of 1, 3, 5.']);
  });

  test('nothing of it can be changed later', () => {
    const settings = settingsOf({ ALLOWED_PRIVATE_ADDRESSES: '10.1.0.0/16 fd00::/8' });
    expect(settings.allowedPrivateAddresses).toEqual(['10.1.0.0/16', 'fd00::/8']);
    for (const part of [settings, settings.database, settings.secretKeys, settings.allowedPrivateAddresses]) expect(Object.isFrozen(part)).toBe(true);
  });

  test('mail follows the names and defaults that Mastodon’s admins know', () => {
    const smtp = { SMTP_SERVER: 'mail.example', SMTP_FROM_ADDRESS: 'Notices <n@social.example>' };
    expect(settingsOf(smtp).smtp).toMatchObject({ port: 587, tls: 'opportunistic', verifyCertificate: true });
    expect(settingsOf({ ...smtp, SMTP_TLS: 'true', SMTP_OPENSSL_VERIFY_MODE: 'none' }).smtp).toMatchObject({ port: 465, tls: 'implicit', verifyCertificate: false });
  });
});
