// Tests run on the sources: no build is needed. Names tell the kind: *.test.ts beside the code needs no
// service; test/*.int.test.ts needs Postgres, Redis and NATS; *.fed.test.ts two servers; *.browser.test.ts Chromium.
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2023',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^@trunkline/(api|inbox|outbox|timeline|moderation|streaming|media|web|standalone|cli)$': '<rootDir>/apps/$1/src/index.ts',
    '^@trunkline/launcher/(.*)$': '<rootDir>/infra/launcher/src/$1.ts',
    '^@trunkline/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['/dist/', '/.data/'],
};
const roots = ['<rootDir>/packages', '<rootDir>/apps', '<rootDir>/infra', '<rootDir>/k8s'];
/** @type {import('jest').Config} */
export default {
  // Jest reads it here alone, not in a project; 5 s are too few for a test with whole servers on a busy machine.
  testTimeout: 90_000,
  projects: [
    { ...shared, displayName: 'unit', roots, testMatch: ['**/src/**/*.test.ts'] },
    { ...shared, displayName: 'integration', roots, testMatch: ['**/test/**/*.int.test.ts'] },
    { ...shared, displayName: 'federation', roots, testMatch: ['**/test/**/*.fed.test.ts'] },
    { ...shared, displayName: 'browser', roots, testMatch: ['**/test/**/*.browser.test.ts'] },
  ],
};
