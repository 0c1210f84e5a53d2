import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, signIn } from './harness/browser.ts';
import { type Product, startProduct } from './harness/product.ts';

/** The second carrier account, with a number that nobody here has connected. */
const ACCOUNT = { sid: `AC${'5'.repeat(32)}`, token: 'b7'.repeat(16), name: 'Quillmere South' };
const NUMBER = '+19705550188';
const PHONE = '+13035550179';

let product: Product;
let browser: Browser;
let owner: Page;

beforeAll(async () => {
  product = await startProduct();
  browser = await launchBrowser();
  await putAccount(ACCOUNT.token);
  const name = product.demo.users.find(({ role }) => role === 'owner')?.name ?? '';
  ({ page: owner } = await signIn(browser, product.demo, name));
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const dialog = () => owner.getByRole('dialog');
const row = () => owner.getByRole('listitem').filter({ hasText: '555-0188' });

test('an owner connects a second account: wrong credentials are told in words, the number is picked and checked', async () => {
  await owner.getByRole('link', { name: 'Settings' }).click();
  await owner.getByRole('link', { name: 'Numbers' }).click();
  await owner.getByRole('button', { name: 'Connect account' }).click();
  await dialog().getByLabel('Account SID').fill(ACCOUNT.sid);
  await dialog().getByLabel('Auth token', { exact: true }).fill('not-the-token-of-it');
  await dialog().getByRole('button', { name: 'Check and connect' }).click();
  await dialog().getByRole('alert').getByText('does not accept these credentials').waitFor();
  await accessible();

  await dialog().getByLabel('Auth token', { exact: true }).fill(ACCOUNT.token);
  await dialog().getByRole('button', { name: 'Check and connect' }).click();
  await owner.getByRole('dialog', { name: `Numbers of ${ACCOUNT.name}` }).waitFor();
  await dialog().getByLabel('(970) 555-0188').first().check();
  await dialog().getByLabel('Name your team will see').fill('South line');
  await accessible();
  await dialog().getByRole('button', { name: 'Connect number' }).click();
  await dialog().getByText('Connected', { exact: true }).waitFor();
  await dialog().getByRole('button', { name: 'Done' }).click();
  await row().getByText('South line').waitFor();
  expect(await row().getByText('Needs attention').count()).toBe(0);
  await accessible();
});

test('a handset texts the new number, and the text arrives in the inbox', async () => {
  const answer = await fetch(
    `${product.demo.emulatorUrl}/emulator/api/handsets/${encodeURIComponent(PHONE)}/messages`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: NUMBER, body: 'Is this the south office?' }),
    },
  );
  expect(answer.status).toBe(201);
  await owner.getByRole('link', { name: /^Inbox/ }).click();
  const thread = owner.getByLabel('Conversations').getByRole('link').filter({ hasText: '555-0179' });
  await thread.click();
  await owner.getByRole('log', { name: 'Timeline' }).getByText('Is this the south office?').waitFor();
});

test('the number is renamed and made the default, the token is changed, and everything is disconnected, by keyboard', async () => {
  await owner.goto(`${product.demo.url}/settings/numbers`);
  await press(row().getByRole('button', { name: 'Change South line' }));
  await owner.keyboard.press('Control+A');
  await owner.keyboard.type('South office');
  await owner.keyboard.press('Tab');
  await owner.keyboard.press('Space');
  await owner.keyboard.press('Enter');
  await row().getByText('South office').waitFor();
  await row().getByText('Default').waitFor();

  const fresh = 'c8'.repeat(16);
  await putAccount(fresh);
  await press(owner.getByRole('button', { name: `More for ${ACCOUNT.name}` }));
  await owner.getByRole('menuitem', { name: 'New auth token' }).waitFor();
  await owner.keyboard.press('ArrowDown');
  await owner.keyboard.press('Enter');
  await dialog().getByLabel('New auth token', { exact: true }).fill(fresh);
  await owner.keyboard.press('Enter');
  await press(owner.getByRole('button', { name: 'Drop the old token' }));
  await owner.getByText('Two tokens are in use').waitFor({ state: 'hidden' });

  await press(row().getByRole('button', { name: 'Disconnect South office' }));
  await dialog().getByRole('button', { name: 'Disconnect' }).click();
  await row().getByText('Switched off').waitFor();
  await press(owner.getByRole('button', { name: `More for ${ACCOUNT.name}` }));
  await owner.getByRole('menuitem', { name: 'Disconnect account' }).click();
  await dialog().getByRole('button', { name: 'Disconnect' }).click();
  await owner.getByRole('heading', { name: ACCOUNT.name, exact: true }).waitFor({ state: 'detached' });
});

async function press(button: ReturnType<Page['getByRole']>): Promise<void> {
  await button.focus();
  await owner.keyboard.press('Enter');
}

async function putAccount(authToken: string): Promise<void> {
  const answer = await fetch(`${product.demo.emulatorUrl}/emulator/api/accounts/${ACCOUNT.sid}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ carrier: 'twilio', authToken, friendlyName: ACCOUNT.name, numbers: [{ e164: NUMBER }] }),
  });
  if (!answer.ok) throw new Error(`The emulator answers ${answer.status}: ${await answer.text()}`);
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** No violation that axe knows of, on the page as it is now. */
async function accessible(): Promise<void> {
  await owner.evaluate(AXE);
  const violations = await owner.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
  expect(violations).toEqual([]);
}
