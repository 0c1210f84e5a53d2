import { ConvexReactClient } from 'convex/react';
import { api } from '../api/calls.ts';
import { hasCode } from '../api/errors.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

/**
 * A token for the hot tier, asked for until the server gives one. Only "nobody is signed in" ends the asking: a null
 * handed to the client would drop the identity and fail every live query while the server merely restarts.
 */
async function fetchToken(): Promise<string | null> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      const { token } = await api.hotToken();
      return token;
    } catch (error) {
      if (hasCode(error, 'unauthenticated')) return null;
      console.warn('No token for live updates yet; trying again.', error);
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Connects to the hot tier as the person who is signed in. Call `close` on what it returns when they sign out. */
export function connectHotTier(hotUrl: string): ConvexReactClient {
  const client = new ConvexReactClient(hotUrl, { unsavedChangesWarning: false, skipConvexDeploymentUrlCheck: true });
  client.setAuth(fetchToken);
  return client;
}
