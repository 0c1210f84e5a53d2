import { ApiError, NoAnswerError, toApiError } from './errors.ts';

/** The sign-in library's own routes. They answer in its words, so they are read here and nowhere else. */
async function post(path: string, body: unknown): Promise<{ response: Response; body: Record<string, unknown> }> {
  try {
    const response = await fetch(`/api/auth/${path}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json().catch(() => null);
    return { response, body: typeof answer === 'object' && answer !== null ? { ...answer } : {} };
  } catch (cause) {
    throw new NoAnswerError(cause);
  }
}

export type SignInResult = 'signed-in' | 'second-factor' | 'wrong' | 'too-many';

/** Signs in; the session arrives as an httpOnly cookie. Throws when the server cannot answer, or says why it refuses. */
export async function signIn(email: string, password: string): Promise<SignInResult> {
  const { response, body } = await post('sign-in/email', { email, password, rememberMe: true });
  if (response.ok) return body.twoFactorRedirect === true ? 'second-factor' : 'signed-in';
  return refusal(response, body);
}

/** The second step of signing in: a code of the authenticator, or one of the recovery codes. */
export async function giveSecondFactor(kind: 'code' | 'recovery', code: string): Promise<SignInResult> {
  const { response, body } = await post(kind === 'code' ? 'two-factor/verify-totp' : 'two-factor/verify-backup-code', {
    code,
  });
  return response.ok ? 'signed-in' : refusal(response, body);
}

export async function signOut(): Promise<void> {
  const { response } = await post('sign-out', {});
  if (!response.ok && response.status !== 401) throw toApiError(response.status, null);
}

/** Changes the password of who is signed in, and signs them out everywhere else. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await must(post('change-password', { currentPassword, newPassword, revokeOtherSessions: true }), 'currentPassword');
}

/** Begins to set a second factor up. It counts only once a code of it was given to `finishSecondFactor`. */
export async function beginSecondFactor(password: string): Promise<{ uri: string; recoveryCodes: string[] }> {
  const body = await must(post('two-factor/enable', { password }), 'password');
  return { uri: String(body.totpURI), recoveryCodes: codesOf(body) };
}

export async function finishSecondFactor(code: string): Promise<void> {
  await must(post('two-factor/verify-totp', { code }), 'code');
}

export async function dropSecondFactor(password: string): Promise<void> {
  await must(post('two-factor/disable', { password }), 'password');
}

/** New recovery codes; those before no longer work. */
export async function newRecoveryCodes(password: string): Promise<string[]> {
  return codesOf(await must(post('two-factor/generate-backup-codes', { password }), 'password'));
}

function codesOf(body: Record<string, unknown>): string[] {
  return Array.isArray(body.backupCodes) ? body.backupCodes.map(String) : [];
}

function refusal(response: Response, body: Record<string, unknown>): 'wrong' | 'too-many' {
  if (response.status === 429) return 'too-many';
  // What is refused in our own words is worth reading: single sign-on only, say.
  if (response.status >= 500 || 'error' in body) throw toApiError(response.status, body);
  return 'wrong';
}

/** The body of a good answer. A wrong password or code becomes a problem of its field, as our own routes say it. */
async function must(
  asked: ReturnType<typeof post>,
  field: 'currentPassword' | 'password' | 'code',
): Promise<Record<string, unknown>> {
  const { response, body } = await asked;
  if (response.ok) return body;
  if (response.status === 429 || response.status >= 500 || 'error' in body) throw toApiError(response.status, body);
  throw new ApiError(response.status, {
    code: 'invalid_input',
    message: 'That is not right.',
    details: [
      { path: field, message: field === 'code' ? 'is not the code that the app shows now' : 'is not your password' },
    ],
  });
}
