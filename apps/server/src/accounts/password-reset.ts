import type { TaskList } from 'graphile-worker';
import { appendAudit, type Where } from '../platform/audit/append.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { enqueueJob } from '../platform/jobs/enqueue.ts';
import type { AccountDeps } from './deps.ts';
import { passwordChangedLetter, passwordResetLetter } from './letters.ts';
import { hashLinkToken, newLinkToken } from './link-token.ts';

const GOOD_FOR = '1 hour';

interface AskedJob {
  email: string;
}

/**
 * Takes note that somebody forgot the password of an address. Whether anybody has that address is looked up later, by a
 * job: the answer is given before we know, so that neither its words nor its time can tell.
 */
export async function askForPasswordReset(deps: AccountDeps, email: string): Promise<void> {
  const job: AskedJob = { email: email.toLowerCase() };
  await deps.database.withPlatform((tx) => enqueueJob(tx, 'send_password_reset', { ...job }, { maxAttempts: 5 }));
}

export function passwordResetJobs(deps: AccountDeps): TaskList {
  return {
    send_password_reset: async (payload) => {
      const { email } = payload as AskedJob;
      const user = await deps.signIn.findUser(email);
      if (user === null) return;
      const { token, hash } = newLinkToken();
      await deps.database.withPlatform(async (tx) => {
        await tx.query('delete from password_resets where user_id = $1 or expires_at < now()', [user.id]);
        await tx.query(
          `insert into password_resets (token_hash, user_id, expires_at) values ($1, $2, now() + interval '${GOOD_FOR}')`,
          [hash, user.id],
        );
        const link = `${deps.publicUrl}/reset?token=${token}`;
        await deps.mailer.queueMail(tx, { to: email, ...passwordResetLetter({ link }) });
      });
    },
  };
}

/**
 * Gives the holder of the link a new password and ends every session. The second factor stays: a stolen mailbox is not
 * enough to get in.
 */
export async function resetPassword(
  deps: AccountDeps,
  { token, password, where }: { token: string; password: string; where: Where },
): Promise<void> {
  const claimed = await deps.database.withPlatform((tx) =>
    tx.first<{ user_id: string }>(
      'delete from password_resets where token_hash = $1 and expires_at > now() returning user_id',
      [hashLinkToken(token)],
    ),
  );
  if (claimed === null) {
    throw new ApiError('not_found', {
      message: 'This link does not work any more: it is good for one hour and for one use. Ask for another one.',
    });
  }
  const userId = claimed.user_id;
  await deps.signIn.setPassword(userId, password);
  await deps.sessions.endAll(userId);
  const person = (await deps.signIn.people([userId])).get(userId);
  const tenants = await deps.database.withPlatform(async (tx) => {
    if (person) await deps.mailer.queueMail(tx, { to: person.email, ...passwordChangedLetter() });
    return tx.query<{ tenant_id: string }>(
      'select tenant_id from memberships where user_id = $1 and removed_at is null',
      [userId],
    );
  });
  for (const { tenant_id: tenantId } of tenants) {
    await deps.database.withTenant(tenantId, async (tx) => {
      await appendAudit(tx, [
        { kind: 'person.password_reset', subject: userId, actor: { name: `user:${userId}`, where }, payload: {} },
      ]);
      tx.afterCommit(() => deps.linker.signal(tenantId));
    });
  }
}
