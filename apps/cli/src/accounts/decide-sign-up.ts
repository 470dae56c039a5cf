import { createLogger, createMailer } from '@trunkline/platform';
import { approvalMail } from '@trunkline/social';
import type { Operator } from '../operator.js';
import { Refusal } from '../terminal.js';
import { findPerson } from './find-person.js';

/** Lets somebody in who waits. @returns whether a mail told them */
export async function approvePerson(operator: Operator, name: string): Promise<boolean> {
  const { account, user } = await findPerson(operator, name);
  if (!(await operator.users.approve(user.id))) throw new Refusal(`${account.username} does not wait for approval.`);
  await operator.moderation.audit(null, 'account.approve', account.id);
  return mailApproval(operator, user.email);
}

/** Removes a sign-up that waits; the name stays taken. */
export async function rejectPerson(operator: Operator, name: string): Promise<void> {
  const { account, user } = await findPerson(operator, name);
  if (!(await operator.users.reject(user.id))) throw new Refusal(`${account.username} does not wait for approval: suspend or disable the account instead.`);
  await operator.moderation.audit(null, 'account.reject', account.id);
}

/** The approval stands whether or not the mail can be sent. */
async function mailApproval({ settings }: Operator, to: string): Promise<boolean> {
  if (settings.smtp === null) return false;
  const mailer = createMailer(settings, createLogger({ service: 'cli', level: 'silent' }));
  try {
    await mailer.send(approvalMail(to, settings));
    return true;
  } catch {
    return false;
  } finally {
    mailer.close();
  }
}
