import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { idParams, isoTime, noContent, refusals } from '../platform/http/schemas.ts';
import { connectAccount, disconnectAccount, listAccounts } from './accounts.ts';
import { askerOf } from './asker.ts';
import { availableNumbers, connectNumber } from './connect-number.ts';
import type { NumbersDeps } from './deps.ts';
import { finishRotation, startRotation } from './rotate-credential.ts';
import { authToken, available, carrier, credentials, e164, name, number, publicKey, steps } from './schemas.ts';

/** Carrier accounts: connecting them, their numbers, their credentials. */
export const accountRoutes =
  (deps: NumbersDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'carrier_accounts.manage' as const };
    const tags = ['Carrier accounts'];

    app.get(
      '/api/v1/carrier-accounts',
      {
        config,
        schema: {
          tags,
          summary: 'The connected carrier accounts with their numbers.',
          response: {
            200: z.object({
              items: z.array(
                z.object({
                  id: z.uuid(),
                  carrier,
                  accountRef: z.string().describe('Twilio: the account SID. Telnyx: the id of the organization.'),
                  name: z.string().nullable(),
                  rotating: z.boolean().describe('The credential before this one is still good for webhooks.'),
                  createdAt: isoTime,
                  numbers: z.array(number),
                }),
              ),
            }),
          },
        },
      },
      async (request) => {
        const accounts = await listAccounts(deps, request.principal.tenantId);
        return {
          items: accounts.map((account) => ({
            ...account,
            createdAt: account.createdAt.toISOString(),
            numbers: account.numbers.map((one) => ({
              ...one,
              webhook: one.webhook && {
                checkedAt: one.webhook.checkedAt.toISOString(),
                problem: one.webhook.problem,
              },
            })),
          })),
        };
      },
    );

    app.post(
      '/api/v1/carrier-accounts',
      {
        config,
        schema: {
          tags,
          summary: 'Connects a carrier account whose credentials the carrier accepts.',
          description: 'Telnyx’s public key is proven by the first text to a number of the account.',
          body: credentials,
          response: {
            201: z.object({ id: z.uuid(), name: z.string().nullable() }),
            ...refusals('carrier_credentials_wrong', 'carrier_account_exists', 'carrier_unreachable'),
          },
        },
      },
      async (request, reply) => {
        const { body } = request;
        const wish =
          body.carrier === 'telnyx'
            ? body
            : { carrier: body.carrier, accountRef: body.accountSid, authToken: body.authToken };
        return reply.code(201).send(await connectAccount(deps, askerOf(request.principal), wish));
      },
    );

    app.delete(
      '/api/v1/carrier-accounts/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Disconnects an account with its numbers and forgets its credentials.',
          params: idParams,
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await disconnectAccount(deps, askerOf(request.principal), request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/v1/carrier-accounts/:id/numbers/available',
      {
        config,
        schema: {
          tags,
          summary: 'Asks the carrier for the numbers of an account.',
          params: idParams,
          response: {
            200: z.object({ items: z.array(available) }),
            ...refusals('carrier_credentials_wrong', 'carrier_unreachable'),
          },
        },
      },
      async (request) => ({ items: await availableNumbers(deps, request.principal.tenantId, request.params.id) }),
    );

    app.post(
      '/api/v1/carrier-accounts/:id/numbers',
      {
        config,
        schema: {
          tags,
          summary: 'Connects a number of the account and sends its texts here.',
          description:
            'The account must have the number. Its address for incoming texts is set at the carrier, and a signed request ' +
            'through PUBLIC_URL shows whether texts can arrive; a step that failed says why in words. Only Telnyx ' +
            'can sign as Telnyx does, so a number of Telnyx’s is shown to work by the first text to it.',
          params: idParams,
          body: z.strictObject({ e164, name }),
          response: {
            201: z.object({ id: z.uuid(), steps }),
            ...refusals(
              'carrier_credentials_wrong',
              'carrier_unreachable',
              'number_cannot_text',
              'number_not_yours',
              'number_taken',
              'webhook_not_set',
            ),
          },
        },
      },
      async (request, reply) =>
        reply.code(201).send(await connectNumber(deps, askerOf(request.principal), request.params.id, request.body)),
    );

    app.post(
      '/api/v1/carrier-accounts/:id/rotate',
      {
        config,
        schema: {
          tags,
          summary:
            'Gives the account a new credential; what verifies webhooks stays good beside it until the rotation is finished.',
          params: idParams,
          body: z.strictObject({
            authToken: authToken.describe('Twilio’s auth token or Telnyx’s API key.'),
            publicKey: publicKey.optional(),
          }),
          response: {
            204: noContent,
            ...refusals('carrier_credentials_wrong', 'rotation_running', 'carrier_unreachable'),
          },
        },
      },
      async (request, reply) => {
        await startRotation(deps, askerOf(request.principal), request.params.id, request.body);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/v1/carrier-accounts/:id/rotate/finish',
      {
        config,
        schema: {
          tags,
          summary: 'Drops the credential before the current one.',
          params: idParams,
          response: { 204: noContent, ...refusals('rotation_not_started') },
        },
      },
      async (request, reply) => {
        await finishRotation(deps, askerOf(request.principal), request.params.id);
        return reply.code(204).send(null);
      },
    );
  };
