import type { TaskList } from 'graphile-worker';
import { createTransport } from 'nodemailer';
import type { Logger } from 'pino';
import type { Database } from '../database/doors.ts';
import type { Sealer } from '../secrets/seal.ts';
import { type Letter, mailContext } from './queue-mail.ts';

export interface SendMailDeps {
  database: Database;
  sealer: Sealer;
  /** smtp:// or smtps://, with user and password where the server wants them. Null: nothing is sent. */
  smtpUrl: string | null;
  /** `Name <address>` or an address. */
  mailFrom: string;
  log: Logger;
}

const CONNECT_MS = 15_000;
const SILENCE_MS = 30_000;

/** Sends waiting letters. Whatever the mail server says, neither letter nor password reaches the log. */
export function mailJobs(deps: SendMailDeps): TaskList {
  const transport =
    deps.smtpUrl === null
      ? null
      : createTransport({
          url: deps.smtpUrl,
          connectionTimeout: CONNECT_MS,
          greetingTimeout: CONNECT_MS,
          socketTimeout: SILENCE_MS,
          // A letter is text of ours: nothing in it may make the server read a file or fetch an address.
          disableFileAccess: true,
          disableUrlAccess: true,
        });
  return {
    send_mail: async (payload, { job }) => {
      const { mailId } = payload as { mailId: string };
      const row = await deps.database.withPlatform((tx) =>
        tx.first<{ sealed: Buffer }>('select sealed from mails where id = $1 and sealed is not null', [mailId]),
      );
      if (row === null) return;
      try {
        if (transport === null) throw new MailError('ENOSERVER');
        const letter = JSON.parse(deps.sealer.open(row.sealed, mailContext(mailId))) as Letter;
        await transport.sendMail({
          from: deps.mailFrom,
          ...letter,
          // The same at each try, so that a mail server or a reader can tell a repeated letter.
          messageId: `<${mailId}@patchline>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        await settle(deps.database, mailId, 'sent_at');
      } catch (error) {
        const definite = isDefinite(error) || job.attempts >= job.max_attempts;
        if (definite) await settle(deps.database, mailId, 'given_up_at');
        // nodemailer's errors repeat the address and may repeat what was said on the wire.
        const reason = new MailError(codeOf(error));
        deps.log.warn({ mailId, reason: reason.message, givenUp: definite }, 'a letter could not be sent');
        if (!definite) throw reason;
      }
    },
    forget_mails: async () => {
      await deps.database.withPlatform((tx) =>
        tx.query(`delete from mails where created_at < now() - interval '30 days' and sealed is null`),
      );
    },
  };
}

export const MAIL_CRONTAB = '23 3 * * * forget_mails ?max=3';

class MailError extends Error {
  constructor(code: string) {
    super(`The mail server did not take the letter (${code})`);
    this.name = 'MailError';
  }
}

/** A permanent refusal of this letter (RFC 5321, 4.2.1). A refused password is not: it can be put right. */
function isDefinite(error: unknown): boolean {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  return responseCode !== undefined && responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
}

function codeOf(error: unknown): string {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  return [code ?? 'unknown', responseCode].filter(Boolean).join(' ');
}

/** The letter is erased with the mark: what it carried is nobody's to read any more. */
function settle(database: Database, id: string, mark: 'sent_at' | 'given_up_at'): Promise<unknown> {
  return database.withPlatform((tx) => tx.query(`update mails set ${mark} = now(), sealed = null where id = $1`, [id]));
}
