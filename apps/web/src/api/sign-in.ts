import { NoAnswerError, toApiError } from './errors.ts';

/** The sign-in library's own routes. They answer in its words, so they are read here and nowhere else. */
async function post(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(`/api/auth/${path}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw new NoAnswerError(cause);
  }
}

export type SignInResult = 'signed-in' | 'wrong' | 'too-many';

/** Signs in; the session arrives as an httpOnly cookie. Throws when the server cannot answer. */
export async function signIn(email: string, password: string): Promise<SignInResult> {
  const response = await post('sign-in/email', { email, password, rememberMe: true });
  if (response.ok) return 'signed-in';
  if (response.status === 429) return 'too-many';
  if (response.status >= 400 && response.status < 500) return 'wrong';
  throw toApiError(response.status, await response.json().catch(() => null));
}

export async function signOut(): Promise<void> {
  const response = await post('sign-out', {});
  if (!response.ok && response.status !== 401) throw toApiError(response.status, null);
}
