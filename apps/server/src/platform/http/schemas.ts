import { ERRORS, type ErrorCode } from '@patchline/contracts/errors';
import { z } from 'zod';

/** An id in an address or a body. One that is malformed is answered like one that does not exist. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'not an id')
  .toLowerCase();

/** The address of one thing: `…/:id`. */
export const idParams = z.strictObject({ id: uuid });

/** A time in an answer: ISO 8601 in UTC. */
export const isoTime = z.string().meta({ format: 'date-time' });

/** A parameter of a query that may be left out or left empty (`?cursor=&limit=`): both mean the same. */
export function optionalParam<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
}

/** An answer without a body. */
export const noContent = z.null().describe('Done; no body.');

/**
 * Response schemas of refusals, for a route's `response`. Those that its shape implies (a body, an id, a role) need not be
 * named: open-api.ts adds them.
 */
export function refusals(...codes: ErrorCode[]): Record<number, z.ZodType> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, sameStatus]) => [status, refusal(sameStatus)]));
}

function refusal(codes: readonly ErrorCode[]): z.ZodType {
  return z
    .object({ error: z.object({ code: z.enum(codes), message: z.string(), details: z.unknown().optional() }) })
    .describe(codes.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join('\n\n'));
}
