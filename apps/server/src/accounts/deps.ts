import type { Logger } from 'pino';
import type { SecondFactors } from '../platform/auth/second-factors.ts';
import type { Sessions } from '../platform/auth/sessions.ts';
import type { SignIn } from '../platform/auth/sign-in.ts';
import type { Database } from '../platform/database/doors.ts';
import type { Mailer } from '../platform/mail/queue-mail.ts';
import type { Sealer } from '../platform/secrets/seal.ts';

/** What the doors to accounts need: invitations, forgotten passwords, sessions, second factors. */
export interface AccountDeps {
  database: Database;
  signIn: Pick<
    SignIn,
    | 'findUser'
    | 'createUser'
    | 'checkPassword'
    | 'setPassword'
    | 'getSession'
    | 'people'
    | 'endSessions'
    | 'beginSsoSession'
    | 'ssoUser'
    | 'linkSsoUser'
    | 'createSsoUser'
  >;
  sessions: Sessions;
  secondFactors: SecondFactors;
  mailer: Mailer;
  sealer: Sealer;
  /** Whether a provider of single sign-on on this machine may do without TLS: for trying things out. */
  allowLoopbackIssuer: boolean;
  linker: { signal(tenantId: string): void };
  /** Where links in letters lead. */
  publicUrl: string;
  log: Logger;
  /** Of the limits. */
  now?: () => number;
}
