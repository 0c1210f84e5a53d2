import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Role } from '@patchline/contracts/roles';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { generateApiKey } from '../platform/auth/api-keys.ts';
import { memorablePassword } from './passwords.ts';

/**
 * Everything that is random about the demo, decided and written down before the first of it is made: a start that was
 * cut short is finished by the next one with the same ids, keys and passwords.
 */
export const demoPlan = z.object({
  tenantId: z.string(),
  /** ISO time; the demo's messages are dated back from here. */
  madeAt: z.string(),
  apiKey: z.object({ id: z.string(), key: z.string() }),
  users: z.array(
    z.object({
      email: z.string(),
      name: z.string(),
      role: z.enum(['owner', 'admin', 'supervisor', 'agent']),
      password: z.string(),
    }),
  ),
  account: z.object({
    id: z.string(),
    accountSid: z.string(),
    authToken: z.string(),
    numbers: z.array(z.object({ id: z.string(), e164: z.string(), name: z.string() })),
  }),
  telnyx: z
    .object({
      id: z.string(),
      accountRef: z.string(),
      apiKey: z.string(),
      /** Halves of the Ed25519 key that the emulator signs with: 32 bytes each, base64. */
      webhookPrivateKey: z.string(),
      webhookPublicKey: z.string(),
      numbers: z.array(z.object({ id: z.string(), e164: z.string(), name: z.string() })),
    })
    // A plan that an earlier version wrote has none.
    .optional(),
});

export type DemoPlan = z.infer<typeof demoPlan>;

export const DEMO_TENANT = { name: 'Quillmere Heating', timeZone: 'America/Denver' } as const;

const PEOPLE: ReadonlyArray<{ name: string; role: Role }> = [
  { name: 'Helena Quill', role: 'owner' },
  { name: 'Ivo Marek', role: 'admin' },
  { name: 'Priya Nair', role: 'supervisor' },
  { name: 'Mei Tanaka', role: 'agent' },
  { name: 'Sam Okafor', role: 'agent' },
];

/** Numbers of the range that is kept for fiction; the first is the default. */
const NUMBERS = [
  { e164: '+17205550110', name: 'Main line' },
  { e164: '+17205550112', name: 'Billing' },
];

const TELNYX_NUMBERS = [{ e164: '+17205550114', name: 'Telnyx line' }];

/** What the demo's Telnyx account is called, here and at the emulator. */
export const telnyxAccountRef = (tenantId: string) => `telnyx-${tenantId}`;

export function newDemoPlan(now: Date): DemoPlan {
  const tenantId = uuidv7();
  return {
    tenantId,
    madeAt: now.toISOString(),
    apiKey: { id: uuidv7(), key: generateApiKey().key },
    users: PEOPLE.map(({ name, role }) => ({
      name,
      role,
      email: `${(name.split(' ')[0] ?? name).toLowerCase()}@quillmere.example`,
      password: memorablePassword(),
    })),
    account: {
      id: uuidv7(),
      accountSid: `AC${randomBytes(16).toString('hex')}`,
      authToken: randomBytes(16).toString('hex'),
      numbers: NUMBERS.map((number) => ({ id: uuidv7(), ...number })),
    },
    telnyx: {
      id: uuidv7(),
      accountRef: telnyxAccountRef(tenantId),
      apiKey: `KEY${randomBytes(24).toString('hex')}`,
      ...newWebhookKeys(),
      numbers: TELNYX_NUMBERS.map((number) => ({ id: uuidv7(), ...number })),
    },
  };
}

function newWebhookKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  // In both forms the key itself is the last 32 bytes.
  const raw = (der: Buffer) => der.subarray(-32).toString('base64');
  return {
    webhookPrivateKey: raw(privateKey.export({ format: 'der', type: 'pkcs8' })),
    webhookPublicKey: raw(publicKey.export({ format: 'der', type: 'spki' })),
  };
}
