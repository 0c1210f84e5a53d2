import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';

/**
 * Lets our single sign-on begin a session as better-auth's own sign-ins do. There is no address for it: only this server
 * calls it, once the provider has said who somebody is.
 */
export const ssoSession = () =>
  ({
    id: 'patchline-sso',
    endpoints: {
      beginSsoSession: createAuthEndpoint.serverOnly(
        { method: 'POST', body: z.object({ userId: z.string(), tenantId: z.string(), ssoProviderId: z.string() }) },
        async (context) => {
          const { userId, tenantId, ssoProviderId } = context.body;
          const { internalAdapter } = context.context;
          const user = await internalAdapter.findUserById(userId);
          if (user === null) throw new Error('Single sign-on of somebody who is not there');
          const session = await internalAdapter.createSession(userId, false, { tenantId, ssoProviderId });
          await setSessionCookie(context, { session, user });
          return context.json({ begun: true });
        },
      ),
    },
  }) satisfies BetterAuthPlugin;
