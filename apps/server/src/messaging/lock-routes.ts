import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { personOf } from '../platform/http/access.ts';
import { acceptBeacons } from '../platform/http/json-body.ts';
import { actorOf } from '../platform/http/principal.ts';
import { uuid } from '../platform/http/schemas.ts';
import type { MessagingCore } from './core.ts';
import { takeOverLock } from './take-over-lock.ts';

const params = z.strictObject({ threadId: uuid });
const tabId = z.string().min(1).max(64);
const tags = ['Threads'];

/** Taking, renewing and letting go go straight to the hot tier; here is what needs the server. */
export function lockRoutes(core: MessagingCore): FastifyPluginAsyncZod {
  return async (app) => {
    acceptBeacons(app);

    app.post(
      '/api/v1/threads/:threadId/lock/take-over',
      {
        config: { access: 'threads.take_over' },
        schema: {
          tags,
          summary: 'Take a thread over from whoever is answering it. Recorded in the ledger.',
          params,
          body: z.strictObject({ tabId }),
          response: { 200: z.object({ token: z.number(), expiresAt: z.number() }) },
        },
      },
      async (request) => {
        const person = personOf(request);
        return takeOverLock(core, {
          tenantId: person.tenantId,
          threadId: request.params.threadId,
          holder: { userId: person.userId, name: person.name, tabId: request.body.tabId },
          actor: actorOf(person),
        });
      },
    );

    app.post(
      '/api/v1/threads/:threadId/lock/release',
      {
        config: { access: 'threads.answer' },
        schema: {
          tags,
          summary: 'Let go of a thread while the page is being closed.',
          params,
          body: z.strictObject({ tabId, token: z.number().int().min(0) }),
          response: { 204: z.null().describe('Done.') },
        },
      },
      async (request, reply) => {
        const person = personOf(request);
        await core.hot.releaseLock({
          tenantId: person.tenantId,
          threadId: request.params.threadId,
          userId: person.userId,
          tabId: request.body.tabId,
          token: request.body.token,
        });
        return reply.code(204).send(null);
      },
    );
  };
}
