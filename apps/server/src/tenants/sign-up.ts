import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { appendAudit, type Where } from '../platform/audit/append.ts';
import type { SignIn } from '../platform/auth/sign-in.ts';
import type { Database } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import type { Mailer } from '../platform/mail/queue-mail.ts';
import { createTenant } from './create-tenant.ts';

export interface SignUpDeps {
  database: Database;
  signIn: Pick<SignIn, 'findUser' | 'hashPassword' | 'createHashedUser'>;
  mailer: Mailer;
  linker: { signal(tenantId: string): void };
  publicUrl: string;
}

export interface SignUpWish {
  email: string;
  name: string;
  password: string;
  tenantName: string;
  timeZone: string;
}

const GOOD_FOR = '1 day';

/** Keeps the wish until the e-mail is confirmed. Whoever has an account is told so by letter: the answer tells nobody. */
export async function askToSignUp(deps: SignUpDeps, wish: SignUpWish): Promise<void> {
  deps.mailer.requireReady();
  const email = wish.email.toLowerCase();
  const passwordHash = await deps.signIn.hashPassword(wish.password);
  const known = await deps.signIn.findUser(email);
  const token = randomBytes(32).toString('base64url');
  await deps.database.withPlatform(async (tx) => {
    await tx.query('delete from sign_ups where expires_at < now()');
    await tx.query(
      `insert into sign_ups (token_hash, email, name, password_hash, tenant_name, time_zone, expires_at)
       values ($1, $2, $3, $4, $5, $6, now() + interval '${GOOD_FOR}')`,
      [hashOf(token), email, wish.name, passwordHash, wish.tenantName, wish.timeZone],
    );
    const link = known === null ? `${deps.publicUrl}/confirm?token=${token}` : `${deps.publicUrl}/sign-in`;
    await deps.mailer.queueMail(tx, { to: email, ...letter(known === null, link) });
  });
}

/** Makes the person and their company, once. @throws ApiError not_found for a link that was used, ran out, or never was */
export async function confirmSignUp(deps: SignUpDeps, token: string, where: Where): Promise<void> {
  const wish = await deps.database.withPlatform((tx) =>
    tx.first<{ email: string; name: string; password_hash: string; tenant_name: string; time_zone: string }>(
      `delete from sign_ups where token_hash = $1 and expires_at > now()
       returning email, name, password_hash, tenant_name, time_zone`,
      [hashOf(token)],
    ),
  );
  if (wish === null || (await deps.signIn.findUser(wish.email)) !== null) {
    throw new ApiError('not_found', { message: 'This link does not work: it was used, or is older than a day.' });
  }
  const { id: ownerId } = await deps.signIn.createHashedUser({ ...wish, passwordHash: wish.password_hash });
  const id = uuidv7();
  await deps.database.withTenant(id, async (tx) => {
    await createTenant(tx, { id, name: wish.tenant_name, timeZone: wish.time_zone, ownerId });
    const actor = { name: `user:${ownerId}`, where };
    await appendAudit(tx, [{ kind: 'tenant.created', subject: id, actor, payload: { name: wish.tenant_name } }]);
    tx.afterCommit(() => deps.linker.signal(id));
  });
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** No name that a stranger gave: the letter goes to an address that may not be theirs. */
function letter(isNew: boolean, link: string): { subject: string; text: string } {
  const why = isNew
    ? `Somebody, we hope you, wants to use Patchline with this address. Confirm that it is yours:\n\n${link}\n\nThe link is good for a day and works once.`
    : `Somebody, we hope you, wants to sign up at Patchline with this address, which has an account already. Sign in here:\n\n${link}`;
  return { subject: 'Your sign-up at Patchline', text: `${why}\nIf that was not you, do nothing.\n` };
}
