// The floors of the house, as rules: imports go down only. Each message says what to do instead.
// docs/adr/0002-import-rules.md lists a planted violation for each; a test plants them.
const { exports: launcherExports } = require('./infra/launcher/package.json');

const pure = 'domain|activitypub|http-signatures|mastodon-api|contracts';
const adapters = 'persistence|messaging|federation-client|storage';
const isTest = '(\\.test\\.ts$|/test/)';
/** Libraries that only compute: no socket, file, clock or environment. */
const pureLibraries = ['zod', 'http-signature', 'structured-headers', 'sanitize-html', 'canonicalize', 'jsonld'];
const launcherDoors = Object.values(launcherExports).map((file) => file.replace(/^\.\//, '').replaceAll('.', '\\.'));

/** A rule that forbids; `from` and `to` are dependency-cruiser's. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
/** Where a file of a package or app lives when it is no test. */
const source = (names, top = 'packages') => ({ path: `^${top}/(${names})/`, pathNot: isTest });
const library = (names) => `(^|/)node_modules/(@types/)?(${names})(/|$)`;

module.exports = {
  forbidden: [
    forbid('1-kernel-imports-nothing', 'kernel is the ground: it imports nothing but its own files, so move what needs more one floor up.', source('kernel'), {
      pathNot: '^packages/kernel/src/',
    }),
    forbid(
      '2-pure-stays-pure',
      'Pure packages import kernel, pure packages, node:crypto and libraries without I/O: pass what comes from outside as data or as a port.',
      source(pure),
      { pathNot: [`^packages/(kernel|${pure})/src/`, '^(node:)?crypto$', library(pureLibraries.join('|'))] },
    ),
    ...floors(),
    forbid('3-adapters-stay-apart', 'Adapters never import each other: meet in packages/social through a port, and join them in platform or an app.', source(`(${adapters})`), {
      path: `^packages/(${adapters})/`,
      pathNot: '^packages/$1/',
    }),
    forbid('4-apps-stay-apart', 'Apps never import apps (standalone joins them all): share through packages/social, or speak by an event.', { path: '^apps/(?!standalone/)([^/]+)/' }, {
      path: '^apps/',
      pathNot: '^apps/$1/',
    }),
    forbid('4-packages-know-no-app', 'Packages never import apps: turn it round with a port. Only testing may start standalone.', { path: '^packages/(?!testing/)' }, { path: '^apps/' }),
    forbid('4-testing-starts-standalone', 'testing may import standalone and no other app.', { path: '^packages/testing/' }, { path: '^apps/(?!standalone/)' }),
    forbid('5-sql-in-persistence', 'typeorm, pg and redis are used in packages/persistence alone: add a repository there.', elsewhere('persistence'), { path: library('typeorm|pg|redis|@redis') }),
    forbid('5-nats-in-messaging', 'NATS is used in packages/messaging alone: declare a handler or publish through its ports.', elsewhere('messaging'), { path: library('@nats-io|nats') }),
    forbid('5-undici-in-federation-client', 'undici is used in packages/federation-client alone, which guards every address: fetch through its ports.', elsewhere('federation-client'), {
      path: library('undici'),
    }),
    forbid(
      '6-nest-at-the-edge',
      'In an app Nest is imported by main, *.module, *.controller, *.consumer, *.gateway, *.guard and *.adapter only: a use case is a function of ports.',
      { path: '^apps/[^/]+/src/', pathNot: ['(^|/)main\\.ts$', '\\.(module|controller|consumer|gateway|guard|adapter)\\.ts$', isTest] },
      { path: library('@nestjs') },
    ),
    forbid('7-testing-in-tests-only', 'packages/testing is imported by tests (and bench, promises, corpus, interop) only.', { path: '^(packages|apps|infra)/', pathNot: [isTest, '^packages/(testing|bench|promises|corpus|interop)/'] }, {
      path: '^packages/testing/',
    }),
    forbid('8-enter-by-exports', 'A package is entered by its exports: import @trunkline/<name>, and export what you need from its index.ts.', { path: '^(packages|apps|infra)/([^/]+)/' }, {
      path: '^(packages|apps)/[^/]+/(?!src/index\\.ts$)',
      pathNot: '^$1/$2/',
    }),
    forbid('8-enter-launcher-by-exports', "The launcher is entered by its exports: import @trunkline/launcher/<file>, and list the file in its package.json.", { pathNot: '^infra/launcher/' }, {
      path: '^infra/launcher/',
      pathNot: launcherDoors.map((file) => `^infra/launcher/${file}$`),
    }),
    forbid('9-no-circles', 'No circles, type imports counted: move what both need into a file of its own.', {}, { circular: true }),
    forbid('10-entities-stay-inside', 'No entity class leaves persistence: return readonly rows or domain types from the repository.', { path: ['^packages/persistence/src/index\\.ts$', '^(?!packages/persistence/)'] }, {
      path: ['^packages/persistence/src/.*entities/', '^packages/persistence/src/.*\\.entity\\.ts$'],
    }),
    forbid('launcher-stands-alone', 'The launcher runs before anything is built: it imports Node and its own files only.', { path: '^infra/launcher/(src/|[^/]+\\.mjs$)', pathNot: isTest }, {
      pathNot: '^infra/launcher/',
      dependencyTypesNot: ['core'],
    }),
    forbid('resolvable', 'This import leads nowhere: the file or the export does not exist, or the package is not installed.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/', '/node_modules/.*/node_modules/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: true,
    // Types stand for sources: a package's `types` export leads to src/index.ts, so nothing need be built.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'], extensions: ['.ts', '.mjs', '.js', '.d.ts', '.json'] },
    skipAnalysisNotInRules: true,
  },
};

/** Every file but those of one package; tests may look behind the curtain. */
function elsewhere(name) {
  return { path: '^(packages|apps|infra)/', pathNot: [`^packages/${name}/`, isTest] };
}

/** Imports go down only: what stands above each floor. */
function floors() {
  const message = 'Imports go down only: apps → platform → adapters → social → pure packages → kernel.';
  return [
    forbid('floors-social', message, source('social'), { path: `^(packages/(${adapters}|platform|testing|bench|promises|corpus|interop)|apps|infra)/` }),
    forbid('floors-adapters', message, source(adapters), { path: '^(packages/(platform|testing|bench|promises|corpus|interop)|apps|infra)/' }),
    forbid('floors-platform', message, source('platform'), { path: '^(packages/(testing|bench|promises|corpus|interop)|apps|infra)/', pathNot: '^infra/launcher/src/routes\\.ts$' }),
  ];
}
