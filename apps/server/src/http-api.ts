import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type AccountDeps, accountRoutes } from './accounts/index.ts';
import { type AuditRoutesDeps, auditRoutes } from './audit/index.ts';
import { exportRoutes, type ImportDeps, importRoutes } from './contact-imports/index.ts';
import { type ContactRoutesDeps, contactRoutes } from './contacts/index.ts';
import { type MediaRoutesDeps, mediaRoutes, publicMedia } from './media/index.ts';
import {
  conversationRoutes,
  lockRoutes,
  type MessagingCore,
  messageRoutes,
  messagingWebhooks,
} from './messaging/index.ts';
import { type NumberRoutesDeps, numberProbe, numberRoutes } from './numbers/index.ts';
import { type AuthRoutesDeps, authRoutes } from './platform/auth/routes.ts';
import { documentOf, type OpenApiDocument } from './platform/http/open-api.ts';
import { createHttpServer } from './platform/http/server.ts';
import { createMetrics } from './platform/metrics.ts';
import { teamRoutes } from './teams/index.ts';
import { type TenantRoutesDeps, tenantRoutes } from './tenants/index.ts';

export interface HttpApiDeps {
  auth: AuthRoutesDeps;
  tenants: TenantRoutesDeps;
  numbers: NumberRoutesDeps;
  messaging: MessagingCore;
  media: MediaRoutesDeps;
  audit: AuditRoutesDeps;
  contacts: ContactRoutesDeps;
  imports: ImportDeps;
  accounts: AccountDeps;
}

/** Every route of the features. */
export async function registerHttpApi(app: FastifyInstance, deps: HttpApiDeps): Promise<void> {
  await app.register(authRoutes(deps.auth));
  await app.register(tenantRoutes(deps.tenants));
  await app.register(teamRoutes(deps.tenants));
  await app.register(numberRoutes(deps.numbers));
  await app.register(conversationRoutes(deps.messaging));
  await app.register(messageRoutes(deps.messaging));
  await app.register(mediaRoutes(deps.media));
  await app.register(lockRoutes(deps.messaging));
  await app.register(contactRoutes(deps.contacts));
  await app.register(importRoutes(deps.imports));
  await app.register(exportRoutes(deps.imports));
  await app.register(auditRoutes(deps.audit));
  await app.register(accountRoutes(deps.accounts));
  publicMedia(app, deps.media);
  numberProbe(app, deps.numbers);
  messagingWebhooks(app, deps.messaging);
}

/** The OpenAPI document, made without a database or a port: for docs/api/openapi.json and the check that it is current. */
export async function openApiDocument(): Promise<OpenApiDocument> {
  const nowhere = 'http://127.0.0.1';
  const app = await createHttpServer({
    settings: { publicUrl: nowhere, hotPublicUrl: nowhere, trustedProxies: 0 },
    log: pino({ level: 'silent' }),
    authenticate: async () => null,
    metrics: createMetrics(),
  });
  await registerHttpApi(app, {
    auth: { ...unconnected<AuthRoutesDeps>(), publicUrl: nowhere },
    tenants: unconnected(),
    numbers: unconnected(),
    messaging: unconnected(),
    media: unconnected(),
    audit: unconnected(),
    contacts: unconnected(),
    imports: unconnected(),
    accounts: { ...unconnected<AccountDeps>(), now: undefined },
  });
  await app.ready();
  const document = documentOf(app);
  await app.close();
  return document;
}

/** Dependencies for routes that are only described, never called. */
function unconnected<T extends object>(): T {
  return new Proxy({} as T, {
    get: (_target, name) => {
      throw new Error(`${String(name)} is not there while the API is only being described`);
    },
  });
}
