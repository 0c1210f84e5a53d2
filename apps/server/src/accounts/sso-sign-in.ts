import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client';
import { appendAudit, type Where } from '../platform/audit/append.ts';
import { CLIENT_IP_HEADER } from '../platform/auth/sign-in.ts';
import { clientSecretContext } from '../platform/auth/sso-secret.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { joinByInvitation } from './accept-invitation.ts';
import type { AccountDeps } from './deps.ts';
import { hashLinkToken, newLinkToken } from './link-token.ts';
import { CALLBACK_PATH, discoverProvider } from './oidc.ts';

/** Time to sign in at the provider. */
export const ATTEMPT_SECONDS = 600;

interface Provider {
  tenantId: string;
  id: string;
  domain: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** Why somebody did not get in, as the address of the sign-in page says it. */
export type SsoProblem = 'sso_expired' | 'sso_failed' | 'sso_not_member';

export class SsoRefusal extends Error {
  readonly problem: SsoProblem;
  constructor(problem: SsoProblem, cause?: unknown) {
    super(problem, { cause });
    this.name = 'SsoRefusal';
    this.problem = problem;
  }
}

/**
 * Where the browser goes to sign in, and the state that it must bring back. Throws `not_found` when the domain of the
 * address has no provider; whether the address itself is known makes no difference.
 */
export async function startSso(deps: AccountDeps, email: string): Promise<{ url: string; state: string }> {
  const address = email.toLowerCase();
  const userId = (await deps.signIn.findUser(address))?.id ?? null;
  // Where several companies have a provider for one domain: the one that knows the address, else the oldest.
  const known = await deps.database.withPlatform((tx) =>
    tx.first<{ tenant_id: string; id: string }>(
      `select p.tenant_id, p.id from sso_providers p where p.domain = $1
       order by exists (select 1 from memberships m
           where m.tenant_id = p.tenant_id and m.user_id = $3 and m.removed_at is null) desc,
         exists (select 1 from invitations i
           where i.tenant_id = p.tenant_id and i.email = $2 and i.accepted_at is null and i.withdrawn_at is null) desc,
         p.created_at, p.id
       limit 1`,
      [domainOf(address), address, userId],
    ),
  );
  if (known === null) throw new ApiError('not_found', { message: 'There is no single sign-on for this address.' });
  const provider = await readProvider(deps, known.tenant_id, known.id);
  if (provider === null) throw new ApiError('not_found');
  const config = await discoverProvider(deps, provider);
  const { token: state, hash } = newLinkToken();
  const nonce = randomNonce();
  const verifier = randomPKCECodeVerifier();
  await deps.database.withPlatform(async (tx) => {
    await tx.query('delete from sso_attempts where expires_at < now()');
    await tx.query(
      `insert into sso_attempts (state_hash, tenant_id, provider_id, sealed, expires_at)
       values ($1, $2, $3, $4, now() + make_interval(secs => ${ATTEMPT_SECONDS}))`,
      [
        ...[hash, provider.tenantId, provider.id],
        deps.sealer.seal(JSON.stringify({ nonce, verifier }), attemptContext(hash)),
      ],
    );
  });
  const url = buildAuthorizationUrl(config, {
    redirect_uri: deps.publicUrl + CALLBACK_PATH,
    response_type: 'code',
    scope: 'openid email profile',
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    login_hint: address,
  });
  return { url: url.href, state };
}

/**
 * Finishes what `startSso` began: the provider's answer is checked (state, nonce, PKCE, signature, issuer, audience), and
 * who it names gets a session if they belong to the provider's tenant or are invited to it. Throws SsoRefusal.
 */
export async function finishSso(
  deps: AccountDeps,
  answer: { path: string; state: string; where: Where },
): Promise<string[]> {
  const hash = hashLinkToken(answer.state);
  const attempt = await deps.database.withPlatform((tx) =>
    tx.first<{ tenant_id: string; provider_id: string; sealed: Buffer }>(
      'delete from sso_attempts where state_hash = $1 and expires_at > now() returning tenant_id, provider_id, sealed',
      [hash],
    ),
  );
  if (attempt === null) throw new SsoRefusal('sso_expired');
  const provider = await readProvider(deps, attempt.tenant_id, attempt.provider_id);
  if (provider === null) throw new SsoRefusal('sso_expired');
  const { nonce, verifier } = JSON.parse(deps.sealer.open(attempt.sealed, attemptContext(hash))) as Record<
    'nonce' | 'verifier',
    string
  >;
  const claims = await askProvider(deps, provider, new URL(answer.path, deps.publicUrl), {
    expectedState: answer.state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
  });
  const userId = await admit(deps, provider, claims, answer.where);
  await deps.database.withTenant(provider.tenantId, async (tx) => {
    await appendAudit(tx, [
      {
        kind: 'person.signed_in_by_sso',
        subject: userId,
        actor: { name: `user:${userId}`, where: answer.where },
        payload: { provider: provider.id, issuer: provider.issuer },
      },
    ]);
    tx.afterCommit(() => deps.linker.signal(provider.tenantId));
  });
  const { ip, userAgent } = answer.where;
  return deps.signIn.beginSsoSession({
    ...{ userId, tenantId: provider.tenantId, ssoProviderId: provider.id },
    headers: new Headers({ [CLIENT_IP_HEADER]: ip, ...(userAgent !== null && { 'user-agent': userAgent }) }),
  });
}

interface Claims {
  subject: string;
  email: string | null;
  emailVerified: boolean;
  name: string;
}

async function askProvider(
  deps: AccountDeps,
  provider: Provider,
  url: URL,
  checks: { expectedState: string; expectedNonce: string; pkceCodeVerifier: string },
): Promise<Claims> {
  try {
    const config = await discoverProvider(deps, provider);
    const tokens = await authorizationCodeGrant(config, url, { ...checks, idTokenExpected: true });
    const idToken = tokens.claims();
    if (idToken === undefined) throw new Error('No ID token');
    // Some providers say the e-mail address in the ID token, others only when asked.
    const said =
      typeof idToken.email === 'string'
        ? idToken
        : { ...idToken, ...(await fetchUserInfo(config, tokens.access_token, idToken.sub)) };
    return {
      subject: idToken.sub,
      email: typeof said.email === 'string' ? said.email.toLowerCase() : null,
      emailVerified: said.email_verified === true || said.email_verified === undefined,
      name: typeof said.name === 'string' ? said.name.slice(0, 120) : '',
    };
  } catch (error) {
    // Its message may repeat what the provider sent: only the kind of the failure goes to the log.
    const { code, name } = error as { code?: string; name?: string };
    deps.log.warn({ provider: provider.id, code: code ?? name }, 'single sign-on failed');
    throw new SsoRefusal('sso_failed', error);
  }
}

/** The member whom the claims name. The first time by e-mail address, then by the provider's own name for them. */
async function admit(deps: AccountDeps, provider: Provider, claims: Claims, where: Where): Promise<string> {
  const linked = await deps.signIn.ssoUser(provider.id, claims.subject);
  if (linked !== null && (await isMember(deps, provider.tenantId, linked))) return linked;
  const { email } = claims;
  // A provider vouches for the addresses of its own domain and for no others.
  if (email === null || !claims.emailVerified || domainOf(email) !== provider.domain) {
    throw new SsoRefusal('sso_not_member');
  }
  const known = await deps.signIn.findUser(email);
  if (known !== null && (await isMember(deps, provider.tenantId, known.id))) {
    await deps.signIn.linkSsoUser(provider.id, claims.subject, known.id);
    return known.id;
  }
  const invitation = await deps.database.withTenant(provider.tenantId, (tx) =>
    tx.first<{ id: string }>(
      `select id from invitations
       where tenant_id = $1 and email = $2 and accepted_at is null and withdrawn_at is null and expires_at > now()`,
      [tx.tenantId, email],
    ),
  );
  if (invitation === null) throw new SsoRefusal('sso_not_member');
  const { id: userId } = known ?? (await deps.signIn.createSsoUser({ email, name: claims.name || email }));
  await joinByInvitation(deps, { tenantId: provider.tenantId, id: invitation.id, userId, where });
  await deps.signIn.linkSsoUser(provider.id, claims.subject, userId);
  return userId;
}

async function isMember(deps: AccountDeps, tenantId: string, userId: string): Promise<boolean> {
  const row = await deps.database.withTenant(tenantId, (tx) =>
    tx.first('select 1 from memberships where tenant_id = $1 and user_id = $2 and removed_at is null', [
      tenantId,
      userId,
    ]),
  );
  return row !== null;
}

async function readProvider(deps: AccountDeps, tenantId: string, id: string): Promise<Provider | null> {
  const row = await deps.database.withTenant(tenantId, (tx) =>
    tx.first<{ domain: string; issuer: string; client_id: string; client_secret_sealed: Buffer }>(
      'select domain, issuer, client_id, client_secret_sealed from sso_providers where tenant_id = $1 and id = $2',
      [tenantId, id],
    ),
  );
  if (row === null) return null;
  const { domain, issuer, client_id: clientId } = row;
  const clientSecret = deps.sealer.open(row.client_secret_sealed, clientSecretContext(tenantId, id));
  return { tenantId, id, domain, issuer, clientId, clientSecret };
}

const attemptContext = (hash: Buffer) => `sso-attempt:${hash.toString('hex')}`;

const domainOf = (email: string) => email.slice(email.lastIndexOf('@') + 1);
