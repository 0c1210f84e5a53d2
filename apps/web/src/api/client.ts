import createClient from 'openapi-fetch';
import { NoAnswerError, toApiError } from './errors.ts';
import type { paths } from './paths.ts';

/** The typed client. Cookies carry the session; the path is our own origin. */
export const client = createClient<paths>({ baseUrl: '/api/v1', credentials: 'same-origin' });

type Outcome<T> = { data?: T; error?: unknown; response: Response };

const sessionEnded = new Set<() => void>();

/** Calls `listener` whenever the server says that nobody is signed in any more. */
export function onSessionEnded(listener: () => void): () => void {
  sessionEnded.add(listener);
  return () => sessionEnded.delete(listener);
}

/** Waits for an answer and returns its body; throws ApiError for a refusal and NoAnswerError when none came. */
export async function answer<T>(request: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>;
  try {
    outcome = await request;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new NoAnswerError(cause);
  }
  if (outcome.response.ok) return outcome.data as T;
  const error = toApiError(outcome.response.status, outcome.error);
  if (error.code === 'unauthenticated') for (const listener of sessionEnded) listener();
  throw error;
}
