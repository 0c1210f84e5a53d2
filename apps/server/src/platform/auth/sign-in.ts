/**
 * Sign-in by e-mail and password, on better-auth. People are made by us (there is no sign-up by HTTP), sessions live in
 * PostgreSQL for 30 days from their last use, and each session belongs to one tenant.
 */
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { twoFactor } from 'better-auth/plugins/two-factor';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { ApiError } from '../http/api-error.ts';
import { ssoSession } from './sso-session.ts';

const DAY_SECONDS = 86_400;
const SESSION_SECONDS = 30 * DAY_SECONDS;

/** NIST SP 800-63B: at least 8 characters, long ones accepted; 128 bounds the work of hashing. */
export const PASSWORD_LENGTH = { min: 8, max: 128 } as const;

/** How better-auth is told that a person was made by us and not by signing up. */
const PROVISIONED = { method: 'email-password' } as const;

/** What better-auth answers when a person may sign in by single sign-on only. */
export const SSO_REQUIRED = 'SSO_REQUIRED';

/** In which header the caller of `handle` names the client's address; set by us, never taken from outside. */
export const CLIENT_IP_HEADER = 'x-patchline-client-ip';

export interface SessionInfo {
  sessionId: string;
  /** Null when the person belonged to no tenant at sign-in. */
  tenantId: string | null;
  user: { id: string; email: string; name: string };
}

export interface SignIn {
  /** Answers a request under /api/auth. */
  handle(request: Request): Promise<Response>;
  /** The session of a request's cookies, and cookies to set because its life was extended. Throws `unavailable`. */
  getSession(headers: Headers): Promise<{ session: SessionInfo; setCookies: string[] } | null>;
  /** Who has this e-mail, or null. */
  findUser(email: string): Promise<{ id: string } | null>;
  /** Makes a person. Throws `invalid_input` when the e-mail is taken. */
  createUser(person: { email: string; name: string; password: string }): Promise<{ id: string }>;
  /** As a password is stored, for who becomes a person later. */
  hashPassword(password: string): Promise<string>;
  /** Makes a person whose password was hashed before. Throws `invalid_input` when the e-mail is taken. */
  createHashedUser(person: { email: string; name: string; passwordHash: string }): Promise<{ id: string }>;
  /** Sets name and password of whoever has this e-mail, making the person when there is none. */
  ensureUser(person: { email: string; name: string; password: string }): Promise<{ id: string }>;
  /** Whether this is the password of a person. */
  checkPassword(userId: string, password: string): Promise<boolean>;
  /** Gives a person another password. Their sessions stay: ending them is the caller's. */
  setPassword(userId: string, password: string): Promise<void>;
  /** Name and e-mail of people by id. */
  people(ids: readonly string[]): Promise<Map<string, { name: string; email: string }>>;
  /** Lets a session work in another tenant. The caller knows that the person belongs to it. */
  moveSession(sessionId: string, tenantId: string): Promise<void>;
  /** Begins a session that is good in one tenant only, whose provider vouches for the person. Returns its cookies. */
  beginSsoSession(who: {
    userId: string;
    tenantId: string;
    ssoProviderId: string;
    headers: Headers;
  }): Promise<string[]>;
  /** Who signed in before as this subject of a provider, or null. */
  ssoUser(ssoProviderId: string, subject: string): Promise<string | null>;
  linkSsoUser(ssoProviderId: string, subject: string, userId: string): Promise<void>;
  /** Makes a person without a password. */
  createSsoUser(person: { email: string; name: string }): Promise<{ id: string }>;
  /** Whether a session came by single sign-on, and is therefore good in its own tenant only. */
  isBound(sessionId: string): Promise<boolean>;
  /** Ends every session of a person in a tenant. */
  endSessions(userId: string, tenantId: string): Promise<void>;
}

