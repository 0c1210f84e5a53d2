import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { idParams, noContent, refusals, uuid } from '../platform/http/schemas.ts';
import { accountRoutes } from './account-routes.ts';
import { askerOf } from './asker.ts';
import { changeNumber } from './change-number.ts';
import { checkNumber } from './connect-number.ts';
import type { NumbersDeps } from './deps.ts';
import { disconnectNumber } from './disconnect-number.ts';
import { listNumbers } from './own-numbers.ts';
import type { ProbeDeps } from './probe.ts';
import {
  businessHours,
  campaign,
  carrier,
  closedReply,
  messagingService,
  name,
  sendingClass,
  steps,
} from './schemas.ts';

export interface NumberRoutesDeps extends NumbersDeps, ProbeDeps {}

/** The tenant's numbers, and the carrier accounts they belong to. */
export const numberRoutes =
  (deps: NumberRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(ownNumberRoutes(deps));
    await app.register(accountRoutes(deps));
  };

const ownNumberRoutes =
  (deps: NumberRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'numbers.manage' as const };
    const tags = ['Numbers'];

    app.get(
      '/api/v1/numbers',
      {
        config: { access: 'numbers.read' },
        schema: {
          tags,
          summary: 'The phone numbers of the tenant, the default one first.',
          response: {
            200: z.object({
              items: z.array(
                z.object({
                  id: z.uuid(),
                  e164: z.string(),
                  name: z.string(),
                  carrier,
                  isDefault: z.boolean(),
                  teamId: z.uuid().nullable(),
                }),
              ),
            }),
          },
        },
      },
      async (request) => ({ items: await listNumbers(deps.database, request.principal.tenantId) }),
    );

    app.patch(
      '/api/v1/numbers/:id',
      {
        config,
        schema: {
          tags,
          summary:
            'Renames a number, makes it the default, switches it off and on, or says how it sends and when it is attended.',
          params: idParams,
          body: z.strictObject({
            name: name.optional(),
            isDefault: z.literal(true).optional(),
            carrierAutoReply: z.boolean().optional(),
            active: z.boolean().optional(),
            messagingService: messagingService.nullable().optional(),
            sendingClass: sendingClass.nullable().optional(),
            campaign: campaign.nullable().optional(),
            businessHours: businessHours.nullable().optional(),
            closedReply: closedReply.nullable().optional(),
            teamId: uuid.nullable().optional().describe('The team that alone sees its threads; null: everybody.'),
          }),
          response: { 204: noContent, ...refusals('number_taken', 'number_not_yours') },
        },
      },
      async (request, reply) => {
        await changeNumber(deps, askerOf(request.principal), request.params.id, request.body);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/v1/numbers/:id/check',
      {
        config,
        schema: {
          tags,
          summary: 'Looks whether texts to a number can arrive.',
          params: idParams,
          response: { 200: z.object({ steps }) },
        },
      },
      async (request) => ({ steps: await checkNumber(deps, request.principal.tenantId, request.params.id) }),
    );

    app.delete(
      '/api/v1/numbers/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Disconnects a number. Its conversations stay.',
          params: idParams,
          response: {
            200: z.object({
              webhookCleared: z.boolean().describe('Whether the carrier sends its texts here no more.'),
            }),
          },
        },
      },
      async (request) => disconnectNumber(deps, askerOf(request.principal), request.params.id),
    );
  };
