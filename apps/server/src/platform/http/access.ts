import { atLeast, ROLES, type Role } from '@patchline/contracts/roles';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticate } from '../auth/authenticate.ts';
import { ApiError } from './api-error.ts';
import type { PersonPrincipal, Principal } from './principal.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may call the route: the least role, `public`, or `webhook` (the carrier's signature is checked by the route).
     * A route under /api/v1 must say it; one that does not is refused when the server starts.
     */
    access?: Role | 'public' | 'webhook';
  }
  interface FastifyRequest {
    /** Who asks. Throws on a route without a role. */
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
      if (this.authenticated === null) throw new Error('This route has no role in config.access');
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
    if (!isRole(access)) return;
    const found = await authenticate(toHeaders(request));
    if (found === null) throw new ApiError('unauthenticated');
    if (!atLeast(found.principal.role, access)) throw new ApiError('forbidden');
    request.authenticated = found.principal;
    for (const cookie of found.setCookies) reply.header('set-cookie', cookie);
  });
}

/** The person who asks; API keys are refused, as they hold no threads and have no screen. */
export function personOf(request: FastifyRequest): PersonPrincipal {
  if (request.principal.kind !== 'person') {
    throw new ApiError('forbidden', { message: 'Only a signed-in person may do this, not an API key.' });
  }
  return request.principal;
}

/** Node's headers as the web's. */
export function toHeaders(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of [value].flat()) if (one !== undefined) headers.append(name, one);
  }
  return headers;
}

function isRole(access: string | undefined): access is Role {
  return (ROLES as readonly (string | undefined)[]).includes(access);
}
