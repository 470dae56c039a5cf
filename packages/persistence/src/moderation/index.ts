export { SqlModerationStore, type Actor, type DomainAllow, type NewDomainRule } from './moderation-store.js';
export { insertReport, SqlReportStore, type ReportFilter } from './report-store.js';
export { domainsToSever, severDomain, SEVERED, type Severed } from './sever-domain.js';
