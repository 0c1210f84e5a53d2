import { z } from 'zod';
import { FAULT_NAMES, type FaultName } from '../faults.ts';
import { isShortCode, toE164 } from '../phone-numbers.ts';

const url = z.union([z.literal(''), z.url({ protocol: /^https?$/ })]);
const method = z.enum(['POST', 'GET']);

/** A carrier number: E.164 or a short code. */
const carrierNumber = z.string().transform((text, context) => {
  const number = isShortCode(text) ? text : toE164(text);
  if (!number) context.addIssue({ code: 'custom', message: 'must be an E.164 number or a short code' });
  return number ?? '';
});

/** A person's number. */
export const personNumber = z.string().transform((text, context) => {
  const number = toE164(text);
  if (!number) context.addIssue({ code: 'custom', message: 'must be a telephone number' });
  return number ?? '';
});

export const accountSid = z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'must be AC and 32 hexadecimal digits');

export const accountBody = z.strictObject({
  carrier: z.literal('twilio').default('twilio'),
  authToken: z.string().min(1).max(200),
  friendlyName: z.string().max(64).optional(),
  numbers: z
    .array(
      z.strictObject({
        e164: carrierNumber,
        friendlyName: z.string().max(64).optional(),
        smsUrl: url.optional(),
        smsMethod: method.optional(),
        smsFallbackUrl: url.optional(),
        smsFallbackMethod: method.optional(),
        voiceUrl: url.optional(),
        voiceMethod: method.optional(),
        statusCallback: url.optional(),
      }),
    )
    .max(10_000)
    .default([]),
  messagingServices: z
    .array(
      z.strictObject({
        sid: z.string().regex(/^MG[0-9a-fA-F]{32}$/, 'must be MG and 32 hexadecimal digits'),
        friendlyName: z.string().max(64).default(''),
        numbers: z.array(carrierNumber).max(400),
        inboundUrl: url.default(''),
        statusCallback: url.default(''),
        useInboundWebhookOnNumber: z.boolean().default(true),
      }),
    )
    .max(100)
    .default([]),
});

export const handsetBody = z.strictObject({
  name: z.string().trim().max(80).optional(),
  reachable: z.boolean().optional(),
});

export const textBody = z
  .strictObject({
    to: z.string(),
    body: z.string().max(1600).default(''),
    media: z
      .array(z.strictObject({ url: z.url({ protocol: /^https?$/ }), contentType: z.string().max(100) }))
      .max(10)
      .default([]),
  })
  .refine((text) => text.body !== '' || text.media.length > 0, { message: 'needs a body or media', path: ['body'] });

export const handsetMessagesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  after: z.coerce.number().int().min(0).default(0),
});

export const requestsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(2000).default(200),
  way: z.enum(['from-app', 'to-app']).optional(),
  failed: z.enum(['true', 'false']).optional(),
});

const rule = z.union([
  z
    .number()
    .min(0)
    .max(1)
    .transform((probability) => ({ probability, times: null })),
  z.strictObject({
    probability: z.number().min(0).max(1).default(1),
    times: z.number().int().min(1).nullable().default(null),
    ms: z.number().int().min(0).max(3_600_000).optional(),
    code: z.number().int().min(10_000).max(99_999).optional(),
    kind: z.enum(['inbound', 'status']).optional(),
  }),
]);

export const faultsBody = z.strictObject({
  accountSid: accountSid.nullable().default(null),
  seed: z.number().int().min(0).max(0xffffffff).default(1),
  faults: z.partialRecord(z.enum(Object.keys(FAULT_NAMES) as [FaultName, ...FaultName[]]), rule).default({}),
});

export const clockBody = z.strictObject({
  rate: z.number().min(0.1).max(1000).optional(),
  advanceMs: z
    .number()
    .int()
    .min(0)
    .max(400 * 24 * 3_600_000)
    .optional(),
});
