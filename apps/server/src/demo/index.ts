/**
 * Demo data: one company with a team, three numbers at the carrier emulator, and some days of conversations, so that a
 * first start shows a working product. Made only in an empty installation that nobody else's machine can reach.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { MessagingCore } from '../messaging/index.ts';
import { addTelnyxNumbers, addTwilioNumbers } from '../numbers/index.ts';
import { describeApiKey } from '../platform/auth/api-keys.ts';
import type { SignIn } from '../platform/auth/sign-in.ts';
import type { Sealer } from '../platform/secrets/seal.ts';
import type { Settings } from '../platform/settings.ts';
import { addMember, createTenant, handsetUrl, hasTenant, insertApiKey, ownInstallation } from '../tenants/index.ts';
import { registerAtEmulator, telnyxAccount, twilioAccount } from './emulator-account.ts';
import { DEMO_TENANT, type DemoPlan, demoPlan, newDemoPlan, telnyxAccountRef } from './plan.ts';
import { readJson, writePrivateJson } from './private-file.ts';
import { seedConversations } from './seed-conversations.ts';

/** DATA_DIR/demo.json: what scripts and the welcome message read. */
export const demoFile = z.object({
  url: z.string(),
  hotUrl: z.string(),
  emulatorUrl: z.string().nullable(),
  handsetUrl: z.string().nullable(),
  tenantId: z.string(),
  apiKey: z.string(),
  users: z.array(z.object({ email: z.string(), password: z.string(), name: z.string(), role: z.string() })),
  /** Twilio's come first. */
  numbers: z.array(
    z.discriminatedUnion('carrier', [
      z.object({ e164: z.string(), carrier: z.literal('twilio'), accountSid: z.string(), authToken: z.string() }),
      z.object({
        e164: z.string(),
        carrier: z.literal('telnyx'),
        apiKey: z.string(),
        webhookPrivateKey: z.string(),
        webhookPublicKey: z.string(),
      }),
    ]),
  ),
});

export type Demo = z.infer<typeof demoFile>;

export interface DemoDeps {
  settings: Pick<
    Settings,
    'dataDir' | 'demoAllowed' | 'publicUrl' | 'hotPublicUrl' | 'emulatorUrl' | 'emulatorPublicUrl' | 'emulator'
  >;
  signIn: Pick<SignIn, 'ensureUser'>;
  sealer: Sealer;
  core: MessagingCore;
}

/**
 * Makes the demo when this installation is empty, finishes one that was cut short, and otherwise brings the addresses in
 * demo.json and at the emulator up to date. Returns null where there is no demo.
 */
export async function ensureDemo(deps: DemoDeps): Promise<Demo | null> {
  const { settings, core } = deps;
  if (!settings.demoAllowed) return null;
  const file = path.join(settings.dataDir, 'demo.json');
  const planFile = path.join(settings.dataDir, 'secrets', 'demo-plan.json');

  const before = await readJson(file);
  if (before !== null) {
    const demo = { ...demoFile.parse(before), ...addressesOf(settings) };
    await register(deps, demo);
    if (JSON.stringify(demo) !== JSON.stringify(before)) await writePrivateJson(file, demo);
    return demo;
  }

  const plan = await planOf(deps, planFile);
  if (plan === null) return null;
  await carryOut(deps, plan);
  const demo = describe(settings, plan);
  await register(deps, demo);
  // Last: whoever finds this file finds everything it names.
  await writePrivateJson(file, demo);
  await rm(planFile, { force: true });
  core.log.info('demo data was made');
  return demo;
}

async function planOf({ core }: DemoDeps, planFile: string): Promise<DemoPlan | null> {
  const unfinished = await readJson(planFile);
  if (unfinished !== null) return demoPlan.parse(unfinished);
  if (await core.database.withPlatform(hasTenant)) return null;
  const plan = newDemoPlan(new Date());
  await writePrivateJson(planFile, plan);
  return plan;
}

