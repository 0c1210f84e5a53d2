/**
 * What the hot tier's functions refuse, as the data of a ConvexError: `{code, message, …}`. A client words the code; the
 * message says what happened and what to do.
 */
export const HOT_ERRORS = {
  unauthenticated: 'Sign in again: this connection has no valid token.',
  forbidden: 'This function is not for your role.',
  invalid_input: 'Something in the arguments is not valid.',
  thread_cold: 'This thread is not loaded. Ask the server to open it, then try again.',
  thread_locked: 'Somebody else is answering this thread.',
  lock_lost: 'Somebody else is answering this thread now. Your draft is kept.',
} as const satisfies Record<string, string>;

export type HotErrorCode = keyof typeof HOT_ERRORS;
