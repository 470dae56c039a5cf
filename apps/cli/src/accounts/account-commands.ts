import { randomBytes } from 'node:crypto';
import { Option, type Command } from 'commander';
import { checkPassword, type Account, type Role, type User } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { withOperator, type Operator } from '../operator.js';
import { tellKilled } from '../tell-servers.js';
import { printable, table, type Terminal } from '../terminal.js';
import { createAccount, refuse, type CreatedAccount } from './create-account.js';
import { approvePerson, rejectPerson } from './decide-sign-up.js';
import { findPerson } from './find-person.js';
import { addMoveCommands } from './move-commands.js';

const ROLES: readonly Role[] = ['User', 'Moderator', 'Admin', 'Owner'];
const LIST_MAX = 200;

const newPassword = (): string => randomBytes(15).toString('base64url');

export function addAccountCommands(program: Command, terminal: Terminal): void {
  const accounts = program.command('accounts').description('people of this server');
  accounts
    .command('create')
    .description('make an account; prints the password when it made one')
    .argument('<name>', 'letters, digits and _; the part between the two @ of the handle')
    .requiredOption('--email <address>', 'what they sign in with')
    .option('--password <password>', 'at least 8 characters; left out: one is made and printed')
    .addOption(new Option('--role <role>', 'what they may do besides writing').choices(['Owner', 'Admin', 'Moderator']))
    .option('--confirmed', 'the address is theirs: no confirmation is asked for')
    .option('--approve', 'let them in even where sign-ups wait for a moderator')
    .action((name: string, options: CreateOptions) => withOperator(terminal, (operator) => create(operator, terminal, name, options)));
  accounts
    .command('list')
    .description(`the newest accounts, ${LIST_MAX} at most`)
    .option('--pending', 'only those who wait for approval')
    .action((options: { pending?: true }) => withOperator(terminal, (operator) => list(operator, terminal, options.pending === true)));
  accounts
    .command('approve')
    .description('let somebody in who waits')
    .argument('<name>')
    .action((name: string) =>
      withOperator(terminal, async (operator) => {
        const mailed = await approvePerson(operator, name);
        terminal.out(`Approved ${name}${mailed ? '; a mail tells them' : '; no mail was sent, so tell them yourself'}.\n`);
      }),
    );
  accounts
    .command('reject')
    .description('remove a sign-up that waits')
    .argument('<name>')
    .action((name: string) => withOperator(terminal, (operator) => rejectPerson(operator, name).then(() => terminal.out(`Rejected ${name}.\n`))));
  accounts
    .command('role')
    .description('give somebody a role, or take it away (User)')
    .argument('<name>')
    .addArgument(program.createArgument('<role>').choices(ROLES))
    .action((name: string, role: Role) => withOperator(terminal, (operator) => setRole(operator, terminal, name, role)));
  accounts
    .command('reset-password')
    .description('set a new password, print it when it was made, and sign the person out everywhere')
    .argument('<name>')
    .option('--password <password>', 'at least 8 characters; left out: one is made and printed')
    .action((name: string, options: { password?: string }) => withOperator(terminal, (operator) => resetPassword(operator, terminal, name, options.password ?? null)));
  addMoveCommands(accounts, terminal);
}

interface CreateOptions {
  readonly email: string;
  readonly password?: string;
  readonly role?: Role;
  readonly confirmed?: true;
  readonly approve?: true;
}

async function create(operator: Operator, terminal: Terminal, name: string, options: CreateOptions): Promise<void> {
  const { settings, moderation, users, ids, clock } = operator;
  const { registrations } = await moderation.snapshot();
  const created = await createAccount(
    { users, ids, clock, registrations, newPassword, baseUrl: settings.baseUrl, locale: settings.site.defaultLocale },
    {
      username: name,
      email: options.email,
      password: options.password ?? null,
      role: options.role ?? 'User',
      confirmed: options.confirmed === true,
      approve: options.approve === true,
    },
  );
  await moderation.audit(null, 'account.create', created.user.accountId, { role: created.user.role });
  terminal.out(welcome(settings, name, created));
}

function welcome(settings: Operator['settings'], name: string, { user, madePassword, confirmationToken }: CreatedAccount): string {
  const { baseUrl, localDomain } = settings;
  const lines = [`Created @${name.replace(/^@/, '')}@${localDomain}${user.role === 'User' ? '' : ` (${user.role})`}.`];
  if (confirmationToken !== null) {
    lines.push(`The address is not confirmed yet. Within seven days, this link confirms it: ${baseUrl}/auth/confirmation?confirmation_token=${encodeURIComponent(confirmationToken)}`);
  }
  if (!user.approved) lines.push(`They wait for approval: npx trunkline accounts approve ${name}`);
  lines.push(`Sign in at ${baseUrl}/auth/sign_in as ${user.email}.`);
  if (madePassword !== null) lines.push(`Password: ${madePassword}`);
  return `${lines.join('\n')}\n`;
}

async function list(operator: Operator, terminal: Terminal, pending: boolean): Promise<void> {
  const ids: AccountId[] = await operator.users.search({
    origin: 'local',
    status: pending ? 'pending' : null,
    username: null,
    domain: null,
    email: null,
    page: { limit: LIST_MAX, maxId: null, minId: null, sinceId: null },
  });
  const [accounts, users] = await Promise.all([operator.store.accountsByIds(ids), operator.users.byAccountIds(ids)]);
  const accountOf = new Map(accounts.map((account) => [account.id, account]));
  const userOf = new Map(users.map((user) => [user.accountId, user]));
  const rows = ids.flatMap((id) => {
    const [account, user] = [accountOf.get(id), userOf.get(id)];
    if (account === undefined || user === undefined) return [];
    return [[account.username, user.role, stateOf(account, user), user.email, user.createdAt.toISOString().slice(0, 10), printable(user.reason ?? '').slice(0, 80)]];
  });
  terminal.out(rows.length === 0 ? 'Nobody.\n' : table(['name', 'role', 'state', 'email', 'since', 'reason'], rows));
}

function stateOf(account: Account, user: User): string {
  if (account.suspendedAt !== null) return 'suspended';
  if (user.disabled) return 'disabled';
  if (!user.approved) return 'waits for approval';
  if (user.confirmedAt === null) return 'unconfirmed';
  return account.silencedAt === null ? 'active' : 'silenced';
}

async function setRole(operator: Operator, terminal: Terminal, name: string, role: Role): Promise<void> {
  const { account, user } = await findPerson(operator, name);
  await operator.users.setRole(user.id, role);
  await operator.moderation.audit(null, 'account.role', account.id, { from: user.role, to: role });
  terminal.out(`${account.username} is ${role} now (was ${user.role}).\n`);
}

async function resetPassword(operator: Operator, terminal: Terminal, name: string, given: string | null): Promise<void> {
  if (given !== null) refuse(checkPassword(given), 'the password');
  const { account, user } = await findPerson(operator, name);
  const password = given ?? newPassword();
  await operator.users.setPassword(user.id, password);
  await operator.tokens.revokeAllOf(user.id);
  await operator.moderation.audit(null, 'account.reset_password', account.id);
  await tellKilled(operator.settings, account.id);
  terminal.out(`${account.username} has a new password and is signed out everywhere.\n${given === null ? `Password: ${password}\n` : ''}`);
}
