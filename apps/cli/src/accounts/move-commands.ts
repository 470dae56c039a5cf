import type { Command } from 'commander';
import type { Account } from '@trunkline/domain';
import { changeAliases, recordMove, remoteDomain } from '@trunkline/social';
import { withOperator, type Operator } from '../operator.js';
import { Refusal, type Terminal } from '../terminal.js';
import { findPerson } from './find-person.js';

/** Moving by the operator's hand. Nothing is asked of other servers here: what this server knows of them counts. */
export function addMoveCommands(accounts: Command, terminal: Terminal): void {
  accounts
    .command('alias')
    .description('say that somebody here is that other account as well, which may then move here')
    .argument('<name>')
    .argument('<other>', 'the address of its actor, or a handle that is known here')
    .option('--remove', 'no longer')
    .action((name: string, other: string, options: { remove?: true }) =>
      withOperator(terminal, async (operator) => {
        const { account } = await findPerson(operator, name);
        const uri = /^https?:/i.test(other) ? other : (await knownOther(operator, other)).uri;
        if (uri === account.uri) throw new Refusal('that is the same account.');
        const aliases = await changeAliases(operator, account, options.remove === true ? { remove: uri } : { add: uri });
        await operator.moderation.audit(null, 'account.alias', account.id, { uri, removed: options.remove === true });
        terminal.out(aliases.length === 0 ? `${account.username} has no aliases.\n` : `${account.username} is also:\n${aliases.map((alias) => `  ${alias}\n`).join('')}`);
      }),
    );
  accounts
    .command('move')
    .description('move somebody to another account, which must name them among its aliases; followers are taken along')
    .argument('<name>')
    .argument('<target>', 'a handle or an address that is known here')
    .action((name: string, target: string) =>
      withOperator(terminal, async (operator) => {
        const { account } = await findPerson(operator, name);
        const other = await knownOther(operator, target);
        if (other.id === account.id) throw new Refusal('an account cannot move to itself.');
        if (!other.alsoKnownAs.includes(account.uri)) {
          throw new Refusal(`${other.uri} does not name ${account.uri} among its aliases, as far as this server knows. Add the alias there, then look the account up here once more.`);
        }
        const moved = await recordMove(operator, account, other);
        if (!moved.ok) throw new Refusal(`${moved.error.safe}.`);
        await operator.moderation.audit(null, 'account.move', account.id, { to: other.uri });
        terminal.out(`${account.username} has moved to ${other.uri}. Followers are told now.\n`);
      }),
    );
}

/** @throws Refusal for whom this server does not know */
async function knownOther({ store, settings }: Operator, text: string): Promise<Account> {
  const [username = '', host] = text.replace(/^@/, '').split('@');
  const byUri = /^https?:/i.test(text);
  const found = byUri ? await store.accountsByUris([text]) : await store.accountsByHandles([{ username, domain: remoteDomain(settings, host ?? null) }]);
  const [account] = found.filter((each) => each.deletedAt === null && each.suspendedAt === null);
  if (account === undefined) throw new Refusal(`${text} is not known here. Look it up once from an app.`);
  return account;
}
