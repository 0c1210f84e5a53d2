import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { personOf } from '../platform/http/access.ts';
import { noContent, uuid } from '../platform/http/schemas.ts';
import { type MyTenantsDeps, makeTenant, switchTenant } from './my-tenants.ts';
import { changeTenant, readTenant } from './tenant-settings.ts';

export const tenantName = z.string().trim().min(1).max(120);
export const timeZone = z
  .string()
  .refine((value) => Intl.supportedValuesOf('timeZone').includes(value) || value === 'UTC', {
    message: 'is not an IANA time zone, such as America/Denver',
  });

const accent = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'is not a colour such as #0b6e4f')
  .toLowerCase()
  .nullable();
const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'is not a country’s two letters, such as US')
  .describe('Where a number without a calling code is read.');
const days = z.number().int().min(1).max(36_500).nullable().describe('Days; null: for good.');
const tags = ['Company'];

/** The company's settings, further companies, and which of them a session works in. */
export const companyRoutes =
  (deps: MyTenantsDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/api/v1/tenant',
      {
        config: { access: 'tenant.read' },
        schema: {
          tags,
          summary: 'The company’s settings.',
          response: {
            200: z.object({
              id: z.uuid(),
              name: z.string(),
              timeZone: z.string(),
              branding: z.object({ accent: z.string().nullable() }),
              ai: z
                .object({ transcription: z.boolean(), suggestions: z.boolean(), assistants: z.boolean() })
                .describe('What machines may do with texts and calls.'),
              retention: z.object({ messagesDays: days, recordingsDays: days, auditDays: days }),
              rules: z.object({ country }),
            }),
          },
        },
      },
      async (request) => readTenant(deps.database, request.principal.tenantId),
    );

    app.patch(
      '/api/v1/tenant',
      {
        config: { access: 'tenant.settings' },
        schema: {
          tags,
          summary: 'Changes the company’s settings. What is left out stays as it is.',
          body: z.strictObject({
            name: tenantName.optional(),
            timeZone: timeZone.optional(),
            branding: z.strictObject({ accent: accent.optional() }).optional(),
            ai: z
              .strictObject({
                transcription: z.boolean().optional(),
                suggestions: z.boolean().optional(),
                assistants: z.boolean().optional(),
              })
              .optional(),
            retention: z
              .strictObject({
                messagesDays: days.optional(),
                recordingsDays: days.optional(),
                auditDays: days.optional(),
              })
              .optional(),
            rules: z.strictObject({ country: country.optional() }).optional(),
          }),
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await changeTenant(deps, request.principal, request.body);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/v1/tenants',
      {
        config: { access: 'person' },
        schema: {
          tags,
          summary: 'Makes a company, whose owner the asker is. For owners of this installation.',
          body: z.strictObject({ name: tenantName, timeZone }),
          response: { 201: z.object({ id: z.uuid() }) },
        },
      },
      async (request, reply) => reply.code(201).send(await makeTenant(deps, personOf(request), request.body)),
    );

    app.post(
      '/api/v1/me/tenant',
      {
        config: { access: 'person' },
        schema: {
          tags: ['Me'],
          summary: 'Works in another of one’s companies from the next request on.',
          body: z.strictObject({ tenantId: uuid }),
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await switchTenant(deps, personOf(request), request.body.tenantId);
        return reply.code(204).send(null);
      },
    );
  };
