import swagger from '@fastify/swagger';
import type { ErrorCode } from '@patchline/contracts/errors';
import { aboutPermission, isPermission } from '@patchline/contracts/permissions';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import { REFERENCE_CSS, renderReference } from './reference-page.ts';
import { refusals } from './schemas.ts';

/** The version of the API's own contract; the product's version is in package.json. */
const API_VERSION = '1.0.0';

/** What the reference page and the checks read of the document. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, OpenApiOperation>>;
  tags?: Array<{ name: string; description?: string }>;
}

export interface OpenApiOperation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Array<{ name: string; in: string; required?: boolean; description?: string; schema?: unknown }>;
  requestBody?: { required?: boolean; content: Record<string, { schema: unknown }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: unknown }> }>;
  security?: Array<Record<string, string[]>>;
  /** The permission that the route takes; none for what is public or for any signed-in person. */
  'x-permission'?: string;
}

/** Makes the OpenAPI document from the schemas of routes registered from now on, and serves it with a reference page. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  const toJsonSchema = createJsonSchemaTransform({});
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Patchline API',
        version: API_VERSION,
        description:
          'Send an API key as `Authorization: Bearer pl_…`, or use the cookies of a signed-in browser. ' +
          'Every refusal is `{"error": {"code", "message", "details"?}}`; the codes are listed in docs/errors.md.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'Me', description: 'Who is signed in, and the token for the live part.' },
        { name: 'Conversations', description: 'The shared inbox.' },
        { name: 'Messages', description: 'Sending texts and what became of them.' },
        { name: 'Threads', description: 'Who is answering a thread.' },
        { name: 'Contacts', description: 'People, their addresses and do-not-contact flags.' },
        { name: 'Contact fields', description: 'What contacts have beside the usual: fields of your own.' },
        { name: 'Contact imports', description: 'Contacts from files, and into them.' },
        { name: 'Numbers', description: 'The phone numbers of the tenant.' },
        { name: 'Carrier accounts', description: 'Where the numbers are rented, and how we sign in there.' },
        { name: 'People', description: 'The people of the team and their roles.' },
        { name: 'Teams', description: 'Who sees which threads.' },
        { name: 'Company', description: 'What a company decides about itself, and further companies.' },
        { name: 'API keys', description: 'Access for programs.' },
        { name: 'Audit', description: 'Who did what, when and from where.' },
        { name: 'Set-up', description: 'The first owner of a new installation.' },
      ],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' },
          session: { type: 'apiKey', in: 'cookie', name: 'patchline.session_token', description: 'Set by signing in.' },
        },
      },
    },
    transform: (route) => {
      const { access } = route.route.config ?? {};
      const hide = !route.url.startsWith('/api/v1') || route.schema?.hide === true;
      if (hide) return toJsonSchema({ ...route, schema: { ...route.schema, hide } });
      const { description } = route.schema as { description?: string };
      const open = access === 'public';
      return toJsonSchema({
        ...route,
        schema: {
          ...route.schema,
          description: open ? description : [description, whoMay(access)].filter(Boolean).join('\n\n'),
          ...(isPermission(access) && { 'x-permission': access }),
          security: open ? [] : [{ apiKey: [] }, { session: [] }],
          response: { ...sharedRefusals(route.schema ?? {}, open), ...(route.schema?.response as object) },
        },
      });
    },
  });

  const open = { config: { access: 'public' as const }, schema: { hide: true } };
  app.get('/api/openapi.json', open, async () => documentOf(app));
  let page: string | undefined;
  app.get('/api/docs', open, async (_request, reply) => {
    page ??= renderReference(documentOf(app));
    return reply.type('text/html; charset=utf-8').send(page);
  });
  app.get('/api/docs.css', open, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=3600').send(REFERENCE_CSS),
  );
}

function whoMay(access: string | undefined): string {
  if (!isPermission(access)) return 'Signed-in people only.';
  return `Permission: \`${access}\` (the role ${aboutPermission(access).from} and those above it).`;
}

/** What any route of this shape refuses, so that routes name only what is their own. */
function sharedRefusals(schema: { body?: unknown; querystring?: unknown; params?: unknown }, open: boolean) {
  const codes: ErrorCode[] = ['internal', 'unavailable'];
  if (schema.body !== undefined || schema.querystring !== undefined) codes.push('invalid_input');
  if (schema.params !== undefined) codes.push('not_found');
  if (!open) codes.push('unauthenticated', 'forbidden');
  return refusals(...codes);
}

/** The document of an app that is ready. */
export function documentOf(app: FastifyInstance): OpenApiDocument {
  return app.swagger() as unknown as OpenApiDocument;
}
