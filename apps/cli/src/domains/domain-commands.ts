import type { Command } from 'commander';
import type { DomainSeverity } from '@trunkline/domain';
import { withOperator, type Operator } from '../operator.js';
import { tellRulesChanged } from '../tell-servers.js';
import { printable, Refusal, table, type Terminal } from '../terminal.js';
import { forgetDomain, PAGE, pagesOf, readDomain, ruleDomain, severTies } from './rule-domains.js';

interface Comments {
  readonly comment?: string;
  readonly publicComment?: string;
}

export function addDomainCommands(program: Command, terminal: Terminal): void {
  const domains = program.command('domains').description('rules about other servers; they hold everywhere within a second');
  domains
    .command('list')
    .description('every rule, and the allow-list of limited federation mode')
    .action(() => withOperator(terminal, (operator) => list(operator, terminal)));
  const ruled = (name: string, severity: DomainSeverity, description: string): void => {
    domains
      .command(name)
      .description(description)
      .argument('<domain>', 'the server; its subdomains are meant too')
      .option('--comment <text>', 'why, for the moderators')
      .option('--public-comment <text>', 'why, for everybody')
      .action((domain: string, comments: Comments) => withOperator(terminal, (operator) => rule(operator, terminal, { domain, severity, comments })));
  };
  ruled('suspend', 'suspend', 'nothing comes from it or goes to it, and follows in both directions end');
  ruled('silence', 'silence', 'its people are seen only by those who follow them');
  domains
    .command('allow')
    .description('put it on the allow-list: with LIMITED_FEDERATION_MODE only those servers are spoken to')
    .argument('<domain>', 'exactly this server')
    .action((text: string) =>
      withOperator(terminal, async (operator) => {
        const domain = readDomain(operator, text);
        await operator.moderation.allowDomain(null, domain);
        await tellRulesChanged(operator.settings);
        terminal.out(`${domain} is on the allow-list.${operator.settings.limitedFederation ? '' : ' It counts once LIMITED_FEDERATION_MODE is on.'}\n`);
      }),
    );
  domains
    .command('remove')
    .description('take away the rule about it, and its place on the allow-list')
    .argument('<domain>')
    .action((text: string) =>
      withOperator(terminal, async (operator) => {
        const domain = readDomain(operator, text);
        const gone = await forgetDomain(operator, domain);
        if (gone.length === 0) throw new Refusal(`there is no rule about ${domain}, and it is not on the allow-list.`);
        await tellRulesChanged(operator.settings);
        terminal.out(`${domain}: ${gone.map((what) => (what === 'rule' ? 'the rule is gone' : 'off the allow-list')).join(', ')}. Follows that ended stay ended.\n`);
      }),
    );
}

async function rule(operator: Operator, terminal: Terminal, order: { domain: string; severity: DomainSeverity; comments: Comments }): Promise<void> {
  const domain = readDomain(operator, order.domain);
  const { comment, publicComment } = order.comments;
  await ruleDomain(operator, domain, order.severity, { privateComment: comment ?? null, publicComment: publicComment ?? null });
  await tellRulesChanged(operator.settings);
  if (order.severity !== 'suspend') return terminal.out(`${domain} is silenced.\n`);
  const severed = await severTies(operator, domain);
  terminal.out(`${domain} is suspended. Ended: ${severed.following} follows from here, ${severed.followers} from there.\n`);
}

async function list({ moderation }: Operator, terminal: Terminal): Promise<void> {
  const rows: string[][] = [];
  for await (const each of pagesOf((maxId) => moderation.domainRules({ limit: PAGE, maxId, minId: null, sinceId: null }))) {
    const media = [each.rejectMedia ? 'no media' : '', each.rejectReports ? 'no reports' : ''].filter(Boolean).join(', ');
    rows.push([each.domain, each.severity, media, printable(each.privateComment ?? each.publicComment ?? ''), each.createdAt.toISOString().slice(0, 10)]);
  }
  for await (const each of pagesOf((maxId) => moderation.domainAllows({ limit: PAGE, maxId, minId: null, sinceId: null }))) {
    rows.push([each.domain, 'allow', '', '', each.createdAt.toISOString().slice(0, 10)]);
  }
  terminal.out(rows.length === 0 ? 'No rules.\n' : table(['domain', 'rule', 'besides', 'comment', 'since'], rows));
}
