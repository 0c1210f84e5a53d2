import type { Logger } from 'pino';
import type { SecondFactors } from '../platform/auth/second-factors.ts';
import type { Sessions } from '../platform/auth/sessions.ts';
import type { SignIn } from '../platform/auth/sign-in.ts';
import type { Database } from '../platform/database/doors.ts';
import type { Mailer } from '../platform/mail/queue-mail.ts';

/** What the doors to accounts need: invitations, forgotten passwords, sessions, second factors. */
export interface AccountDeps {
  database: Database;
  signIn: Pick<
    SignIn,
    'findUser' | 'createUser' | 'checkPassword' | 'setPassword' | 'getSession' | 'people' | 'endSessions'
  >;
  sessions: Sessions;
  secondFactors: SecondFactors;
  mailer: Mailer;
  linker: { signal(tenantId: string): void };
  /** Where links in letters lead. */
  publicUrl: string;
  log: Logger;
  /** Of the limits. */
  now?: () => number;
}
