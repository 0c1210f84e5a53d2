import { HOT_ERRORS, type HotErrorCode } from '@patchline/contracts/hot-errors';
import { ConvexError, type Value } from 'convex/values';

/**
 * An error meant for the caller. Deployments hide the text of every other error, so whatever a client must act on is a
 * ConvexError with a code of contracts/hot-errors.ts.
 */
export function refusal(code: HotErrorCode, details: Record<string, Value> = {}) {
  return new ConvexError({ code, message: HOT_ERRORS[code], ...details });
}
