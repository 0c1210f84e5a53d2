import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { actorOf, type Principal } from '../platform/http/principal.ts';
import { idParams, isoTime, noContent, refusals } from '../platform/http/schemas.ts';
import { connectAccount, disconnectAccount, listAccounts } from './accounts.ts';
import { changeNumber } from './change-number.ts';
import { availableNumbers, checkNumber, connectNumber } from './connect-number.ts';
import type { Asker, NumbersDeps } from './deps.ts';
import { disconnectNumber } from './disconnect-number.ts';
import { listNumbers } from './own-numbers.ts';
import type { ProbeDeps } from './probe.ts';
import { finishRotation, startRotation } from './rotate-credential.ts';

export interface NumberRoutesDeps extends NumbersDeps, ProbeDeps {}

const carrier = z.enum(['twilio', 'telnyx']);
const name = z.string().trim().min(1).max(120);
const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'is not a number in E.164, such as +13035550142');
const authToken = z
  .string()
  .trim()
  .regex(/^[!-~]{8,200}$/, 'is not an auth token: 8 characters or more without spaces')
  .describe('Stored encrypted and never given out again.');

const sendingClass = z
  .enum(['long_code', 'toll_free', 'short_code', '10dlc_high', '10dlc_middle', '10dlc_low', '10dlc_sole_proprietor'])
  .describe('How fast the carrier lets it send; null: by the look of the number.');
const messagingService = z
  .string()
  .trim()
  .regex(
    /^(MG[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    'is neither a Messaging Service (MG…) nor a messaging profile',
  )
  .describe('What it sends through: a Messaging Service of Twilio’s (MG…) or a messaging profile of Telnyx’s.');
const campaign = z.string().trim().min(1).max(64).describe('The campaign whose rate it shares with other numbers.');

const number = z.object({
  id: z.uuid(),
  e164: z.string(),
  name: z.string(),
  isDefault: z.boolean(),
  active: z.boolean(),
  carrierAutoReply: z.boolean().describe('The carrier answers STOP and HELP itself, so we stay silent.'),
  messagingService: z.string().nullable(),
  sendingClass: sendingClass.or(z.literal('emulated')).nullable(),
  campaign: z.string().nullable(),
  webhook: z
    .object({ checkedAt: isoTime, problem: z.string().nullable() })
    .nullable()
    .describe('When texts were last seen to be able to arrive, or what was wrong.'),
});

const steps = z
  .array(
    z.object({
      step: z.enum(['address_at_carrier', 'arrives', 'signature_checked']),
      ok: z.boolean(),
      words: z.string(),
    }),
  )
  .describe('What was looked at, in order, up to the first that failed.');

const available = z.object({
  e164: z.string(),
  name: z.string(),
  capabilities: z.object({ sms: z.boolean(), mms: z.boolean(), voice: z.boolean() }),
  state: z.enum(['free', 'ours', 'taken']).describe('`taken`: another team here has it connected.'),
});

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
    const config = { access: 'admin' as const };
    const tags = ['Numbers'];

    app.get(
      '/api/v1/numbers',
      {
        config: { access: 'agent' },
        schema: {
          tags,
          summary: 'The phone numbers of the tenant, the default one first.',
          response: {
            200: z.object({
              items: z.array(
                z.object({ id: z.uuid(), e164: z.string(), name: z.string(), carrier, isDefault: z.boolean() }),
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
          summary: 'Renames a number, makes it the default, switches it off and on, or says how it sends.',
          params: idParams,
          body: z.strictObject({
            name: name.optional(),
            isDefault: z.literal(true).optional(),
            carrierAutoReply: z.boolean().optional(),
            active: z.boolean().optional(),
            messagingService: messagingService.nullable().optional(),
            sendingClass: sendingClass.nullable().optional(),
            campaign: campaign.nullable().optional(),
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

const accountRoutes =
  (deps: NumberRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'admin' as const };
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
                  accountRef: z.string().describe('Twilio: the account SID.'),
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
          body: z.strictObject({
            carrier: z.literal('twilio'),
            accountSid: z
              .string()
              .trim()
              .regex(/^AC[0-9a-f]{32}$/, 'is not an account SID: AC and 32 characters of 0-9 and a-f'),
            authToken,
          }),
          response: {
            201: z.object({ id: z.uuid(), name: z.string() }),
            ...refusals('carrier_credentials_wrong', 'carrier_account_exists', 'carrier_unreachable'),
          },
        },
      },
      async (request, reply) => {
        const { accountSid: accountRef, ...wish } = request.body;
        return reply.code(201).send(await connectAccount(deps, askerOf(request.principal), { ...wish, accountRef }));
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
            'through PUBLIC_URL shows whether texts can arrive; a step that failed says why in words.',
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
          summary: 'Gives the account a new credential; the old one stays good for webhooks.',
          params: idParams,
          body: z.strictObject({ authToken }),
          response: {
            204: noContent,
            ...refusals('carrier_credentials_wrong', 'rotation_running', 'carrier_unreachable'),
          },
        },
      },
      async (request, reply) => {
        await startRotation(deps, askerOf(request.principal), request.params.id, request.body.authToken);
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

function askerOf(principal: Principal): Asker {
  return { tenantId: principal.tenantId, actor: actorOf(principal) };
}
