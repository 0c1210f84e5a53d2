import { afterAll, beforeAll, expect, it } from 'vitest';
import { deviations, loadSpec } from '../testing/openapi.ts';
import { PROFILE, startTelnyxRig, TELNYX_NUMBER, type TelnyxRig } from '../testing/telnyx-rig.ts';

let rig: TelnyxRig;
beforeAll(async () => {
  rig = await startTelnyxRig();
});
afterAll(() => rig.stop());

const spec = loadSpec('telnyx');
const unbundled = ['NumberOrderWithPhoneNumbers.phone_numbers[0]: lacks bundle_id'];

it('profiles are made, found by name, changed and deleted', async () => {
  const { data } = await rig.client.messagingProfiles.create({
    name: 'Second',
    whitelisted_destinations: ['US', 'CA'],
    webhook_url: 'https://app.test/hooks',
  });
  expect(data).toMatchObject({ record_type: 'messaging_profile', enabled: true, webhook_api_version: '2' });
  if (spec) expect(deviations(spec, 'MessagingProfile', data)).toEqual([]);
  const id = data?.id ?? '';
  const found = await rig.client.messagingProfiles.list({ filter: { name: 'Second' } });
  expect(found.data?.map((one) => one.id)).toEqual([id]);
  const changed = await rig.client.messagingProfiles.update(id, { webhook_url: 'https://app.test/other' });
  expect(changed.data?.webhook_url).toBe('https://app.test/other');
  await rig.client.messagingProfiles.delete(id);
  await expect(rig.client.messagingProfiles.retrieve(id)).rejects.toMatchObject({ status: 404 });
  await expect(rig.client.messagingProfiles.create({ name: '', whitelisted_destinations: [] })).rejects.toMatchObject({
    status: 422,
    error: { errors: [{ code: '10004', source: { pointer: '/name' } }] },
  });
});

it('numbers are listed page by page, found, and moved between profiles', async () => {
  await rig.setAccount({ numbers: [TELNYX_NUMBER, '+17205550161', '+17205550162'].map((e164) => ({ e164 })) });
  const page = await rig.client.phoneNumbers.list({ 'page[size]': 2 } as never);
  const all = [];
  for await (const number of rig.client.phoneNumbers.list()) all.push(number.phone_number);
  expect(page.meta).toEqual({ total_pages: 2, total_results: 3, page_number: 1, page_size: 2 });
  expect(all).toHaveLength(3);
  const found = await rig.client.phoneNumbers.list({ filter: { phone_number: TELNYX_NUMBER } });
  const number = found.data?.[0];
  expect(number).toMatchObject({ phone_number: TELNYX_NUMBER, messaging_profile_id: PROFILE, status: 'active' });
  if (spec) expect(deviations(spec, 'PhoneNumberDetailed', number)).toEqual([]);
  const id = number?.id ?? '';
  expect((await rig.client.phoneNumbers.update(id, { tags: ['front desk'] })).data?.tags).toEqual(['front desk']);
  const settings = await rig.client.phoneNumbers.messaging.update(id, { messaging_profile_id: '' });
  expect(settings.data?.messaging_profile_id).toBeNull();
  if (spec) expect(deviations(spec, 'PhoneNumberWithMessagingSettings', settings.data)).toEqual([]);
  await expect(rig.client.messages.send({ from: TELNYX_NUMBER, to: '+13035550142', text: 'x' })).rejects.toMatchObject({
    error: { errors: [{ code: '40305' }] },
  });
  await rig.client.phoneNumbers.messaging.update(id, { messaging_profile_id: PROFILE });
  expect((await rig.client.phoneNumbers.messaging.retrieve(id)).data?.messaging_profile_id).toBe(PROFILE);
  const owned = await rig.client.messagingProfiles.listPhoneNumbers(PROFILE);
  expect(owned.data?.map((one) => one.phone_number)).toContain(TELNYX_NUMBER);
});

it('a number is searched, ordered and texted', async () => {
  const { data } = await rig.client.availablePhoneNumbers.list({
    filter: { national_destination_code: '303', limit: 2 },
  });
  expect(data).toHaveLength(2);
  if (spec) expect(deviations(spec, 'AvailablePhoneNumber', data?.[0])).toEqual([]);
  const phone_number = data?.[0]?.phone_number ?? '';
  const order = await rig.client.numberOrders.create({
    phone_numbers: [{ phone_number }],
    messaging_profile_id: PROFILE,
  });
  expect(order.data).toMatchObject({ status: 'success', phone_numbers_count: 1 });
  if (spec) expect(deviations(spec, 'NumberOrderWithPhoneNumbers', order.data, unbundled)).toEqual([]);
  const { data: sent } = await rig.client.messages.send({ from: phone_number, to: '+13035550142', text: 'x' });
  expect(sent?.from?.phone_number).toBe(phone_number);
  await expect(rig.client.numberOrders.create({ phone_numbers: [{ phone_number }] })).rejects.toMatchObject({
    status: 422,
  });
});

it('making an account again keeps its keys and its profile; given keys are used', async () => {
  const first = await rig.setAccount({});
  const second = await rig.setAccount({});
  expect(second).toEqual(first);
  expect(first.webhookPublicKey).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  const webhookPrivateKey = Buffer.alloc(32, 7).toString('base64');
  const own = await rig.setAccount({ webhookPrivateKey });
  expect(own.webhookPublicKey).not.toBe(first.webhookPublicKey);
  await expect(rig.setAccount({ webhookPrivateKey, webhookPublicKey: first.webhookPublicKey })).rejects.toThrow('400');
  const { accounts } = await rig.control<{ accounts: unknown[] }>('GET', '/accounts');
  expect(JSON.stringify(accounts)).not.toContain(webhookPrivateKey);
  expect(JSON.stringify(accounts)).not.toContain('KEY0123');
  await expect(
    rig.control('PUT', '/accounts/another', { carrier: 'telnyx', apiKey: 'KEY0123_of_the_tests' }),
  ).rejects.toThrow('key_taken');
});
