import type { Command } from 'commander';
import { findPerson } from '../accounts/find-person.js';
import { withOperator } from '../operator.js';
import type { Terminal } from '../terminal.js';
import { issueToken } from './issue-token.js';

export function addAppCommands(program: Command, terminal: Terminal): void {
  const apps = program.command('apps').description('access for programs');
  apps
    .command('token')
    .description('print an access token for somebody; whoever holds it acts as them')
    .requiredOption('--account <name>', 'whose token')
    .option('--scopes <scopes>', 'what it may do, separated by spaces', 'read')
    .action((options: { account: string; scopes: string }) =>
      withOperator(terminal, async (operator) => {
        const { account, user } = await findPerson(operator, options.account);
        const token = await issueToken(operator, user, options.scopes);
        await operator.moderation.audit(null, 'token.issue', account.id, { scopes: options.scopes });
        if (!user.approved || user.confirmedAt === null) terminal.err(`${account.username} is not approved and confirmed yet: the token opens nothing until then.\n`);
        terminal.out(`${token}\n`);
      }),
    );
}
