import { normaliseHost } from '@trunkline/domain';
import { z } from 'zod';
import { anything, clearableText, cursorShape, flag, idList, optionalId, optionalText, pageFrom, requiredId, textList } from './pieces.js';
import { BLANK, INVALID, NOT_IN_LIST } from './read.js';

const COMMENT_CHARS_MAX = 1000;
const REPORTED_STATUSES_MAX = 100;
const FORWARDED_DOMAINS_MAX = 20;
const ADMIN_PER_PAGE = 100;
const ADMIN_PER_PAGE_MAX = 200;
const NOTE_CHARS_MAX = 2000;

const blankIsAbsent = (value: unknown): unknown => (value === null || value === '' ? undefined : value);
const category = z.preprocess(blankIsAbsent, z.enum(['spam', 'legal', 'violation', 'other'], NOT_IN_LIST).optional());

/** POST /api/v1/reports. Rules make it a violation; other categories name none. */
export const ReportParams = z
  .object({
    account_id: requiredId,
    status_ids: idList(REPORTED_STATUSES_MAX),
    comment: clearableText(COMMENT_CHARS_MAX),
    forward: flag,
    forward_to_domains: textList(FORWARDED_DOMAINS_MAX),
    category,
    rule_ids: idList(50),
  })
  .transform((params) => {
    const chosen = params.category ?? (params.rule_ids.length > 0 ? 'violation' : 'other');
    return {
      accountId: params.account_id,
      statusIds: params.status_ids,
      comment: params.comment ?? '',
      forward: params.forward === true,
      forwardToDomains: params.forward_to_domains.flatMap((domain) => normaliseHost(domain) ?? []),
      category: chosen,
      ruleIds: chosen === 'violation' ? params.rule_ids : [],
    };
  });

export type AdminAccountState = 'active' | 'pending' | 'disabled' | 'silenced' | 'suspended';
const STATES: readonly AdminAccountState[] = ['active', 'pending', 'disabled', 'silenced', 'suspended'];

const wanted = {
  username: optionalText(255),
  display_name: optionalText(255),
  by_domain: optionalText(255),
  email: optionalText(320),
};

/** GET /api/v1/admin/accounts (switches) and /api/v2/admin/accounts (`origin`, `status`): one form for both. */
export const AdminAccountsParams = z
  .object({
    ...cursorShape,
    ...wanted,
    local: flag,
    remote: flag,
    staff: flag,
    active: flag,
    pending: flag,
    disabled: flag,
    silenced: flag,
    suspended: flag,
    origin: anything,
    status: anything,
    permissions: anything,
  })
  .transform((params) => {
    const local = params.local === true || params.origin === 'local';
    const remote = params.remote === true || params.origin === 'remote';
    return {
      page: pageFrom(params, ADMIN_PER_PAGE, ADMIN_PER_PAGE_MAX),
      origin: local === remote ? null : local ? ('local' as const) : ('remote' as const),
      state: STATES.find((state) => params[state] === true || params.status === state) ?? null,
      staff: params.staff === true || params.permissions === 'staff',
      username: params.username ?? null,
      displayName: params.display_name ?? null,
      domain: params.by_domain ?? null,
      email: params.email ?? null,
    };
  });

/** POST /api/v1/admin/accounts/:id/action */
export const AccountActionParams = z
  .object({
    type: z.enum(['none', 'disable', 'sensitive', 'silence', 'suspend'], { error: (issue) => (issue.input === undefined ? BLANK : NOT_IN_LIST) }),
    report_id: optionalId,
    text: clearableText(NOTE_CHARS_MAX),
    send_email_notification: flag,
  })
  .transform((params) => ({
    type: params.type,
    reportId: params.report_id,
    text: params.text ?? '',
    sendEmail: params.send_email_notification === true,
  }));

const domain = anything.transform((value, issues): string => {
  const text = typeof value === 'string' ? value.trim().replace(/^https?:\/\//i, '').replace(/\/+$/, '') : '';
  const host = normaliseHost(text);
  if (host === null) issues.addIssue({ code: 'custom', message: text === '' ? BLANK : INVALID });
  return host ?? '';
});

const ruleShape = {
  severity: z.preprocess(blankIsAbsent, z.enum(['noop', 'silence', 'suspend'], NOT_IN_LIST).optional()),
  reject_media: flag,
  reject_reports: flag,
  private_comment: clearableText(NOTE_CHARS_MAX),
  public_comment: clearableText(NOTE_CHARS_MAX),
  obfuscate: flag,
};

/** POST /api/v1/admin/domain_blocks. Without a severity the server is silenced, as in Mastodon. */
export const CreateDomainBlockParams = z.object({ domain, ...ruleShape }).transform((params) => ({
  domain: params.domain,
  severity: params.severity ?? ('silence' as const),
  rejectMedia: params.reject_media === true,
  rejectReports: params.reject_reports === true,
  privateComment: params.private_comment || null,
  publicComment: params.public_comment || null,
  obfuscate: params.obfuscate === true,
}));

/** PUT /api/v1/admin/domain_blocks/:id. What is absent stays. */
export const UpdateDomainBlockParams = z.object(ruleShape).transform((params) => ({
  severity: params.severity,
  rejectMedia: params.reject_media,
  rejectReports: params.reject_reports,
  privateComment: params.private_comment === undefined ? undefined : params.private_comment || null,
  publicComment: params.public_comment === undefined ? undefined : params.public_comment || null,
  obfuscate: params.obfuscate,
}));

/** POST /api/v1/admin/domain_allows */
export const CreateDomainAllowParams = z.object({ domain });

/** GET /api/v1/admin/reports. Open ones unless asked otherwise. */
export const AdminReportsParams = z
  .object({ ...cursorShape, resolved: flag, account_id: optionalId, target_account_id: optionalId })
  .transform((params) => ({
    page: pageFrom(params, ADMIN_PER_PAGE, ADMIN_PER_PAGE_MAX),
    resolved: params.resolved === true,
    accountId: params.account_id,
    targetAccountId: params.target_account_id,
  }));

/** GET /api/v1/admin/domain_blocks and domain_allows */
export const AdminPageParams = z.object(cursorShape).transform((params) => pageFrom(params, ADMIN_PER_PAGE, ADMIN_PER_PAGE_MAX));
