import { z } from 'zod';
import { isoTime, uuid } from '../platform/http/schemas.ts';
import { FIELD_TYPES } from './contact-fields.ts';

/** What requests and answers about contacts are made of. */

export const params = z.strictObject({ id: uuid });

export const name = z.string().trim().min(1).max(200);
export const company = z.string().trim().min(1).max(200);
export const type = z.enum(['lead', 'customer']);
export const tag = z.string().trim().min(1).max(40);
export const tags = z.array(tag).max(50);
export const custom = z.record(z.string().max(40), z.unknown()).describe('Values of your own fields, by their key.');
export const channel = z.enum(['sms', 'email']);
export const label = z.string().trim().min(1).max(40);
export const address = z.strictObject({
  channel,
  address: z.string().trim().min(1).max(254).describe('A phone number, in any usual form, or an e-mail address.'),
  label: label.nullable().optional(),
});

const flag = z
  .object({
    set: z.boolean(),
    source: z.string(),
    reason: z.string().nullable(),
    by: z.string().nullable(),
    at: z.string(),
  })
  .nullable()
  .describe('null: never set.');

export const contact = z.object({
  id: z.string(),
  name: z.string().nullable(),
  type,
  company: z.string().nullable(),
  owner: z.object({ id: z.string(), name: z.string() }).nullable(),
  tags: z.array(z.string()),
  custom: z.record(z.string(), z.unknown()),
  notes: z.number().describe('How many notes there are.'),
  createdAt: z.string(),
  deletedAt: z.string().nullable(),
  mergedInto: z.string().nullable().describe('The contact that this one became part of.'),
  addresses: z.array(
    z.object({
      address: z.string(),
      channel,
      label: z.string().nullable(),
      dnc: z.object({ sms: flag, voice: flag }),
    }),
  ),
  events: z.array(z.object({ id: z.string(), kind: z.string(), at: z.string(), text: z.string() })),
});

export const foundContact = z.object({
  id: z.string(),
  name: z.string().nullable(),
  type,
  company: z.string().nullable(),
  owner: z.object({ id: z.string(), name: z.string() }).nullable(),
  addresses: z.array(z.object({ channel, address: z.string(), label: z.string().nullable() })),
  tags: z.array(z.string()),
  updatedAt: isoTime,
});

export const note = z.object({
  id: z.string(),
  body: z.string(),
  author: z.object({ id: z.string().nullable(), name: z.string() }),
  createdAt: isoTime,
  updatedAt: isoTime,
});

const options = z.array(z.string().trim().min(1).max(80)).min(1).max(100);

export const field = z.object({
  id: z.string(),
  key: z.string(),
  label: z.string(),
  type: z.enum(FIELD_TYPES),
  options: z.array(z.string()).nullable(),
  position: z.number(),
});

export const newField = z
  .strictObject({
    label: z.string().trim().min(1).max(80),
    type: z.enum(FIELD_TYPES),
    options: options.nullable().default(null),
    key: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,39}$/, 'is not made of small letters, digits and _')
      .optional(),
  })
  .refine(({ type: kind, options: choices }) => (kind === 'choice') === (choices !== null), {
    path: ['options'],
    message: 'must be given for a choice, and for nothing else',
  });

export const fieldChange = z.strictObject({
  label: z.string().trim().min(1).max(80).optional(),
  options: options.optional(),
  position: z.number().int().min(0).max(1000).optional(),
});
