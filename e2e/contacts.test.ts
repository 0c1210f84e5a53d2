import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, signIn } from './harness/browser.ts';
import { type Product, startProduct } from './harness/product.ts';

let product: Product;
let browser: Browser;
let owner: Page;

beforeAll(async () => {
  product = await startProduct();
  browser = await launchBrowser();
  const name = product.demo.users.find(({ role }) => role === 'owner')?.name ?? '';
  ({ page: owner } = await signIn(browser, product.demo, name));
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const go = (path: string) => owner.goto(product.demo.url + path);
const dialog = () => owner.getByRole('dialog');
const rows = () => owner.getByRole('list', { name: 'Contacts' }).getByRole('link');
const search = () => owner.getByLabel('Search contacts');

test('somebody is added, found by the beginning of a name without its accent, and opened from the keyboard', async () => {
  await owner.getByRole('link', { name: 'Contacts' }).click();
  await rows().first().waitFor();
  await accessible();
  await add('Zoë Aldrich', '303 555 0231');
  await owner.getByRole('heading', { level: 1, name: 'Zoë Aldrich' }).waitFor({ state: 'attached' });

  await go('/contacts');
  await search().fill('zoe al');
  await expect.poll(() => rows().count()).toBe(1);
  expect(owner.url()).toContain('q=zoe');
  await search().press('ArrowDown');
  await owner.keyboard.press('Enter');
  await owner.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
});

test('details are changed where they stand, what is wrong stands beside its field, and a reload shows what was saved', async () => {
  await saved(() => edit('Company', 'Aspen Homes'));
  await owner.getByLabel('Type', { exact: true }).selectOption('Customer');
  await owner.getByLabel('Tags').first().fill('Roof');
  await saved(() => owner.keyboard.press('Enter'));
  await owner.getByLabel('New note').fill('Prefers mornings.');
  await owner.getByRole('button', { name: 'Add note' }).click();
  await owner.getByText('Prefers mornings.').waitFor();
  await owner.getByRole('button', { name: 'Add', exact: true }).click();
  await owner.getByLabel('Number or e-mail address').fill('zoe at nowhere');
  await owner.getByRole('button', { name: 'Add', exact: true }).click();
  await owner.getByText('This is not a phone number we can use.').waitFor();
  await accessible();
  await owner.getByLabel('Number or e-mail address').fill('zoe@example.com');
  await owner.getByRole('button', { name: 'Add', exact: true }).click();
  await owner.getByRole('region', { name: 'Numbers and e-mail' }).getByText('zoe@example.com').waitFor();

  await owner.reload();
  await owner.getByText('Prefers mornings.').waitFor();
  expect(await owner.getByLabel('Company').inputValue()).toBe('Aspen Homes');
  expect(await owner.getByLabel('Type', { exact: true }).inputValue()).toBe('customer');
  await go('/contacts?tag=roof&type=customer');
  await expect.poll(() => rows().count()).toBe(1);
});

test('a number that somebody has leads to them, and who is deleted comes back with one click', async () => {
  await go('/contacts');
  await add('Somebody else', '(303) 555-0231');
  await dialog().getByRole('alert').getByText('belongs to Zoë Aldrich').waitFor();
  await accessible();
  await dialog().getByRole('link', { name: 'Open Zoë Aldrich' }).click();
  await owner.getByRole('button', { name: 'Delete', exact: true }).click();
  await owner.waitForURL(/\/contacts$/);
  await owner.getByText('Zoë Aldrich is deleted.').waitFor();
  await owner.getByRole('button', { name: 'Undo' }).click();
  await owner.getByText('It is as it was before.').waitFor();
  await search().fill('3035550231');
  await expect.poll(() => rows().count()).toBe(1);
});

test('two contacts of one name become one, and two again', async () => {
  await go('/contacts');
  await add('Zoë Aldrich', '303 555 0232');
  await go('/contacts/duplicates');
  await owner.getByRole('button', { name: 'Merge 2 into one' }).waitFor();
  await accessible();
  await owner.getByRole('button', { name: 'Merge 2 into one' }).click();
  await owner.getByText('No two contacts have the same name').waitFor();
  await owner.getByRole('button', { name: 'Undo' }).click();
  await owner.getByRole('button', { name: 'Merge 2 into one' }).waitFor();
});

test('a file is imported after a trial run, what is wrong comes back as a file, and what is shown can be exported', async () => {
  await go('/settings/contact-fields');
  await owner.getByRole('button', { name: 'New field' }).click();
  await dialog().getByLabel('Name').fill('Roof age');
  await dialog().getByLabel('Type').selectOption('Number');
  await dialog().getByRole('button', { name: 'Add the field' }).click();
  await owner.getByText('roof_age').waitFor();
  await accessible();

  await go('/contacts/imports');
  await owner.getByText('There was none yet').waitFor();
  const file =
    'Full name,Mobile,Firm,Roof age\nTess Hale,303 555 0260,Hale Ltd,7\nRon Iver,303 555 0261,Iver,12\nBad Row,12,,abc\n';
  await owner
    .getByLabel('File with contacts')
    .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
  await owner.getByLabel('What Firm means').selectOption('Company');
  expect(await owner.getByLabel('What Roof age means').inputValue()).toBe('field:roof_age');
  await owner.getByLabel('Save this mapping as').fill('From the old system');
  await accessible();
  await owner.getByRole('button', { name: 'Trial run' }).click();
  await owner.getByText('Checked', { exact: true }).waitFor();
  expect(await count('Would be new')).toBe('2');
  expect(await count('With a mistake')).toBe('1');

  await owner.reload();
  expect(await owner.getByLabel('What Firm means').inputValue()).toBe('company');
  await owner.getByRole('button', { name: 'Import', exact: true }).click();
  await owner.getByText('Done', { exact: true }).waitFor();
  expect(await count('New')).toBe('2');
  await accessible();
  const mistakes = await download(() => owner.getByRole('link', { name: 'Rows with a mistake' }).click());
  expect(mistakes).toContain('Bad Row');

  await go('/contacts?q=hale');
  await expect.poll(() => rows().count()).toBe(1);
  await owner.getByRole('button', { name: 'More for contacts' }).click();
  const exported = await download(() => owner.getByRole('menuitem', { name: 'Export what is shown' }).click());
  expect(exported).toContain('Tess Hale');
  expect(exported).not.toContain('Ron Iver');
  await go('/contacts/imports');
  await owner.getByText('From the old system').waitFor();
  await accessible();
});

test('the inbox leads to the contact, and the contact back to the conversation', async () => {
  await go('/inbox');
  await owner.locator('a[href^="/inbox/"]').first().click();
  await owner.getByRole('link', { name: /^Open the contact/ }).click();
  await owner.waitForURL(/\/contacts\//);
  await owner.getByRole('region', { name: 'Conversations' }).getByRole('link').first().click();
  await owner.getByRole('log', { name: 'Timeline' }).waitFor();
});

test('a list that does not load says so, and a search without an answer says what was looked for', async () => {
  await go('/contacts?q=nobodyiscalledthis');
  await owner.getByText('Nobody found').waitFor();
  await accessible();
  await owner.route(/\/api\/v1\/contacts\?/, (route) => route.fulfill({ status: 400, body: '{}' }));
  await go('/contacts?q=anything');
  await owner.getByRole('alert').getByText('The contacts did not load').waitFor();
  await accessible();
  await owner.unrouteAll();
  await owner.getByRole('button', { name: 'Try again' }).click();
  await owner.getByText('Nobody found').waitFor();
});

async function add(name: string, number: string): Promise<void> {
  await owner.getByRole('button', { name: 'New contact' }).click();
  await dialog().getByLabel('Name').fill(name);
  await dialog().getByLabel('Phone number').fill(number);
  await dialog().getByRole('button', { name: 'Add', exact: true }).click();
  await Promise.race([dialog().getByRole('alert').waitFor(), owner.waitForURL(/\/contacts\/[0-9a-f-]{36}/)]);
}

async function edit(label: string, value: string): Promise<void> {
  await owner.getByLabel(label).fill(value);
  await owner.keyboard.press('Enter');
}

/** Does something that changes the contact, and waits until the server has taken it. */
async function saved(change: () => Promise<unknown>): Promise<void> {
  const answered = owner.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await change();
  expect((await answered).status()).toBe(200);
}

const count = (name: string) =>
  owner.locator('dl > div').filter({ hasText: name }).getByRole('definition').first().textContent();

async function download(start: () => Promise<unknown>): Promise<string> {
  const coming = owner.waitForEvent('download');
  await start();
  return readFile(await (await coming).path(), 'utf8');
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
