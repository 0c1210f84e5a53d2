import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../database/doors.ts';
import { ApiError } from '../http/api-error.ts';
import { enqueueJob } from '../jobs/enqueue.ts';
import type { Sealer } from '../secrets/seal.ts';

export interface Letter {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Refuses with `mail_not_set_up` while no mail server is set. */
  requireReady(): void;
  /**
   * Writes a letter in the caller's transaction: it is sent if, and only if, that commits. Without a mail server it is
   * dropped, for nobody could ever send it.
   */
  queueMail(tx: Transaction, letter: Letter): Promise<void>;
}

/** With graphile-worker's growing pauses: two and a half days, in which a mail server is back. */
const MAX_ATTEMPTS = 18;

export const mailContext = (id: string) => `mail:${id}`;

export function createMailer(sealer: Sealer, ready: boolean): Mailer {
  return {
    requireReady() {
      if (!ready) throw new ApiError('mail_not_set_up');
    },
    async queueMail(tx, letter) {
      if (!ready) return;
      const id = uuidv7();
      await tx.query('insert into mails (id, sealed) values ($1, $2)', [
        id,
        sealer.seal(JSON.stringify(letter), mailContext(id)),
      ]);
      // The job names the letter and nothing of it: jobs stand in the database in the clear.
      await enqueueJob(tx, 'send_mail', { mailId: id }, { maxAttempts: MAX_ATTEMPTS });
    },
  };
}
