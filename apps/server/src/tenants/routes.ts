import { PERMISSIONS } from '@patchline/contracts/permissions';
import { ROLES } from '@patchline/contracts/roles';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PASSWORD_LENGTH } from '../platform/auth/sign-in.ts';
import { personOf } from '../platform/http/access.ts';
import { idParams, isoTime, noContent, refusals } from '../platform/http/schemas.ts';
import type { Settings } from '../platform/settings.ts';
import { type ApiKeyRow, type ApiKeysDeps, createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts';
import { hasTenant } from './create-tenant.ts';
import { getMe } from './get-me.ts';
import type { MyTenantsDeps } from './my-tenants.ts';
import { addPerson, changeRole, listPeople, type PeopleDeps, removePerson } from './people.ts';
import { type SetUpDeps, setUp } from './set-up.ts';
import type { SignUpDeps } from './sign-up.ts';
import { signUpRoutes } from './sign-up-routes.ts';
import { companyRoutes, timeZone } from './tenant-routes.ts';

export interface TenantRoutesDeps
  extends PeopleDeps,
    ApiKeysDeps,
    MyTenantsDeps,
    Omit<SignUpDeps, 'signIn'>,
    Omit<SetUpDeps, 'signIn'> {
  signIn: PeopleDeps['signIn'] & MyTenantsDeps['signIn'] & SignUpDeps['signIn'];
  settings: Pick<Settings, 'hotPublicUrl' | 'emulatorPublicUrl' | 'emulator' | 'signUp'>;
  /** Whether this installation runs on demo data. */
  isDemo(): boolean;
}

const name = z.string().trim().min(1).max(120);
const email = z.email().max(254);
const password = z.string().min(PASSWORD_LENGTH.min).max(PASSWORD_LENGTH.max);
const role = z.enum(ROLES);
const scopes = z.array(z.enum(PERMISSIONS)).min(1);

const apiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().describe('The first characters, to tell keys apart.'),
  role,
  scopes: scopes.nullable().describe('What it may do of what its role may; null: all of that.'),
  createdAt: isoTime,
  lastUsedAt: isoTime.nullable(),
});

/** Who is asking, the team, its keys, and the first owner of a new installation. */
export const tenantRoutes =
  (deps: TenantRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(meRoutes(deps));
    await app.register(companyRoutes(deps));
    await app.register(signUpRoutes(deps));
    await app.register(peopleRoutes(deps));
    await app.register(apiKeyRoutes(deps));
    await app.register(setUpRoutes(deps));
  };

const meRoutes =
  (deps: TenantRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/api/v1/me',
      {
        config: { access: 'person' },
        schema: {
          tags: ['Me'],
          summary: 'The signed-in person, their tenant and role.',
          response: {
            200: z.object({
              user: z.object({ id: z.uuid(), email: z.string(), name: z.string() }),
              tenant: z.object({ id: z.uuid(), name: z.string(), timeZone: z.string() }),
              role,
              tenants: z.array(z.object({ id: z.uuid(), name: z.string(), role })).describe('All that one belongs to.'),
              permissions: z.array(z.enum(PERMISSIONS)),
              installationOwner: z.boolean().describe('May make further companies.'),
              branding: z.object({ accent: z.string().nullable() }),
              twoFactor: z.boolean().describe('Whether a second factor is asked for at sign-in.'),
              hotUrl: z.string().describe('Where the live part of the service is reached.'),
              demo: z.boolean(),
              handsetUrl: z.string().nullable().describe('The page of pretend phones, where there is one.'),
            }),
          },
        },
      },
      async (request) => getMe(deps, personOf(request)),
    );
  };

const peopleRoutes =
  (deps: TenantRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'people.manage' as const };
    const tags = ['People'];

    app.get(
      '/api/v1/people',
      {
        config: { access: 'people.read' },
        schema: {
          tags,
          summary: 'The people of the team.',
          response: {
            200: z.object({
              items: z.array(
                z.object({
                  id: z.uuid(),
                  name: z.string(),
                  email: z.string(),
                  role,
                  since: isoTime,
                  twoFactor: z.boolean(),
                  lastSeenAt: isoTime.nullable(),
                  teams: z.array(z.object({ id: z.uuid(), name: z.string() })),
                }),
              ),
            }),
          },
        },
      },
      async (request) => {
        const people = await listPeople(deps, request.principal.tenantId);
        return {
          items: people.map((person) => ({
            ...person,
            since: person.since.toISOString(),
            lastSeenAt: person.lastSeenAt?.toISOString() ?? null,
          })),
        };
      },
    );

    app.post(
      '/api/v1/people',
      {
        config,
        schema: {
          tags,
          summary: 'Adds a person to the team.',
          description: 'Somebody who signs in for another team here already keeps their name and password.',
          body: z.strictObject({ email, name, password, role }),
          response: { 201: z.object({ id: z.uuid() }) },
        },
      },
      async (request, reply) => reply.code(201).send(await addPerson(deps, request.principal, request.body)),
    );

    app.patch(
      '/api/v1/people/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Gives a person another role.',
          params: idParams,
          body: z.strictObject({ role }),
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await changeRole(deps, request.principal, request.params.id, request.body.role);
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/api/v1/people/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Removes a person from the team, at once.',
          params: idParams,
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await removePerson(deps, request.principal, request.params.id);
        return reply.code(204).send(null);
      },
    );
  };

const apiKeyRoutes =
  (deps: TenantRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'api_keys.manage' as const };
    const tags = ['API keys'];

    app.get(
      '/api/v1/api-keys',
      {
        config,
        schema: {
          tags,
          summary: 'The API keys that are in force.',
          response: { 200: z.object({ items: z.array(apiKey) }) },
        },
      },
      async (request) => ({ items: (await listApiKeys(deps, request.principal.tenantId)).map(toApiKey) }),
    );

    app.post(
      '/api/v1/api-keys',
      {
        config,
        schema: {
          tags,
          summary: 'Makes an API key. The key is in this answer and never shown again.',
          body: z.strictObject({ name, role: role.default('agent'), scopes: scopes.nullable().default(null) }),
          response: {
            201: apiKey.extend({ key: z.string() }),
          },
        },
      },
      async (request, reply) => {
        const { key, row } = await createApiKey(deps, request.principal, request.body);
        return reply.code(201).send({ ...toApiKey(row), key });
      },
    );

    app.delete(
      '/api/v1/api-keys/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Revokes an API key.',
          params: idParams,
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await revokeApiKey(deps, request.principal, request.params.id);
        return reply.code(204).send(null);
      },
    );
  };

const setUpRoutes =
  (deps: TenantRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'public' as const };
    const tags = ['Set-up'];

    app.get(
      '/api/v1/setup',
      {
        config,
        schema: {
          tags,
          summary: 'Whether this installation still waits for its first owner.',
          response: { 200: z.object({ needed: z.boolean() }) },
        },
      },
      async () => ({ needed: !(await deps.database.withPlatform(hasTenant)) }),
    );

    app.post(
      '/api/v1/setup',
      {
        config,
        schema: {
          tags,
          summary: 'Makes the first owner and their company.',
          body: z.strictObject({
            token: z.string().max(200).describe('Printed by the server when it started.'),
            name,
            email,
            password,
            tenantName: name,
            timeZone: timeZone.default('America/New_York'),
          }),
          response: { 204: noContent, ...refusals('setup_token_wrong', 'setup_done') },
        },
      },
      async (request, reply) => {
        await setUp(deps, request.body);
        return reply.code(204).send(null);
      },
    );
  };

function toApiKey(row: ApiKeyRow) {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    role: row.role,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}
