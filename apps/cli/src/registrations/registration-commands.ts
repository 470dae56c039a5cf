import type { Command } from 'commander';
import type { RegistrationMode } from '@trunkline/domain';
import { isSnowflake } from '@trunkline/kernel';
import { withOperator, type Operator } from '../operator.js';
import { tellRulesChanged } from '../tell-servers.js';
import { printable, Refusal, table, type Terminal } from '../terminal.js';

const MODES: Readonly<Record<string, RegistrationMode>> = { open: 'open', approved: 'approved', closed: 'none' };
const SENTENCES: Readonly<Record<RegistrationMode, string>> = {
  open: 'Anybody may sign up.',
  approved: 'Sign-ups wait for a moderator.',
  none: 'Nobody may sign up.',
};
const RULE_CHARS_MAX = 1_000;

/** Who may join, and by which rules. */
export function addRegistrationCommands(program: Command, terminal: Terminal): void {
  program
    .command('registrations')
    .description('who may sign up; without a mode it says how it is')
    .addArgument(program.createArgument('[mode]').choices(Object.keys(MODES)))
    .option('--no-reason', 'approved: do not ask why they want to join')
    .action((mode: string | undefined, options: { reason: boolean }) => withOperator(terminal, (operator) => registrations(operator, terminal, mode, options.reason)));

  const rules = program.command('rules').description("the server's rules, which people read before they sign up");
  rules.command('list').description('all of them, with their ids').action(() => withOperator(terminal, (operator) => listRules(operator, terminal)));
  rules
    .command('add')
    .description('add one at the end')
    .argument('<text>')
    .option('--hint <text>', 'what it means, in smaller print', '')
    .action((text: string, options: { hint: string }) =>
      withOperator(terminal, async (operator) => {
        if (text.trim() === '' || text.length > RULE_CHARS_MAX) throw new Refusal(`a rule has 1 to ${RULE_CHARS_MAX} characters.`);
        const { id } = await operator.moderation.addServerRule(null, text.trim(), options.hint.slice(0, RULE_CHARS_MAX));
        await tellRulesChanged(operator.settings);
        terminal.out(`Added rule ${id}.\n`);
      }),
    );
  rules
    .command('remove')
    .description('remove one; reports that name it keep it')
    .argument('<id>')
    .action((id: string) =>
      withOperator(terminal, async (operator) => {
        if (!isSnowflake(id) || !(await operator.moderation.deleteServerRule(null, id))) throw new Refusal(`there is no rule ${id}.`);
        await tellRulesChanged(operator.settings);
        terminal.out(`Removed rule ${id}.\n`);
      }),
    );
}

async function registrations(operator: Operator, terminal: Terminal, mode: string | undefined, reason: boolean): Promise<void> {
  const chosen = mode === undefined ? undefined : MODES[mode];
  if (chosen !== undefined) {
    await operator.moderation.setRegistrations(null, chosen, reason);
    await tellRulesChanged(operator.settings);
  }
  const now = await operator.moderation.snapshot();
  const asked = now.registrations === 'approved' ? (now.approvalReasonRequired ? ' They say why they want to join.' : ' They are not asked why.') : '';
  terminal.out(`${SENTENCES[now.registrations]}${asked}\n`);
}

async function listRules({ moderation }: Operator, terminal: Terminal): Promise<void> {
  const rules = await moderation.serverRules();
  terminal.out(rules.length === 0 ? 'No rules.\n' : table(['id', 'rule'], rules.map((rule) => [rule.id, printable(rule.text)])));
}
