import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { MediaItem } from '@patchline/contracts/media';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNumberDirectory, credentialContext, TELNYX_PATH } from '../carriers/index.ts';
import { createSealer } from '../platform/secrets/seal.ts';
import { acceptOutbound } from './accept-outbound.ts';
import { reconcileInbound } from './reconcile.ts';
import { reconcileOverdue } from './reconcile-overdue.ts';
import { recordStatus } from './record-status.ts';
import { settleMessage } from './settle-unknown.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

const NUMBER = '+17205550114';
const ACCOUNT = 'telnyx-under-test';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
  await connectTelnyx();
});
afterAll(() => world.close());

/** A Telnyx account with one number, here and at the emulator. */
async function connectTelnyx(): Promise<void> {
  const sealer = createSealer(randomBytes(32));
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = (der: Buffer) => der.subarray(-32).toString('base64');
  const webhookPublicKey = raw(publicKey.export({ format: 'der', type: 'spki' }));
  const id = uuidv7();
  const apiKey = `KEY${randomBytes(16).toString('hex')}`;
  const sealed = (accountId: string, secret: string) =>
    sealer.seal(secret, credentialContext(world.tenantId, accountId));
  await world.db.peek('update carrier_accounts set auth_token_sealed = $2 where id = $1', [
    world.accountId,
    sealed(world.accountId, world.authToken),
  ]);
  await world.db.peek(
    `insert into carrier_accounts (tenant_id, id, carrier, account_ref, auth_token_sealed, webhook_public_key)
     values ($1, $2, 'telnyx', $3, $4, $5)`,
    [world.tenantId, id, ACCOUNT, sealed(id, apiKey), webhookPublicKey],
  );
  await world.db.peek(
    "insert into numbers (tenant_id, id, e164, carrier_account_id, name) values ($1, $2, $3, $4, 'Telnyx line')",
    [world.tenantId, uuidv7(), NUMBER, id],
  );
  world.core.directory = createNumberDirectory(world.db, sealer);
  const answer = await control(`/accounts/${ACCOUNT}`, 'PUT', {
    carrier: 'telnyx',
    apiKey,
    webhookPrivateKey: raw(privateKey.export({ format: 'der', type: 'pkcs8' })),
    webhookPublicKey,
    messagingProfile: { webhookUrl: world.core.publicUrl + TELNYX_PATH },
    numbers: [{ e164: NUMBER }],
  });
  if (!answer.ok) throw new Error(`The emulator did not take the account: ${await answer.text()}`);
}

