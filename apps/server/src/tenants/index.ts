export { insertApiKey } from './api-keys.ts';
export { createTenant, hasTenant } from './create-tenant.ts';
export { handsetUrl } from './get-me.ts';
export { addMember } from './people.ts';
export { type TenantRoutesDeps, tenantRoutes } from './routes.ts';
export { createSetupToken, type SetupToken } from './setup-token.ts';
