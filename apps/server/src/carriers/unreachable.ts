import type { SendOutcome } from './messaging-carrier.ts';

/** Failures of the connection that show that no request left this machine. */
const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** How deep clients wrap what the system said. */
const DEEPEST_CAUSE = 5;

/**
 * What a call that ended without an answer leaves: a connection that was never made is a definite never, everything else
 * leaves the outcome open.
 */
export function outcomeWithoutAnswer(error: unknown): SendOutcome {
  let code = '';
  let cause = error as { code?: unknown; cause?: unknown } | null | undefined;
  for (let depth = 0; depth < DEEPEST_CAUSE && typeof cause === 'object' && cause !== null; depth++) {
    if (typeof cause.code === 'string') code = cause.code;
    cause = cause.cause as typeof cause;
  }
  if (NEVER_LEFT.has(code)) {
    const words = 'The carrier could not be reached.';
    return { kind: 'failed', error: { code: 'unreachable', class: 'TRANSIENT', words }, retry: true };
  }
  return { kind: 'unknown', reason: code || String((error as Error).message) };
}
