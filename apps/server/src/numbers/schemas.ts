import { z } from 'zod';
import { isoTime } from '../platform/http/schemas.ts';

/** What requests and answers about numbers and carrier accounts are made of. */

export const carrier = z.enum(['twilio', 'telnyx']);
export const name = z.string().trim().min(1).max(120);
export const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'is not a number in E.164, such as +13035550142');
export const authToken = z
  .string()
  .trim()
  .regex(/^[!-~]{8,200}$/, 'is not a credential: 8 characters or more without spaces')
  .describe('Stored encrypted and never given out again.');

export const publicKey = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9+/]{43}=$/, 'is not a public key: 44 characters, of which the last is =')
  .describe('With which Telnyx’s webhooks are verified.');

export const sendingClass = z
  .enum(['long_code', 'toll_free', 'short_code', '10dlc_high', '10dlc_middle', '10dlc_low', '10dlc_sole_proprietor'])
  .describe('How fast the carrier lets it send; null: by the look of the number.');
export const messagingService = z
  .string()
  .trim()
  .regex(
    /^(MG[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    'is neither a Messaging Service (MG…) nor a messaging profile',
  )
  .describe('What it sends through: a Messaging Service of Twilio’s (MG…) or a messaging profile of Telnyx’s.');
export const campaign = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .describe('The campaign whose rate it shares with other numbers.');

const clock = z.string().max(5).describe('HH:MM, up to 24:00.');
const span = z.strictObject({ from: clock, to: clock });

export const businessHours = z
  .strictObject({
    timeZone: z.string().max(64),
    week: z.array(span.extend({ day: z.number().describe('1 is Monday.') })).max(50),
    holidays: z
      .array(
        z.strictObject({
          date: z.string().max(10),
          name: z.string().trim().min(1).max(80),
          spans: z.array(span).max(10),
        }),
      )
      .max(200)
      .describe('Days with hours of their own; without any: closed.'),
  })
  .describe('When it is attended, in the local time of one place; null: always.');

export const closedReply = z
  .string()
  .trim()
  .min(1)
  .max(1600)
  .describe('Sent once to who texts outside the hours; `{opens}` becomes when it is attended next. Null: nothing.');

export const number = z.object({
  id: z.uuid(),
  e164: z.string(),
  name: z.string(),
  isDefault: z.boolean(),
  active: z.boolean(),
  carrierAutoReply: z.boolean().describe('The carrier answers STOP and HELP itself, so we stay silent.'),
  messagingService: z.string().nullable(),
  sendingClass: sendingClass.or(z.literal('emulated')).nullable(),
  campaign: z.string().nullable(),
  businessHours: businessHours.nullable(),
  closedReply: z.string().nullable(),
  teamId: z.uuid().nullable(),
  webhook: z
    .object({ checkedAt: isoTime, problem: z.string().nullable() })
    .nullable()
    .describe('When texts were last seen to be able to arrive, or what was wrong.'),
});

export const steps = z
  .array(
    z.object({
      step: z.enum(['address_at_carrier', 'arrives', 'signature_checked']),
      ok: z.boolean(),
      words: z.string(),
    }),
  )
  .describe('What was looked at, in order, up to the first that failed.');

export const available = z.object({
  e164: z.string(),
  name: z.string(),
  capabilities: z.object({ sms: z.boolean(), mms: z.boolean(), voice: z.boolean() }),
  state: z.enum(['free', 'ours', 'taken']).describe('`taken`: another team here has it connected.'),
});

export const credentials = z.discriminatedUnion('carrier', [
  z.strictObject({
    carrier: z.literal('twilio'),
    accountSid: z
      .string()
      .trim()
      .regex(/^AC[0-9a-f]{32}$/, 'is not an account SID: AC and 32 characters of 0-9 and a-f'),
    authToken,
  }),
  z.strictObject({ carrier: z.literal('telnyx'), apiKey: authToken, publicKey }),
]);
