import type { User } from '@trunkline/domain';
import type { Logger, Mail, Mailer } from '@trunkline/platform';

export interface ConfirmationMailing {
  readonly mailer: Pick<Mailer, 'send'>;
  readonly logger: Pick<Logger, 'error'>;
  readonly settings: { readonly baseUrl: string; readonly site: { readonly title: string } };
}

/** The link that proves that the address is theirs. Plain text: it is read everywhere and loads nothing. */
export function confirmationMail(to: string, token: string, settings: ConfirmationMailing['settings']): Mail {
  const { title } = settings.site;
  return {
    to,
    subject: `${title}: confirm your e-mail address`,
    text: [
      'Hello,',
      `somebody signed up at ${title} (${settings.baseUrl}) with this e-mail address. If that was you, open this link within seven days:`,
      `${settings.baseUrl}/auth/confirmation?confirmation_token=${encodeURIComponent(token)}`,
      'If it was not you, do nothing: without the link the account stays closed.',
      '',
    ].join('\n\n'),
  };
}

/** Sends it; false, and a line in the log, when it could not be sent. */
export async function sendConfirmation(ports: ConfirmationMailing, user: Pick<User, 'email'>, token: string): Promise<boolean> {
  try {
    await ports.mailer.send(confirmationMail(user.email, token, ports.settings));
    return true;
  } catch (err) {
    ports.logger.error({ event: 'confirmation_mail_failed', err }, 'a confirmation mail could not be sent');
    return false;
  }
}
