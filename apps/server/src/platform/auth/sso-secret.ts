/** What the sealed client secret of a tenant's provider of single sign-on is bound to. */
export const clientSecretContext = (tenantId: string, id: string) => `sso:${tenantId}:${id}`;
