import { z } from 'zod';
import { FAULT_NAMES, type FaultName } from '../faults.ts';
import { isShortCode, toE164 } from '../phone-numbers.ts';
import { isRawKey } from '../telnyx/signature.ts';

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

/** Twilio's AC SID; a Telnyx account has a name of the caller's choice. */
export const accountSid = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _');
export const twilioSid = z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'must be AC and 32 hexadecimal digits');

const limits = z
  .strictObject({
    requestsPerSecond: z.number().int().min(1).nullable(),
    concurrency: z.number().int().min(1).nullable(),
    segmentsPerSecond: z.number().positive().nullable(),
    queueSeconds: z.number().int().min(0).max(360_000),
  })
  .partial();

const keywordSet = z.strictObject({
  keywords: z.array(z.string().min(1).max(40)).max(50),
  reply: z.string().max(1600).default(''),
});

const ownNumber = {
  e164: carrierNumber,
  friendlyName: z.string().max(64).optional(),
  segmentsPerSecond: z.number().positive().nullable().optional(),
};

export const twilioAccountBody = z.strictObject({
  carrier: z.literal('twilio').default('twilio'),
  authToken: z.string().min(1).max(200),
  friendlyName: z.string().max(64).optional(),
  limits: limits.optional(),
  numbers: z
    .array(
      z.strictObject({
        ...ownNumber,
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
        fallbackUrl: url.default(''),
        statusCallback: url.default(''),
        useInboundWebhookOnNumber: z.boolean().default(true),
        stickySender: z.boolean().default(true),
        areaCodeGeomatch: z.boolean().default(true),
        validityPeriod: z.number().int().min(1).max(36_000).default(36_000),
        advancedOptOut: z
          .strictObject({ stop: keywordSet, start: keywordSet, help: keywordSet })
          .partial()
          .nullable()
          .default(null),
      }),
    )
    .max(100)
    .optional(),
});

const rawKey = z.string().refine(isRawKey, 'must be the base64 of 32 bytes');

export const telnyxAccountBody = z.strictObject({
  carrier: z.literal('telnyx'),
  apiKey: z.string().min(1).max(200),
  friendlyName: z.string().max(64).optional(),
  limits: limits.optional(),
  webhookPrivateKey: rawKey.optional(),
  webhookPublicKey: rawKey.optional(),
  messagingProfile: z
    .strictObject({
      id: z.uuid().optional(),
      name: z.string().max(64).optional(),
      webhookUrl: url.optional(),
      webhookFailoverUrl: url.optional(),
      whitelistedDestinations: z.array(z.string().regex(/^([A-Z]{2}|\*)$/)).optional(),
      numberPool: z.boolean().optional(),
    })
    .default({}),
  numbers: z.array(z.strictObject(ownNumber)).max(10_000).default([]),
});

export const accountBody = z.union([telnyxAccountBody, twilioAccountBody]);

export const handsetBody = z.strictObject({
  name: z.string().trim().max(80).optional(),
  reachable: z.boolean().optional(),
});

const contentType = z.string().regex(/^[a-z]+\/[a-z0-9.+-]{1,80}$/, 'must be a media type');

/** An attachment: at an address, or with its bytes. */
const attachment = z.union([
  z.strictObject({ url: z.url({ protocol: /^https?$/ }), contentType }),
  z.strictObject({ contentType, data: z.base64() }),
]);

export const textBody = z
  .strictObject({
    to: z.string(),
    body: z.string().max(1600).default(''),
    media: z.array(attachment).max(10).default([]),
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
