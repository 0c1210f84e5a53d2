import { parsePhone } from '@patchline/domain/phone';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { visibleThread } from '../platform/database/visible-threads.ts';
import { HotRefusal, HotTierUnavailable } from '../platform/hot/hot-gateway.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { type IdempotentRequest, type KeptAnswer, keptAnswer, once } from '../platform/http/idempotency.ts';
import { actorName, actorOf, type Principal, teamsSeenBy } from '../platform/http/principal.ts';
import { refusals, uuid } from '../platform/http/schemas.ts';
import { acceptOutbound, type OutboundText } from './accept-outbound.ts';
import type { MessagingCore } from './core.ts';
import { findMessage } from './list-messages.ts';
import { decisionSchema, messageSchema, toMessage } from './schemas.ts';

/** Twilio takes up to 1,600 characters in one message. */
const LONGEST_BODY = 1_600;

/** Where a number without a calling code is read, until tenants say it themselves. */
const HOME_REGION = 'US';

const sendBody = z.strictObject({
  to: z.string().min(1).max(64).describe('A phone number; E.164 is best.'),
  from: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('One of your numbers. Left out: the one last used with this person.'),
  body: z.string().max(LONGEST_BODY, `longer than ${LONGEST_BODY} characters`),
  mediaIds: z
    .array(uuid)
    .max(10, 'more than 10 files')
    .optional()
    .describe('Files stored by POST /api/v1/media. With any of them the words may be empty.'),
  lockToken: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
});

const statusAfterAccepting = z.enum(['accepted', 'held', 'refused']);

export function messageRoutes(core: MessagingCore): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/api/v1/messages',
      {
        config: { access: 'threads.answer' },
        schema: {
          tags: ['Messages'],
          summary: 'Send a text. It is accepted at once and sent a moment after.',
          description:
            'Needs an Idempotency-Key header: the same key with the same body gives the same answer for 24 hours. People send the lock token of the thread; API keys need none.',
          headers: z.looseObject({ 'idempotency-key': z.string().min(1).max(255).optional() }),
          body: sendBody,
          response: {
            201: z.object({ id: z.string(), status: statusAfterAccepting, decision: decisionSchema }),
            ...refusals('send_refused', 'lock_lost', 'lock_required', 'idempotency_in_flight', 'idempotency_mismatch'),
          },
        },
      },
      async (request, reply) => {
        const { principal, body } = request;
        const key = request.headers['idempotency-key'];
        if (key === undefined) throw new ApiError('idempotency_key_required');
        const mediaIds = body.mediaIds ?? [];
        if (body.body.trim() === '' && mediaIds.length === 0) {
          throw new ApiError('invalid_input', { details: [{ path: 'body', message: 'empty' }] });
        }
        const text: OutboundText = {
          to: phoneNumber(body.to, 'to'),
          from: body.from === undefined ? null : phoneNumber(body.from, 'from'),
          body: body.body,
          mediaIds,
          author: principal.kind === 'person' ? { id: principal.userId, name: principal.name } : null,
          actor: actorOf(principal),
          teams: teamsSeenBy(principal),
          lockToken: body.lockToken ?? null,
        };
        const idempotent: IdempotentRequest = { actor: actorName(principal), key, request: body };
        const answer = await send(core, principal, text, idempotent);
        return reply.code(answer.status as 201).send(answer.body as never);
      },
    );

    app.get(
      '/api/v1/messages/:id',
      {
        config: { access: 'threads.read' },
        schema: {
          tags: ['Messages'],
          summary: 'One message with the decisions about it and the calls of the carrier.',
          params: z.strictObject({ id: uuid }),
          response: {
            200: messageSchema.extend({
              conversationId: z.string(),
              threadId: z.string(),
              number: z.string(),
              address: z.string(),
              segments: z.number(),
              decisions: z.array(
                decisionSchema.extend({
                  stage: z.enum(['accept', 'dispatch']),
                  policyVersion: z.string(),
                  at: z.string(),
                }),
              ),
              attempts: z.array(
                z.object({
                  startedAt: z.string(),
                  endedAt: z.string().nullable(),
                  outcome: z.enum(['taken', 'failed', 'unknown']).nullable(),
                  error: z.string().nullable(),
                }),
              ),
            }),
          },
        },
      },
      async (request) => {
        const { tenantId } = request.principal;
        return core.database.withTenant(tenantId, async (tx) => {
          const message = await findMessage(tx, request.params.id, teamsSeenBy(request.principal));
          if (message === null) throw new ApiError('not_found');
          const decisions = await tx.query<{
            stage: 'accept' | 'dispatch';
            outcome: 'allow' | 'hold' | 'refuse';
            reasons: z.infer<typeof decisionSchema>['reasons'];
            policy_version: string;
            decided_at: Date;
          }>(
            `select stage, outcome, reasons, policy_version, decided_at from send_decisions
             where tenant_id = $1 and message_id = $2 order by decided_at`,
            [tenantId, message.id],
          );
          const attempts = await tx.query<{
            started_at: Date;
            ended_at: Date | null;
            outcome: 'taken' | 'failed' | 'unknown' | null;
            error_message: string | null;
          }>(
            `select started_at, ended_at, outcome, error_message from send_attempts
             where tenant_id = $1 and message_id = $2 order by started_at`,
            [tenantId, message.id],
          );
          return {
            ...toMessage(message),
            conversationId: message.conversation_id,
            threadId: message.thread_id,
            number: message.our_address,
            address: message.their_address,
            segments: message.segments,
            decisions: decisions.map((row) => ({
              stage: row.stage,
              outcome: row.outcome,
              reasons: row.reasons.map(({ rule, outcome, detail }) => ({ rule, outcome, detail })),
              policyVersion: row.policy_version,
              at: row.decided_at.toISOString(),
            })),
            attempts: attempts.map((row) => ({
              startedAt: row.started_at.toISOString(),
              endedAt: row.ended_at?.toISOString() ?? null,
              outcome: row.outcome,
              error: row.error_message,
            })),
          };
        });
      },
    );
  };
}