export interface SignInOptions {
  /** Connections as patchline_auth, whose search path is the schema auth. */
  pool: Pool;
  /** Signs cookies. */
  secret: string;
  publicUrl: string;
  log: Logger;
  /**
   * The tenant a person works in who signs in with a password. Null when they have none; `sso_required` when none of
   * theirs takes a password from them.
   */
  tenantOf(userId: string, email: string): Promise<string | 'sso_required' | null>;
  /** How passwords are hashed: scrypt, unless a test has no time for it. */
  hashing?: {
    hash(password: string): Promise<string>;
    verify(given: { hash: string; password: string }): Promise<boolean>;
  };
}

export function createSignIn({ pool, secret, publicUrl, log, tenantOf, hashing }: SignInOptions): SignIn {
  const auth = betterAuth({
    appName: 'Patchline',
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret,
    database: pool,
    trustedOrigins: [new URL(publicUrl).origin],
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
      revokeSessionsOnPasswordReset: true,
      ...(hashing && { password: hashing }),
    },
    // Ours stands before it, counts by address and e-mail, and words its refusal.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    user: {
      modelName: 'users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    plugins: [
      ssoSession(),
      twoFactor({
        issuer: 'Patchline',
        schema: {
          user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
          twoFactor: {
            modelName: 'two_factors',
            fields: {
              backupCodes: 'backup_codes',
              userId: 'user_id',
              failedVerificationCount: 'failed_verification_count',
              lockedUntil: 'locked_until',
            },
          },
        },
      }),
    ],
    session: {
      modelName: 'sessions',
      expiresIn: SESSION_SECONDS,
      updateAge: DAY_SECONDS,
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      additionalFields: {
        tenantId: { type: 'string', required: false, input: false, fieldName: 'tenant_id' },
        ssoProviderId: { type: 'string', required: false, input: false, fieldName: 'sso_provider_id' },
      },
    },
    account: {
      modelName: 'accounts',
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    advanced: {
      cookiePrefix: 'patchline',
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      database: { generateId: () => uuidv7() },
      ipAddress: { ipAddressHeaders: [CLIENT_IP_HEADER] },
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session) => {
            // One that takes another's place stays in its tenant.
            const before = (session as { tenantId?: unknown }).tenantId;
            const tenantId =
              typeof before === 'string' ? before : await tenantOf(session.userId, await emailOf(session.userId));
            if (tenantId === 'sso_required') {
              throw new APIError('FORBIDDEN', { code: SSO_REQUIRED, message: 'Sign in by single sign-on.' });
            }
            if (tenantId === null) {
              throw new APIError('FORBIDDEN', {
                code: 'NO_MEMBERSHIP',
                message: 'Your account belongs to no team here. Ask an owner or an admin to add you.',
              });
            }
            return { data: { ...session, tenantId } };
          },
        },
      },
    },
    // Its messages name people and addresses: only their level and our own words go to the log.
    logger: {
      level: 'warn',
      log: (level, message, ...rest) =>
        log[level === 'error' ? 'error' : 'debug'](
          { signIn: { message }, err: rest.find((value) => value instanceof Error) },
          'sign-in reported something',
        ),
    },
  });

  const emailOf = async (userId: string): Promise<string> => {
    const { rows } = await pool.query<{ email: string }>('select email from users where id = $1', [userId]);
    return rows[0]?.email ?? '';
  };

  const findUserId = async (email: string): Promise<string | null> => {
    const { internalAdapter } = await auth.$context;
    return (await internalAdapter.findUserByEmail(email.toLowerCase()))?.user.id ?? null;
  };

  const hashPassword: SignIn['hashPassword'] = async (password) => (await auth.$context).password.hash(password);

  const createUser: SignIn['createUser'] = async ({ password, ...person }) => {
    if ((await findUserId(person.email)) !== null) throw emailTaken();
    return createHashedUser({ ...person, passwordHash: await hashPassword(password) });
  };

  const createHashedUser: SignIn['createHashedUser'] = async ({ email, name, passwordHash }) => {
    const { internalAdapter } = await auth.$context;
    if ((await findUserId(email)) !== null) throw emailTaken();
    const user = await internalAdapter.createUser(
      { email: email.toLowerCase(), name, emailVerified: true },
      PROVISIONED,
    );
    await internalAdapter.linkAccount({
      userId: user.id,
      providerId: 'credential',
      accountId: user.id,
      password: passwordHash,
    });
    return { id: user.id };
  };

  const setPassword: SignIn['setPassword'] = async (id, password) => {
    const { internalAdapter, password: passwords } = await auth.$context;
    const hash = await passwords.hash(password);
    // A crash between making the person and the credential leaves a person who cannot sign in: both are mended here.
    const accounts = await internalAdapter.findAccounts(id);
    if (accounts.some((account) => account.providerId === 'credential')) {
      await internalAdapter.updatePassword(id, hash);
    } else {
      await internalAdapter.linkAccount({ userId: id, providerId: 'credential', accountId: id, password: hash });
    }
  };

  return {
    handle: (request) => auth.handler(request),
    createUser,
    hashPassword,
    createHashedUser,
    async findUser(email) {
      const id = await findUserId(email);
      return id === null ? null : { id };
    },

    async getSession(headers) {
      const found = await auth.api.getSession({ headers, returnHeaders: true }).catch((cause: unknown) => {
        // A malformed or forged cookie answers null; whatever throws here is the database.
        throw new ApiError('unavailable', { cause });
      });
      if (found.response === null) return null;
      const { session, user } = found.response;
      return {
        session: {
          sessionId: session.id,
          tenantId: session.tenantId ?? null,
          user: { id: user.id, email: user.email, name: user.name },
        },
        setCookies: found.headers.getSetCookie(),
      };
    },

    async ensureUser(person) {
      const id = await findUserId(person.email);
      if (id === null) return createUser(person);
      const { internalAdapter } = await auth.$context;
      await internalAdapter.updateUser(id, { name: person.name });
      await setPassword(id, person.password);
      return { id };
    },

    setPassword,
    async checkPassword(userId, password) {
      const { internalAdapter, password: passwords } = await auth.$context;
      const accounts = await internalAdapter.findAccounts(userId);
      const hash = accounts.find((account) => account.providerId === 'credential')?.password;
      return hash ? passwords.verify({ hash, password }) : false;
    },

    async people(ids) {
      const { rows } = await pool.query<{ id: string; name: string; email: string }>(
        'select id, name, email from users where id = any($1)',
        [ids],
      );
      return new Map(rows.map(({ id, name, email }) => [id, { name, email }]));
    },

    async beginSsoSession({ headers, ...who }) {
      const begun = await auth.api.beginSsoSession({ body: who, headers, returnHeaders: true });
      return begun.headers.getSetCookie();
    },

    async ssoUser(ssoProviderId, subject) {
      const { rows } = await pool.query<{ user_id: string }>(
        'select user_id from accounts where provider_id = $1 and account_id = $2',
        [`sso:${ssoProviderId}`, subject],
      );
      return rows[0]?.user_id ?? null;
    },

    async linkSsoUser(ssoProviderId, subject, userId) {
      await pool.query(
        `insert into accounts (id, user_id, provider_id, account_id) values ($1, $2, $3, $4)
         on conflict (provider_id, account_id) do update set user_id = excluded.user_id, updated_at = now()`,
        [uuidv7(), userId, `sso:${ssoProviderId}`, subject],
      );
    },

    async createSsoUser({ email, name }) {
      const { internalAdapter } = await auth.$context;
      const user = await internalAdapter.createUser(
        { email: email.toLowerCase(), name, emailVerified: true },
        PROVISIONED,
      );
      return { id: user.id };
    },

    async isBound(sessionId) {
      const { rows } = await pool.query('select 1 from sessions where id = $1 and sso_provider_id is not null', [
        sessionId,
      ]);
      return rows.length > 0;
    },

    async moveSession(sessionId, tenantId) {
      await pool.query('update sessions set tenant_id = $2 where id = $1', [sessionId, tenantId]);
    },

    async endSessions(userId, tenantId) {
      await pool.query('delete from sessions where user_id = $1 and tenant_id = $2', [userId, tenantId]);
    },
  };
}

function emailTaken(): ApiError {
  return new ApiError('invalid_input', {
    message: 'Somebody already has that e-mail address.',
    details: [{ path: 'email', message: 'is taken' }],
  });
}
