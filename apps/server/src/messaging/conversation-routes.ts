import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, teamsSeenBy } from '../platform/http/principal.ts';
import { optionalParam, uuid } from '../platform/http/schemas.ts';
import type { MessagingCore } from './core.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { findConversation, listConversations } from './list-conversations.ts';
import { listMessages } from './list-messages.ts';
import { markRead } from './mark-read.ts';
import { openThread } from './open-thread.ts';
import { conversationSchema, messageSchema, toConversation, toMessage } from './schemas.ts';
import { setConversationStatus } from './set-conversation-status.ts';

const params = z.strictObject({ id: uuid });
const seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const CONVERSATIONS_A_PAGE = 30;
const MESSAGES_A_PAGE = 50;
const nothing = z.null().describe('Done.');
const tags = ['Conversations'];

export function conversationRoutes(core: MessagingCore): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/conversations',
      {
        config: { access: 'threads.read' },
        schema: {
          tags,
          summary: 'The inbox, newest first, in pages.',
          querystring: z.strictObject({
            status: optionalParam(z.enum(['open', 'closed', 'all'])).describe('Left out: all.'),
            q: z.string().trim().max(200).default('').describe('Looked for in names, numbers and last lines.'),
            cursor: optionalParam(z.string().max(500)),
            limit: optionalParam(z.coerce.number().int().min(1).max(100)).describe('30 if left out.'),
          }),
          response: {
            200: z.object({ items: z.array(conversationSchema), nextCursor: z.string().nullable() }),
          },
        },
      },
      async (request) => {
        const { status = 'all', q, cursor, limit = CONVERSATIONS_A_PAGE } = request.query;
        const after = cursor === undefined ? null : decodeCursor(cursor);
        const rows = await core.database.withTenant(request.principal.tenantId, (tx) =>
          listConversations(tx, { status, q, after, limit: limit + 1 }, teamsSeenBy(request.principal)),
        );
        const page = rows.slice(0, limit);
        const last = page.at(-1);
        return {
          items: page.map(toConversation),
          nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last) : null,
        };
      },
    );

    app.get(
      '/api/v1/conversations/:id',
      {
        config: { access: 'threads.read' },
        schema: {
          tags,
          summary: 'One conversation.',
          params,
          response: { 200: conversationSchema.extend({ fence: z.number(), lastSeq: z.number() }) },
        },
      },
      async (request) => {
        const row = await core.database.withTenant(request.principal.tenantId, (tx) =>
          findConversation(tx, request.params.id, teamsSeenBy(request.principal)),
        );
        if (row === null) throw new ApiError('not_found');
        return { ...toConversation(row), fence: row.fence, lastSeq: row.last_seq };
      },
    );

    app.get(
      '/api/v1/conversations/:id/messages',
      {
        config: { access: 'threads.read' },
        schema: {
          tags,
          summary: "Messages of the conversation's thread, newest first.",
          params,
          querystring: z.strictObject({
            before: optionalParam(seq).describe('Only messages before this place.'),
            after: optionalParam(seq).describe('Only messages after this place.'),
            limit: optionalParam(z.coerce.number().int().min(1).max(200)).describe('50 if left out.'),
          }),
          response: { 200: z.object({ items: z.array(messageSchema), nextCursor: z.number().nullable() }) },
        },
      },
      async (request) => {
        const { before, after, limit = MESSAGES_A_PAGE } = request.query;
        const rows = await core.database.withTenant(request.principal.tenantId, async (tx) => {
          const conversation = await findConversation(tx, request.params.id, teamsSeenBy(request.principal));
          if (conversation === null) throw new ApiError('not_found');
          return listMessages(tx, conversation.thread_id, {
            before: before ?? null,
            after: after ?? null,
            limit: limit + 1,
          });
        });
        const page = rows.slice(0, limit);
        return { items: page.map(toMessage), nextCursor: rows.length > limit ? (page.at(-1)?.seq ?? null) : null };
      },
    );

    app.post(
      '/api/v1/conversations/:id/open',
      {
        config: { access: 'threads.read' },
        schema: {
          tags,
          summary: 'Fill the hot tier with the thread and its last messages.',
          params,
          response: { 200: z.object({ threadId: z.string(), lastSeq: z.number() }) },
        },
      },
      async (request) => {
        const { tenantId } = request.principal;
        const row = await core.database.withTenant(tenantId, (tx) =>
          findConversation(tx, request.params.id, teamsSeenBy(request.principal)),
        );
        if (row === null) throw new ApiError('not_found');
        const thread = await openThread(core, tenantId, row.thread_id);
        return { threadId: thread.threadId, lastSeq: thread.lastSeq };
      },
    );

    app.post(
      '/api/v1/conversations/:id/read',
      {
        config: { access: 'threads.read' },
        schema: {
          tags,
          summary: 'Say that the thread was read up to a place.',
          params,
          body: z.strictObject({ seq: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }),
          response: { 204: nothing },
        },
      },
      async (request, reply) => {
        const { tenantId } = request.principal;
        const reader = { tenantId, teams: teamsSeenBy(request.principal) };
        await markRead(core, reader, request.params.id, request.body.seq);
        return reply.code(204).send(null);
      },
    );

    for (const [path, status, summary] of [
      ['close', 'closed', 'Close the conversation. The next text reopens it.'],
      ['reopen', 'open', 'Reopen the conversation.'],
    ] as const) {
      app.post(
        `/api/v1/conversations/:id/${path}`,
        { config: { access: 'threads.answer' }, schema: { tags, summary, params, response: { 204: nothing } } },
        async (request, reply) => {
          await setConversationStatus(core, {
            tenantId: request.principal.tenantId,
            teams: teamsSeenBy(request.principal),
            conversationId: request.params.id,
            status,
            actor: actorOf(request.principal),
          });
          return reply.code(204).send(null);
        },
      );
    }
  };
}
