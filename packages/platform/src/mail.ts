import { createTransport, type Transporter } from 'nodemailer';
import type { Logger } from './logging/logger.js';
import { ShownLink } from './logging/redact.js';
import type { Settings, SmtpSettings } from './settings/settings.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

/** Sends mail. Resolves when the next server has taken it; rejects when not, so that a queue can try again. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
  close(): void;
}

const TIMEOUT_MS = 15_000;

/**
 * SMTP when SMTP_SERVER is set. Without it, development logs the mail's links so that a sign-up can be confirmed by
 * hand, and production refuses each mail.
 */
export function createMailer(settings: Settings, logger: Logger): Mailer {
  if (settings.smtp !== null) return new SmtpMailer(settings.smtp);
  return settings.nodeEnv === 'production' ? new MissingMailer() : new LoggingMailer(logger);
}

class SmtpMailer implements Mailer {
  private readonly transport: Transporter;

  constructor(private readonly smtp: SmtpSettings) {
    this.transport = createTransport({
      host: smtp.host,
      port: smtp.port,
      secure: smtp.tls === 'implicit',
      requireTLS: smtp.tls === 'required',
      ignoreTLS: smtp.tls === 'off',
      tls: { rejectUnauthorized: smtp.verifyCertificate },
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      // A mail is made of our own texts: it never reads a file or fetches a URL.
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(smtp.login === null ? {} : { auth: { user: smtp.login, pass: smtp.password ?? '' } }),
    });
  }

  async send(mail: Mail): Promise<void> {
    await this.transport.sendMail({
      from: this.smtp.fromAddress,
      // As an object an address is taken as it is: a list in it would reach more people than meant.
      to: { name: '', address: mail.to },
      subject: mail.subject,
      text: mail.text,
      headers: { 'Auto-Submitted': 'auto-generated' },
      ...(mail.html === undefined ? {} : { html: mail.html }),
      ...(this.smtp.replyTo === null ? {} : { replyTo: this.smtp.replyTo }),
    });
  }

  close(): void {
    this.transport.close();
  }
}

/** Development without SMTP: whoever reads the log follows the links. The address is not logged. */
class LoggingMailer implements Mailer {
  constructor(private readonly logger: Logger) {}

  async send(mail: Mail): Promise<void> {
    const links = mail.text.match(/https?:\/\/[^\s()<>]{1,2000}/g)?.slice(0, 10) ?? [];
    this.logger.info({ event: 'mail_logged', subject: mail.subject, links: links.map((href) => new ShownLink(href)) }, 'no SMTP_SERVER: the mail was not sent');
  }

  close(): void {}
}

class MissingMailer implements Mailer {
  async send(): Promise<void> {
    throw new Error('SMTP_SERVER is not set: this server cannot send mail');
  }

  close(): void {}
}
