import { aboutPermission, isPermission, type Permission } from '@patchline/contracts/permissions';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Where } from '../audit/append.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import { ApiError } from './api-error.ts';
import { may, type PersonPrincipal, type Principal } from './principal.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may call the route: whoever has a permission (people by their role, API keys by role and scopes), `person`
     * (whoever is signed in), `public`, or `webhook` (the carrier's signature is checked by the route).
     * A route under /api/v1 must say it; one that does not is refused when the server starts.
     */
    access?: Permission | 'person' | 'public' | 'webhook';
  }
  interface FastifyRequest {
    /** Who asks. Throws on a route that anybody may call. */
    readonly principal: Principal;
    /** Set by the access hook only. */
    authenticated: Principal | null;
  }
}

/** Authenticates requests by what their route's `config.access` asks for. */
export function guardAccess(app: FastifyInstance, authenticate: Authenticate): void {
  app.decorateRequest('authenticated', null);
  app.decorateRequest('principal', {
    getter() {
      if (this.authenticated === null) throw new Error('This route may be called by anybody (config.access)');
      return this.authenticated;
    },
  });

  app.addHook('onRoute', ({ url, config, method }) => {
    if (url.startsWith('/api/v1') && config?.access === undefined) {
      throw new Error(`${String(method)} ${url} does not say who may call it (config.access)`);
    }
  });

  app.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (access !== 'person' && !isPermission(access)) return;
    const found = await authenticate(toHeaders(request));
    if (found === null) throw new ApiError('unauthenticated');
    if (access === 'person') refuseKeys(found.principal);
    else requirePermission(found.principal, access);
    request.authenticated = { ...found.principal, where: whereOf(request) };
    for (const cookie of found.setCookies) reply.header('set-cookie', cookie);
  });
}

/** The person who asks; API keys are refused, as they hold no threads and have no screen. */
export function personOf(request: FastifyRequest): PersonPrincipal {
  return refuseKeys(request.principal);
}

/** Refuses with `forbidden` who has not the permission, and says which it is. */
export function requirePermission(principal: Principal, permission: Permission): void {
  if (may(principal, permission)) return;
  throw new ApiError('forbidden', {
    message: `You may not do this here. It takes the permission: ${aboutPermission(permission).words}.`,
    details: { permission },
  });
}

function refuseKeys(principal: Principal): PersonPrincipal {
  if (principal.kind === 'person') return principal;
  throw new ApiError('forbidden', { message: 'Only a signed-in person may do this, not an API key.' });
}

/** From where a request came, for the audit ledger: the address as the trusted proxies tell it, and the browser's name. */
export function whereOf(request: FastifyRequest): Where {
  return { ip: request.ip, userAgent: request.headers['user-agent']?.slice(0, 300) ?? null };
}

/** Node's headers as the web's. */
export function toHeaders(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of [value].flat()) if (one !== undefined) headers.append(name, one);
  }
  return headers;
}