/** Every step may be repeated: what is there stays as it is. */
async function carryOut({ signIn, sealer, core }: DemoDeps, plan: DemoPlan): Promise<void> {
  const { database } = core;
  const people: Array<{ id: string; name: string; role: DemoPlan['users'][number]['role'] }> = [];
  for (const user of plan.users) people.push({ ...user, ...(await signIn.ensureUser(user)) });
  const owner = people.find(({ role }) => role === 'owner');
  if (owner === undefined) throw new Error('The demo has no owner');

  await database.withPlatform(async (tx) => {
    await ownInstallation(tx, owner.id);
    await createTenant(tx, { id: plan.tenantId, ...DEMO_TENANT, ownerId: owner.id });
  });
  await database.withTenant(plan.tenantId, async (tx) => {
    for (const { id, role } of people) await addMember(tx, id, role);
    const about = {
      id: plan.apiKey.id,
      name: 'Demo scripts',
      role: 'admin' as const,
      scopes: null,
      createdBy: owner.id,
    };
    await insertApiKey(tx, describeApiKey(plan.apiKey.key), about);
    await addTwilioNumbers(tx, sealer, plan.account);
    if (plan.telnyx !== undefined) await addTelnyxNumbers(tx, sealer, plan.telnyx);
  });

  const directory = await core.directory.all();
  await seedConversations(core, {
    tenantId: plan.tenantId,
    madeAt: new Date(plan.madeAt),
    authors: new Map(people.map((person) => [person.name.split(' ')[0] ?? '', person])),
    numbers: new Map(
      directory.filter(({ tenantId }) => tenantId === plan.tenantId).map((number) => [number.name, number]),
    ),
  });
}

function describe(settings: DemoDeps['settings'], plan: DemoPlan): Demo {
  const { account, telnyx } = plan;
  return {
    ...addressesOf(settings),
    tenantId: plan.tenantId,
    apiKey: plan.apiKey.key,
    users: plan.users.map(({ email, password, name, role }) => ({ email, password, name, role })),
    numbers: [
      ...account.numbers.map(({ e164 }) => ({
        e164,
        carrier: 'twilio' as const,
        accountSid: account.accountSid,
        authToken: account.authToken,
      })),
      ...(telnyx?.numbers ?? []).map(({ e164 }) => ({
        e164,
        carrier: 'telnyx' as const,
        apiKey: telnyx?.apiKey ?? '',
        webhookPrivateKey: telnyx?.webhookPrivateKey ?? '',
        webhookPublicKey: telnyx?.webhookPublicKey ?? '',
      })),
    ],
  };
}

function addressesOf(settings: DemoDeps['settings']) {
  return {
    url: settings.publicUrl,
    hotUrl: settings.hotPublicUrl,
    emulatorUrl: settings.emulator ? settings.emulatorPublicUrl : null,
    handsetUrl: handsetUrl(settings),
  };
}

/** Tells the emulator of the demo's accounts and where their texts go. */
async function register({ settings, core }: DemoDeps, { tenantId, numbers }: Demo): Promise<void> {
  const { emulatorUrl, publicUrl } = settings;
  if (emulatorUrl === null) return;
  const names = new Map((await core.directory.all()).map(({ e164, name }) => [e164, name]));
  const named = (e164: string) => ({ e164, friendlyName: names.get(e164) ?? e164 });
  const twilio = numbers.filter((number) => number.carrier === 'twilio');
  const telnyx = numbers.filter((number) => number.carrier === 'telnyx');
  if (twilio[0] !== undefined) {
    await registerAtEmulator({
      emulatorUrl,
      log: core.log,
      ...twilioAccount(
        publicUrl,
        twilio[0],
        twilio.map(({ e164 }) => named(e164)),
      ),
    });
  }
  if (telnyx[0] !== undefined) {
    await registerAtEmulator({
      emulatorUrl,
      log: core.log,
      ...telnyxAccount(
        publicUrl,
        telnyxAccountRef(tenantId),
        telnyx[0],
        telnyx.map(({ e164 }) => named(e164)),
      ),
    });
  }
}
