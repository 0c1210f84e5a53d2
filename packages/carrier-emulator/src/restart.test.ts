import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEmulator } from './emulator.ts';
import { clientFor, NUMBER, PERSON, type Rig, startRig } from './testing/rig.ts';

let folder: string;
let rig: Rig;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carrier-emulator-'));
  rig = await startRig({ dataDir: folder });
});
afterEach(async () => {
  await rig.stop();
  rmSync(folder, { recursive: true });
});

it('a webhook that the app took is not made again, and one it did not take is', async () => {
  await rig.text('taken');
  await rig.app.wait(1);
  await expect.poll(async () => (await rig.handset())[0]?.webhook?.state, { timeout: 15_000 }).toBe('taken');
  rig.app.answer = () => undefined;
  await rig.text('left hanging');
  await rig.app.wait(2);
  await rig.emulator.close();
  rig.app.answer = (_received, response) => response.writeHead(204).end();
  const again = await createEmulator({ dataDir: folder });
  const bodies = () => rig.app.received.map(({ params }) => params.Body);
  await rig.app.until(() => bodies().filter((body) => body === 'left hanging').length === 2);
  // What an earlier process left is taken up before anything new, so after this one nothing old is to come.
  await fetch(`${again.url}/emulator/api/handsets/${PERSON}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: NUMBER, body: 'new' }),
  });
  await rig.app.until(() => bodies().includes('new'));
  await again.close();
  expect(bodies()).toEqual(['taken', 'left hanging', 'left hanging', 'new']);
});

it('accounts, opt-outs, handsets and faults are still there', async () => {
  await rig.control('PUT', `/handsets/${PERSON}`, { name: 'Dana' });
  await rig.text('STOP');
  await rig.control('POST', '/faults', { faults: { 'read:500': { times: 3, probability: 0 } } });
  await rig.emulator.close();
  const again = await createEmulator({ dataDir: folder });
  const api = async (path: string) => (await fetch(`${again.url}/emulator/api${path}`)).json();
  const sent = clientFor(again.url).messages.create({ to: PERSON, from: NUMBER, body: 'Hi' });
  await expect(sent).rejects.toMatchObject({ code: 21610 });
  expect((await api('/handsets')).handsets).toMatchObject([{ name: 'Dana', optedOut: [NUMBER] }]);
  expect((await api('/faults')).faults['*'].faults).toEqual({ 'read:500': { times: 3, probability: 0 } });
  await again.close();
});