async function send(
  core: MessagingCore,
  principal: Principal,
  text: OutboundText,
  idempotent: IdempotentRequest,
): Promise<KeptAnswer> {
  if (principal.kind === 'person') {
    const before = await core.database.withTenant(principal.tenantId, (tx) => keptAnswer(tx, idempotent));
    if (before !== null) return before;
    await claimLock(core, principal.tenantId, principal.userId, text);
  }
  return core.database.withTenant(principal.tenantId, (tx) =>
    once(tx, idempotent, async () => {
      const result = await acceptOutbound(core, tx, text);
      if (result.status !== 'refused') return { status: 201, body: result };
      const why = result.decision.reasons.find((reason) => reason.outcome === 'refuse');
      const refusal = new ApiError('send_refused', {
        message: why === undefined ? undefined : `Not sent: ${why.detail}`,
        details: { id: result.id, decision: result.decision },
      });
      return { status: refusal.status, body: refusal.toBody() };
    }),
  );
}

/**
 * People answer only what they hold. A thread that does not exist yet (a first text to somebody) has no lock to take.
 */
async function claimLock(core: MessagingCore, tenantId: string, userId: string, text: OutboundText): Promise<void> {
  const thread = await core.database.withTenant(tenantId, (tx) =>
    tx.first<{ id: string }>(
      `select id from threads where tenant_id = $1 and channel = 'sms' and their_address = $2
         and ($3::text is null or our_address = $3) and ${visibleThread('our_address', '$4')}
       order by last_used_at desc limit 1`,
      [tenantId, text.to, text.from, text.teams ?? null],
    ),
  );
  if (thread === null) return;
  if (text.lockToken === null) throw new ApiError('lock_required');
  try {
    await core.hot.claimSend({ tenantId, threadId: thread.id, userId, token: text.lockToken });
  } catch (error) {
    if (error instanceof HotRefusal && error.code === 'lock_lost') throw new ApiError('lock_lost', { cause: error });
    if (error instanceof HotRefusal || error instanceof HotTierUnavailable) {
      throw new ApiError('hot_tier_unavailable', { cause: error });
    }
    throw error;
  }
}

function phoneNumber(input: string, path: string): string {
  const parsed = parsePhone(input, HOME_REGION);
  if (parsed.ok) return parsed.e164;
  throw new ApiError('invalid_number', { details: [{ path, message: parsed.reason }] });
}
