import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessible as axeFindsNothing } from './harness/accessible.ts';
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

const accessible = () => axeFindsNothing(owner);
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
  await textFromPhone(NUMBER, 'Is this the south office?');
  await owner.getByRole('link', { name: /^Inbox/ }).click();
  const thread = owner.getByLabel('Conversations').getByRole('link').filter({ hasText: '555-0179' });
  await thread.click();
  await owner.getByRole('log', { name: 'Timeline' }).getByText('Is this the south office?').waitFor();
});

test('who texts outside the hours that an owner gave the number is told when it opens', async () => {
  await owner.goto(`${product.demo.url}/settings/numbers`);
  await row().getByRole('button', { name: 'Hours of South line' }).click();
  await dialog().getByLabel('This number has hours').check();
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']) {
    await dialog()
      .getByRole('button', { name: `Remove 09:00 to 17:00 of ${day}` })
      .click();
  }
  await dialog().getByRole('button', { name: 'Add hours to Sunday' }).click();
  await dialog().getByLabel('Sunday, to').fill('08:00');
  await dialog().getByLabel('Answer to texts outside these hours').fill('We are closed and open {opens}.');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().getByText('This is not later than its beginning.').waitFor();
  await accessible();
  await dialog().getByLabel('Sunday, to').fill('09:01');
  await dialog().getByText('This is not later').waitFor({ state: 'hidden' });
  await dialog().getByRole('button', { name: 'Remove 09:00 to 09:01 of Sunday' }).click();
  await dialog().getByRole('button', { name: 'Add a holiday' }).click();
  await dialog().getByLabel('Date of the holiday').fill('2031-12-25');
  await dialog().getByLabel('Name of the holiday').fill('Christmas Day');
  await accessible();
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().waitFor({ state: 'hidden' });

  await textFromPhone(NUMBER, 'Are you open?');
  const heard = async () => {
    const answer = await fetch(
      `${product.demo.emulatorUrl}/emulator/api/handsets/${encodeURIComponent(PHONE)}/messages`,
    );
    return ((await answer.json()) as { messages: { body: string }[] }).messages.map(({ body }) => body);
  };
  await expect.poll(heard, { timeout: 10_000 }).toContain('We are closed and open later.');
});

test('the number is renamed and made the default, the token is changed, and everything is disconnected, by keyboard', async () => {
  await owner.goto(`${product.demo.url}/settings/numbers`);
  await press(row().getByRole('button', { name: 'Change South line' }));
  // What is typed before the dialog has the focus goes nowhere.
  await dialog().locator('input:focus').waitFor();
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

/** A Telnyx account, which only Telnyx can sign for. */
const TELNYX = { ref: 'telnyx-quillmere', apiKey: `KEY${'d9'.repeat(16)}`, number: '+19705550189' };

test('an owner connects a Telnyx account: a wrong key is told beside its field, and the first text shows that texts arrive', async () => {
  const publicKey = await putTelnyx();
  await owner.goto(`${product.demo.url}/settings/numbers`);
  await owner.getByRole('button', { name: 'Connect account' }).click();
  await dialog().getByLabel('Carrier').selectOption('Telnyx');
  await dialog().getByLabel('API key', { exact: true }).fill('KEY_of_somebody_else');
  await dialog().getByLabel('Public key').fill('half of it');
  await dialog().getByRole('button', { name: 'Check and connect' }).click();
  await dialog().getByText('This is not a public key').waitFor();
  await dialog().getByLabel('Public key').fill(publicKey);
  await dialog().getByRole('button', { name: 'Check and connect' }).click();
  await dialog().getByText('Telnyx does not accept this API key').waitFor();
  await accessible();

  await dialog().getByLabel('API key', { exact: true }).fill(TELNYX.apiKey);
  await dialog().getByRole('button', { name: 'Check and connect' }).click();
  await dialog().getByLabel('(970) 555-0189').first().check();
  await dialog().getByLabel('Name your team will see').fill('Telnyx office');
  await dialog().getByRole('button', { name: 'Connect number' }).click();
  await dialog().getByText('Waiting for a text').waitFor();
  await accessible();
  await textFromPhone(TELNYX.number, 'Is anybody there?');
  await dialog().getByText('Connected', { exact: true }).waitFor();
  await dialog().getByRole('button', { name: 'Done' }).click();
  const line = owner.getByRole('listitem').filter({ hasText: '555-0189' });
  await line.getByText('Telnyx office').waitFor();
  expect(await line.getByText('Needs attention').count()).toBe(0);

  // The demo's own Telnyx account is managed in the same way.
  const demo = owner.getByText(/^Telnyx /).filter({ hasText: 'telnyx-' });
  await demo.first().waitFor();
  await owner.getByRole('button', { name: 'Add numbers of Telnyx account' }).first().click();
  await dialog().getByText('Connected already').waitFor();
  await dialog().getByRole('button', { name: 'Close' }).last().click();
});

async function press(button: ReturnType<Page['getByRole']>): Promise<void> {
  await button.focus();
  await owner.keyboard.press('Enter');
}

async function putAccount(authToken: string): Promise<void> {
  const numbers = [{ e164: NUMBER }];
  await emulator('PUT', `/accounts/${ACCOUNT.sid}`, {
    carrier: 'twilio',
    authToken,
    friendlyName: ACCOUNT.name,
    numbers,
  });
}

/** Makes the account at the emulator and returns its public key. */
async function putTelnyx(): Promise<string> {
  const numbers = [{ e164: TELNYX.number }];
  const made = await emulator('PUT', `/accounts/${TELNYX.ref}`, { carrier: 'telnyx', apiKey: TELNYX.apiKey, numbers });
  return made.webhookPublicKey ?? '';
}

const textFromPhone = (to: string, body: string) =>
  emulator('POST', `/handsets/${encodeURIComponent(PHONE)}/messages`, { to, body });

async function emulator(method: string, path: string, body: object): Promise<{ webhookPublicKey?: string }> {
  const answer = await fetch(`${product.demo.emulatorUrl}/emulator/api${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`The emulator answers ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { webhookPublicKey?: string };
}
