import { Inject, Injectable } from '@nestjs/common';
import { AccountUpdatedV1 } from '@trunkline/contracts';
import type { Account, User } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { recordNotFound, renderAdminAccount, type AdminAccountJson } from '@trunkline/mastodon-api';
import { BACKBONE, MAILER, type Backbone, type Mail, type Mailer } from '@trunkline/platform';
import { approvalMail, renderContextOf } from '@trunkline/social';
import { actionMail } from './action-mail.js';
import type { Decision, DecisionPorts, Target } from './decide-account.js';

/** Accounts with the people behind them, and what decisions about them touch. */
@Injectable()
export class AccountsAdapter {
  readonly ports: DecisionPorts;

  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    @Inject(MAILER) private readonly mailer: Mailer,
  ) {
    const { clock, users, store, tokens, live, moderation, parts } = backbone;
    this.ports = {
      clock,
      users,
      updateAccount: (account, change) =>
        store.transaction(async (tx) => {
          await tx.updateAccount(account.id, change);
          const isTold = account.domain === null && change.suspendedAt !== undefined && (change.suspendedAt === null) !== (account.suspendedAt === null);
          if (isTold) await tx.appendEvent(AccountUpdatedV1, { accountId: account.id, local: true, decided: true });
        }),
      signOut: (userId) => tokens.revokeAllOf(userId),
      closeStreams: (accountId) => live.killed(accountId),
      mailApproval: (user) => this.send(approvalMail(user.email, backbone.settings)),
      record: async (staff, decision, target, details) => {
        parts.metrics.moderationActions.inc({ action: decision });
        await moderation.audit(staff.account.id, `account.${decision}`, target.account.id, details);
      },
    };
  }

  /** In the order of the ids; unknown ones are left out. */
  async targets(ids: readonly AccountId[]): Promise<Target[]> {
    const [accounts, users] = await Promise.all([this.backbone.store.accountsByIds(ids), this.backbone.users.byAccountIds(ids)]);
    const accountById = new Map<string, Account>(accounts.map((account) => [account.id, account]));
    const userOf = new Map<string, User>(users.map((user) => [user.accountId, user]));
    return ids.flatMap((id) => {
      const account = accountById.get(id);
      return account === undefined ? [] : [{ account, user: userOf.get(id) ?? null }];
    });
  }

  /** @throws AppError 404 for an unknown account, or one that is gone for good */
  async target(id: AccountId): Promise<Target> {
    const [target] = await this.targets([id]);
    if (target === undefined || target.account.deletedAt !== null) throw recordNotFound();
    return target;
  }

  render(target: Target): AdminAccountJson {
    return renderAdminAccount(target, renderContextOf(this.backbone.settings));
  }

  /** Lets a person of ours know what was decided about them. */
  mailAction(user: User, order: { readonly decision: Decision; readonly words: string }): void {
    this.send(actionMail(user.email, order, this.backbone.settings));
  }

  /** A decision stands whether or not a mail can be sent. */
  private send(mail: Mail): void {
    void this.mailer.send(mail).catch((err: unknown) => {
      this.backbone.parts.logger.error({ event: 'moderation_mail_failed', err }, 'a mail about a decision could not be sent');
    });
  }
}
