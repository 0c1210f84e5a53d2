import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SignIn } from '../platform/auth/sign-in.ts';
import type { Database } from '../platform/database/doors.ts';
import { isoTime, optionalParam, uuid } from '../platform/http/schemas.ts';
import { namesOf, peopleCalled } from './audit-names.ts';
import { auditWords } from './audit-words.ts';
import { searchAudit } from './search-audit.ts';

export interface AuditRoutesDeps {
  database: Database;
  signIn: Pick<SignIn, 'people'>;
}

const ENTRIES_A_PAGE = 50;

const time = optionalParam(z.iso.datetime({ offset: true }));

/** The ledger, for people to search. `audit:verify` proves that nothing in it was changed. */
export const auditRoutes =
  (deps: AuditRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/api/v1/audit',
      {
        config: { access: 'audit.read' },
        schema: {
          tags: ['Audit'],
          summary: 'Searches the audit ledger, newest first.',
          description:
            'One question looks through 20,000 entries at most: a page may be short, or empty, and still have a `nextCursor`.',
          querystring: z.strictObject({
            q: z
              .string()
              .trim()
              .max(200)
              .default('')
              .describe('Looked for in what was recorded, and in names of people.'),
            kind: optionalParam(z.string().regex(/^[a-z_]+(\.[a-z_]+)?$/, 'not a kind of entry')).describe(
              'A kind such as `dnc.set`, or its first part. Left out: everything but single messages (`message`).',
            ),
            actor: optionalParam(z.string().max(100)).describe('`user:` and an id, `key:` and an id, `system`.'),
            subject: optionalParam(z.string().max(200)).describe('What it happened to: an id or an address.'),
            from: time,
            to: time,
            cursor: optionalParam(uuid),
            limit: optionalParam(z.coerce.number().int().min(1).max(200)).describe('50 if left out.'),
          }),
          response: {
            200: z.object({
              items: z.array(
                z.object({
                  id: z.uuid(),
                  at: isoTime,
                  kind: z.string(),
                  words: z.string().describe('What happened, in words that follow the name of who acted.'),
                  actor: z.object({
                    kind: z.string().describe('`user`, `key`, `carrier`, `person` (a customer) or `system`.'),
                    id: z.string().nullable(),
                    name: z.string().nullable(),
                  }),
                  subject: z.string(),
                  subjectName: z.string().nullable().describe('The name of the person or contact it happened to.'),
                  where: z
                    .object({ ip: z.string(), userAgent: z.string().nullable() })
                    .nullable()
                    .describe('From where, when somebody asked for it over HTTP.'),
                  details: z.record(z.string(), z.unknown()).nullable().describe('Null when it was erased.'),
                }),
              ),
              nextCursor: z.string().nullable(),
            }),
          },
        },
      },
      async ({ principal, query }) => {
        const { tenantId } = principal;
        const people = query.q === '' ? [] : await peopleCalled(deps, tenantId, query.q);
        const { rows, next } = await deps.database.withTenant(tenantId, (tx) =>
          searchAudit(tx, {
            kind: query.kind ?? null,
            text: query.q,
            people,
            actor: query.actor ?? null,
            subject: query.subject ?? null,
            from: query.from === undefined ? null : new Date(query.from),
            to: query.to === undefined ? null : new Date(query.to),
            below: query.cursor ?? null,
            limit: query.limit ?? ENTRIES_A_PAGE,
          }),
        );
        const names = await namesOf(deps, tenantId, rows);
        const items = rows.map(({ id, at, kind, subject, actor, payload }) => {
          const { where = null, ...details } = payload === null ? {} : withoutHead(payload);
          const [actorKind = '', actorId = null] = actor.split(/:(.*)/, 2);
          return {
            id,
            at: at.toISOString(),
            kind,
            words: auditWords(kind, details),
            actor: { kind: actorKind, id: actorId, name: names.get(actorId ?? '') ?? null },
            subject,
            subjectName: names.get(subject) ?? null,
            where: where as { ip: string; userAgent: string | null } | null,
            details: payload === null ? null : details,
          };
        });
        return { items, nextCursor: next };
      },
    );
  };

/** A payload without what every payload repeats of its entry. */
function withoutHead(payload: string): Record<string, unknown> {
  const { id: _id, kind: _kind, subject: _subject, actor: _actor, ...rest } = JSON.parse(payload);
  return rest;
}