const control = (path: string, method: string, body?: unknown) =>
  fetch(`${world.emulator.url}/emulator/api${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
/** Replaces those before at once: in a moment without any, what was held back would get through. */
const faults = async (set: Record<string, unknown>) => {
  const none = Object.keys(set).length === 0;
  const answer = await (none
    ? control('/faults', 'DELETE')
    : control('/faults', 'POST', { accountSid: ACCOUNT, faults: set }));
  expect(answer.ok).toBe(true);
};
const send = (to: string, body: string) =>
  world.core.database.withTenant(world.tenantId, (tx) =>
    acceptOutbound(world.core, tx, {
      to,
      from: NUMBER,
      body,
      mediaIds: [],
      author: null,
      actor: 'test',
      lockToken: null,
    }),
  );
const row = async (id: string) =>
  (
    await world.db.peek<{ status: string; error_code: string | null; error_message: string | null }>(
      'select status, error_code, error_message from messages where id = $1',
      [id],
    )
  )[0];
const delivered = (id: string) => world.until('it was delivered', async () => (await row(id))?.status === 'delivered');
const sentTo = async (e164: string) =>
  (await world.handset(e164)).filter((message) => message.direction !== 'inbound').map(({ body }) => body);
const text = async (from: string, body: string) => {
  const answer = await control(`/handsets/${encodeURIComponent(from)}/messages`, 'POST', { to: NUMBER, body });
  expect(answer.ok).toBe(true);
};
const from = (their: string) =>
  world.db.peek<{ body: string }>(
    "select body from messages where their_address = $1 and direction = 'inbound' order by seq",
    [their],
  );

test('an answer through Telnyx goes out once, and its delivery comes back', async () => {
  const { id } = await send('+13035550161', 'We will be there at 8.');
  await world.runJobs();
  await delivered(id);
  expect(await sentTo('+13035550161')).toEqual(['We will be there at 8.']);
});

test('a text through Telnyx is stored once, and after STOP nothing is sent', async () => {
  await faults({ 'webhook:duplicate': { probability: 1 } });
  await text('+13035550162', 'STOP');
  await world.until('it is stored', async () => (await from('+13035550162')).length > 0);
  await faults({});
  expect((await send('+13035550162', 'One more thing')).status).toBe('refused');
  expect(await from('+13035550162')).toEqual([{ body: 'STOP' }]);
});

test('a call that is cut after Telnyx took the text is not repeated: its report with our id settles it', async () => {
  await faults({ 'send:disconnect-after-accept': { probability: 1 } });
  const { id } = await send('+13035550163', 'Once, please');
  await world.runJobs();
  await faults({});
  await delivered(id);
  expect(await sentTo('+13035550163')).toEqual(['Once, please']);
  expect(await row(id)).toMatchObject({ status: 'delivered', error_code: null });
});

test('ten minutes without a word a person is asked, and a word that comes later still settles it', async () => {
  await faults({ 'send:disconnect-after-accept': { probability: 1 }, 'webhook:drop': { probability: 1 } });
  const { id } = await send('+13035550165', 'Did it go?');
  await world.runJobs();
  await faults({});
  const settle = () => settleMessage(world.core, { tenantId: world.tenantId, messageId: id, asked: 0 });
  await settle();
  expect(await row(id)).toEqual({ status: 'unknown', error_code: null, error_message: null });
  await world.db.peek(
    "update send_attempts set started_at = started_at - interval '10 minutes' where message_id = $1",
    [id],
  );
  await settle();
  await settle();
  expect(await row(id)).toEqual({
    status: 'unknown',
    error_code: 'outcome_unknown',
    error_message: 'May have been sent: send again?',
  });
  const told = await world.db.peek(
    "select 1 from audit_entries where subject = $1 and kind = 'message.outcome_unknown'",
    [id],
  );
  expect(told).toHaveLength(1);
  const number = await world.core.directory.find(NUMBER);
  if (number === null) throw new Error('The number is gone');
  const report = { number, carrierMessageId: crypto.randomUUID(), messageId: id, error: null };
  expect(await recordStatus(world.core, { ...report, their: '+13035550199', status: 'delivered' })).toBe(false);
  await recordStatus(world.core, { ...report, their: '+13035550165', status: 'delivered' });
  expect(await row(id)).toEqual({ status: 'delivered', error_code: null, error_message: null });
});

test('a block at Telnyx after an opt-out sets the flag: the next text is refused here', async () => {
  await faults({ 'send:refuse': { probability: 1, code: 40300 } });
  const { id } = await send('+13035550166', 'first');
  await world.runJobs();
  await faults({});
  expect(await row(id)).toMatchObject({ status: 'failed', error_code: '40300' });
  expect((await send('+13035550166', 'second')).status).toBe('refused');
});

test('reports that come late, twice and out of order never move a message back', async () => {
  await faults({ 'webhook:duplicate': { probability: 1 }, 'webhook:reorder': { probability: 0.5, ms: 60 } });
  const sent = await Promise.all(Array.from({ length: 10 }, (_, i) => send('+13035550167', `text ${i}`)));
  await world.runJobs();
  for (const { id } of sent) await delivered(id);
  await faults({});
  const told = await world.db.peek<{ kinds: string[] }>(
    'select array_agg(kind order by id) as kinds from audit_entries where subject = any($1) group by subject',
    [sent.map(({ id }) => id)],
  );
  for (const { kinds } of told) expect(kinds.at(-1)).toBe('message.delivered');
});

test('a report that never came is asked for by id, less and less often', async () => {
  await faults({ 'webhook:drop': { probability: 1 } });
  const { id } = await send('+13035550168', 'silent');
  await world.runJobs();
  await world.until('it arrived', async () =>
    (await world.handset('+13035550168')).some((m) => m.status === 'delivered'),
  );
  await faults({});
  await reconcileOverdue(world.core, 0);
  expect((await row(id))?.status).toBe('delivered');
  await world.db.peek(
    `update messages set status = 'sent', report_asks = 3, report_asked_at = now(), updated_at = now() - interval '1 hour'
     where id = $1`,
    [id],
  );
  await reconcileOverdue(world.core, 60);
  expect((await row(id))?.status).toBe('sent');
  await world.db.peek("update messages set report_asked_at = now() - interval '59 minutes' where id = $1", [id]);
  await reconcileOverdue(world.core, 60);
  expect((await row(id))?.status).toBe('delivered');
});

test('a server killed while it asks for a report asks again, instead of waiting for what it was told', async () => {
  await faults({ 'webhook:drop': { probability: 1 } });
  const { id } = await send('+13035550263', 'asked about twice');
  await world.runJobs();
  await world.until('it arrived', async () =>
    (await world.handset('+13035550263')).some((m) => m.status === 'delivered'),
  );
  await faults({});
  // Only this one is asked about.
  await world.db.peek("update messages set status = 'delivered' where status in ('queued', 'sent') and id <> $1", [id]);
  // One more transaction after the answer, then it is gone.
  let left = Number.POSITIVE_INFINITY;
  const dying = {
    ...world.core,
    carriers: (name: 'twilio' | 'telnyx') => ({
      ...world.core.carriers(name),
      fetch: async (...args: Parameters<ReturnType<typeof world.core.carriers>['fetch']>) => {
        const told = await world.core.carriers(name).fetch(...args);
        left = 1;
        return told;
      },
    }),
    database: {
      ...world.core.database,
      withTenant: ((tenantId, work) => {
        if (left-- <= 0) throw new Error('killed');
        return world.core.database.withTenant(tenantId, work);
      }) as typeof world.core.database.withTenant,
    },
  };
  await reconcileOverdue(dying, 0);
  expect(left).toBeLessThan(1);
  const [after] = await world.db.peek('select status, report_asks from messages where id = $1', [id]);
  expect(after).not.toEqual({ status: 'queued', report_asks: 1 });
  await reconcileOverdue(world.core, 0);
  expect((await row(id))?.status).toBe('delivered');
});

test('an account that cannot be asked holds up no other', async () => {
  await faults({ 'webhook:drop': { probability: 1 } });
  await send('+13035550169', 'cannot be asked about');
  const twilio = await world.core.database.withTenant(world.tenantId, (tx) =>
    acceptOutbound(world.core, tx, {
      to: '+13035550170',
      from: world.number,
      body: 'can be',
      mediaIds: [],
      author: null,
      actor: 'test',
      lockToken: null,
    }),
  );
  await world.runJobs();
  await delivered(twilio.id);
  await world.db.peek("update messages set status = 'sent' where id = $1", [twilio.id]);
  await faults({ 'read:500': { probability: 1 } });
  await reconcileOverdue(world.core, 0);
  await faults({});
  expect((await row(twilio.id))?.status).toBe('delivered');
});

test('what cannot be listed is not asked for: comparing what came in leaves Telnyx’s numbers alone', async () => {
  await faults({ 'webhook:drop': { probability: 1 } });
  await text('+13035550171', 'never told of');
  await faults({});
  await reconcileInbound(world.core);
  expect(await from('+13035550171')).toEqual([]);
});

test('pictures come in from Telnyx and go out to it', async () => {
  const dot = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  const texted = await control(`/handsets/${encodeURIComponent('+13035550261')}/messages`, 'POST', {
    to: NUMBER,
    media: [{ contentType: 'image/gif', data: dot.toString('base64') }],
  });
  const { sid } = (await texted.json()) as { sid: string };
  const stored = () =>
    world.db.peek<{ media: MediaItem[] }>('select media from messages where carrier_message_id = $1', [sid]);
  await world.until('the text is stored', async () => (await stored()).length > 0);
  await world.runJobs();
  const [came] = (await stored())[0]?.media ?? [];
  expect(came).toMatchObject({ contentType: 'image/gif', status: 'stored', bytes: dot.length });

  // What came in may go out again.
  const { id } = await world.core.database.withTenant(world.tenantId, (tx) =>
    acceptOutbound(world.core, tx, {
      to: '+13035550262',
      from: NUMBER,
      body: '',
      mediaIds: [came?.id ?? ''],
      author: null,
      actor: 'test',
      lockToken: null,
    }),
  );
  await world.runJobs();
  await world.until('it was delivered', async () => {
    const [row] = await world.db.peek<{ status: string }>('select status from messages where id = $1', [id]);
    return row?.status === 'delivered';
  });
  const answer = await control(`/handsets/${encodeURIComponent('+13035550262')}/messages`, 'GET');
  const { messages } = (await answer.json()) as { messages: Array<{ media: unknown[] }> };
  expect(messages.map(({ media }) => media.length)).toEqual([1]);
});
