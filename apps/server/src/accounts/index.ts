import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AccountDeps } from './deps.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { passwordRoutes } from './password-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { ssoRoutes } from './sso-routes.ts';

export type { AccountDeps } from './deps.ts';
export { passwordResetJobs as accountJobs } from './password-reset.ts';
export { createOwnChangeRecord } from './record-own-change.ts';

/** How people get in and out: invitations, forgotten passwords, sessions, second factors, single sign-on. */
export const accountRoutes =
  (deps: AccountDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(invitationRoutes(deps));
    await app.register(passwordRoutes(deps));
    await app.register(sessionRoutes(deps));
    await app.register(ssoRoutes(deps));
  };
