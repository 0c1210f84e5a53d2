export { insertApiKey } from './api-keys.ts';
export { createTenant, hasTenant, ownInstallation } from './create-tenant.ts';
export { handsetUrl } from './get-me.ts';
export { addMember, refuseAbove } from './people.ts';
export { type TenantRoutesDeps, tenantRoutes } from './routes.ts';
export { createSetupToken, type SetupToken } from './setup-token.ts';
