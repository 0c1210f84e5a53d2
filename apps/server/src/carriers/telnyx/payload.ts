import { z } from 'zod';

/** Some kinds of messages have an address as text, others as an object: both are read, anything else is no address. */
const address = z
  .union([z.string(), z.looseObject({ phone_number: z.string() }).transform(({ phone_number }) => phone_number)])
  .catch('');

const recipient = z
  .union([
    z.string().transform((phoneNumber) => ({ phoneNumber, status: '' })),
    z
      .looseObject({ phone_number: z.string(), status: z.string().catch('') })
      .transform(({ phone_number, status }) => ({ phoneNumber: phone_number, status })),
  ])
  .catch({ phoneNumber: '', status: '' });

const problem = z.looseObject({
  code: z.union([z.string(), z.number()]).catch(''),
  title: z.string().catch(''),
});

/**
 * A message as Telnyx tells it, in an answer and in a webhook alike. Only what is needed is read, and whatever else it
 * holds, now or later, is no reason to refuse it.
 */
export const telnyxMessage = z.looseObject({
  id: z.string().catch(''),
  direction: z.string().catch(''),
  from: address,
  to: z.union([z.array(recipient), recipient.transform((one) => [one])]).catch([]),
  cc: z.array(recipient).catch([]),
  text: z.string().catch(''),
  media: z.array(z.looseObject({ url: z.string().catch(''), content_type: z.string().nullish().catch('') })).catch([]),
  errors: z.array(problem).catch([]),
  webhook_url: z.string().catch(''),
  autoresponse_type: z.string().catch(''),
  received_at: z.string().catch(''),
});

export type TelnyxMessage = z.output<typeof telnyxMessage>;

const envelope = z.looseObject({
  data: z.looseObject({
    id: z.string().catch(''),
    event_type: z.string().catch(''),
    payload: telnyxMessage,
  }),
});

export interface TelnyxEvent {
  id: string;
  type: string;
  message: TelnyxMessage;
}

/** The event in a webhook's body, or null when there is none in it. */
export function readEvent(raw: Buffer): TelnyxEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(raw.toString('utf8'));
  } catch {
    // Anybody may post anything here; what it is worth is decided by its signature.
    return null;
  }
  const parsed = envelope.safeParse(value);
  if (!parsed.success) return null;
  const { id, event_type: type, payload } = parsed.data.data;
  return { id, type, message: payload };
}
