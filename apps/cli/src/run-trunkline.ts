import { Command, CommanderError } from 'commander';
import { AppError } from '@trunkline/kernel';
import { sqlState } from '@trunkline/persistence';
import { addAccountCommands } from './accounts/account-commands.js';
import { addAppCommands } from './apps/app-commands.js';
import { addConfigCommands } from './check-config/config-commands.js';
import { addDatabaseCommands } from './database/database-commands.js';
import { addDoctorCommand } from './doctor/doctor-command.js';
import { addDomainCommands } from './domains/domain-commands.js';
import { addQueueCommands } from './queue/queue-commands.js';
import { addRegistrationCommands } from './registrations/registration-commands.js';
import { addRelayCommands } from './relays/relay-commands.js';
import { Refusal, type Terminal } from './terminal.js';

const USAGE = 2;
/** SQLSTATE insufficient_privilege. */
const NOT_ALLOWED = '42501';

const EXAMPLES = `
Settings are environment variables, as for the server itself; beside a server that \`npm start\` runs, its own
settings are found in DATA_DIR (default .data).

Examples:
  $ npx trunkline accounts create alice --email alice@example.com --role Owner --confirmed
  $ npx trunkline apps token --account alice --scopes "read write follow push"
  $ npx trunkline domains suspend spam.example --comment "nothing but spam"
  $ npx trunkline queue status
  $ npx trunkline doctor --account alice`;

/**
 * Runs one command in this process.
 * @returns the exit code: 0 done, 1 refused or failed (the reason is on `err`), 2 not understood
 */
export async function runTrunkline(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = buildProgram(terminal);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    terminal.err(`trunkline: ${sentenceOf(error)}\n`);
    return 1;
  }
}

function buildProgram(terminal: Terminal): Command {
  const program = new Command('trunkline')
    .description('Looks after a Trunkline server: people, rules about other servers, the database and the queues.')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(add --help to see what can be said)');
  for (const add of [
    addAccountCommands,
    addAppCommands,
    addDomainCommands,
    addRelayCommands,
    addRegistrationCommands,
    addDatabaseCommands,
    addQueueCommands,
    addConfigCommands,
    addDoctorCommand,
  ]) {
    add(program, terminal);
  }
  quieten(program, terminal);
  return program;
}

/** A command never ends the process itself, and writes where it is told to. */
function quieten(command: Command, terminal: Terminal): void {
  command.exitOverride().configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  for (const inner of command.commands) quieten(inner, terminal);
}

const WRONG_ROLE =
  'the database role of DATABASE_URL may not do this. `db` commands want the owner of the tables; the doctor, which signs, the role of moderation; all others the role of cli (`trunkline db roles --file …` writes their addresses).';

function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (sqlState(error) === NOT_ALLOWED) return WRONG_ROLE;
  if (error instanceof AppError) return `${error.safe} (${error.code})${causeOf(error.extra.cause)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const causeOf = (cause: unknown): string => (cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '');
