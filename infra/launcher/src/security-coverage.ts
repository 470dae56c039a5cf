// `npm run security-coverage`: which test stands against which row of the list of attacks. The table is made of the names
// of tests, which begin with the ids of their rows, and of infra/launcher/security-rows.tsv, which says what each row is
// and, of those without a test, why there is none.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

export const COVERAGE_PATH = 'docs/security-coverage.md';
const ROWS_PATH = 'infra/launcher/security-rows.tsv';
/** A text in a test that begins with ids: its name, the name of its group, or the first cell of its table. */
const NAMED = /(?<=['"`])S\d{3}(?:[ ,:]+S\d{3})*(?=[ ,:'"`])/g;

export interface SecurityRow {
  readonly id: string;
  /** In a few words of ours. */
  readonly attack: string;
  /** What is open although there is a test, or why there is none. */
  readonly open: string;
}

/** The rows by id. @throws Error when a line cannot be read or an id comes twice */
export function securityRows(root: string = repositoryRoot): SecurityRow[] {
  const lines = readFileSync(join(root, ROWS_PATH), 'utf8').trimEnd().split('\n').slice(1);
  const rows = lines.map((line) => {
    const [id = '', attack = '', open = ''] = line.split('\t');
    if (!/^S\d{3}$/.test(id) || attack === '') throw new Error(`${ROWS_PATH}: "${line}" is no row`);
    return { id, attack, open };
  });
  if (new Set(rows.map(({ id }) => id)).size !== rows.length) throw new Error(`${ROWS_PATH}: an id comes twice`);
  return rows.toSorted((one, other) => one.id.localeCompare(other.id));
}

/** Files with tests whose names begin with an id, by id. */
export function namedTests(root: string = repositoryRoot): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  const files = globSync(['apps/**/*.test.ts', 'packages/**/*.test.ts', 'infra/**/*.test.ts'], { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] });
  for (const file of files.sort()) {
    for (const [ids] of readFileSync(join(root, file), 'utf8').matchAll(NAMED)) {
      for (const id of ids.match(/S\d{3}/g) ?? []) found.set(id, (found.get(id) ?? new Set()).add(file));
    }
  }
  return new Map([...found].map(([id, paths]) => [id, [...paths]]));
}

/** The committed page. */
export function securityCoverage(root: string = repositoryRoot): string {
  const tests = namedTests(root);
  const rows = securityRows(root);
  const cell = ({ id, open }: SecurityRow): string => {
    const files = (tests.get(id) ?? []).map((file) => `\`${file}\``).join(', ');
    if (files === '') return `**no test**: ${open}`;
    return open === '' ? files : `${files}. Open: ${open}`;
  };
  const covered = rows.filter(({ id }) => tests.has(id)).length;
  return `# What is tested against hostile servers

Made by \`npm run security-coverage -- --write\` of the names of tests and of \`${ROWS_PATH}\`; a test compares it.
Rows of our list of attacks (named after advisories on servers of this field) that another server can try, and the tests
that stand against them: ${covered} of ${rows.length}. Their names begin with the row's id, and what they assert is what is
stored afterwards. Rows about accounts, sessions, scopes, uploads, streams and the running of a server are not judged here.

| id | attack | tests, or why there is none |
| --- | --- | --- |
${rows.map((row) => `| ${row.id} | ${row.attack} | ${cell(row)} |`).join('\n')}

## Open besides

- A post by somebody whom the author of the thread blocks is kept when others here follow them. It then counts as a reply and stands in the
  thread's \`replies\`; the blocker sees and hears nothing of it.
- Whoever has eight domains or more whose hosts answer slowly can hold the places among those who apply activities, 20 s each. Nothing is lost, but it waits.
- An Update that is addressed to fewer people than those who see the post changes it for all of them, as in Mastodon.
- Whoever has many domains has the budget of each: 128 MiB a day of what is stored, 300 people told in an hour. Accounts that a server made up
  are kept for good.
- Whoever has several domains that drip can hold the places for slow readings of threads, six in each copy, for half a minute a domain.
- Within one host whoever writes a post first under an id has it; what a group says is written in it counts for its own host.
`;
}

if (import.meta.main === true) {
  const page = securityCoverage();
  if (process.argv.includes('--write')) writeFileSync(join(repositoryRoot, COVERAGE_PATH), page);
  else process.stdout.write(page);
}
