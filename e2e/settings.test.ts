import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessible } from './harness/accessible.ts';
import { launchBrowser, signIn } from './harness/browser.ts';
import { type Product, startProduct } from './harness/product.ts';

let product: Product;
let browser: Browser;
let owner: Page;

beforeAll(async () => {
  product = await startProduct();
  browser = await launchBrowser();
  ({ page: owner } = await signIn(browser, product.demo, nameOf('owner')));
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const nameOf = (role: string) => product.demo.users.find((user) => user.role === role)?.name ?? '';
const dialog = () => owner.getByRole('dialog');
const visit = (page: Page, path: string) => page.goto(`${product.demo.url}${path}`);

test('everybody finds the settings that their role may see, and only those', async () => {
  await visit(owner, '/settings');
  await owner.getByRole('link', { name: 'People' }).waitFor();
  const places = (page: Page) => page.getByRole('navigation', { name: 'Settings' }).getByRole('link').allInnerTexts();
  expect(await places(owner)).toEqual(
    expect.arrayContaining(['Security', 'People', 'Teams', 'Single sign-on', 'Audit']),
  );
  const { page: agent, context } = await signIn(browser, product.demo, nameOf('agent'));
  await visit(agent, '/settings/you');
  await agent.getByRole('link', { name: 'People' }).waitFor();
  expect(await places(agent)).toEqual(['Preferences', 'Security', 'People']);
  await visit(agent, '/settings/audit');
  await agent.getByText('Your role does not see “Audit”').waitFor();
  await visit(agent, '/settings/people');
  await agent.getByText(nameOf('owner'), { exact: true }).waitFor();
  expect(await agent.getByRole('button', { name: 'Invite' }).count()).toBe(0);
  expect(await agent.getByRole('button', { name: /^More for/ }).count()).toBe(0);
  await context.close();
});

test('an owner gives somebody another role, and removes them after a question', async () => {
  const name = nameOf('supervisor');
  const row = owner.getByRole('listitem').filter({ hasText: name });
  await visit(owner, '/settings/people');
  await owner.getByRole('button', { name: `More for ${name}` }).click();
  await owner.getByRole('menuitem', { name: 'Change role' }).click();
  await dialog().getByRole('radio', { name: 'Admin' }).check();
  await accessible(owner);
  await dialog().getByRole('button', { name: 'Save' }).click();
  await row.getByText(/^Admin,/).waitFor();

  await owner.getByRole('button', { name: `More for ${name}` }).click();
  await owner.getByRole('menuitem', { name: 'Remove' }).click();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  await row.waitFor();
  await owner.getByRole('button', { name: `More for ${name}` }).click();
  await owner.getByRole('menuitem', { name: 'Remove' }).click();
  await dialog().getByText(`${name} leaves`).waitFor();
  await dialog().getByRole('button', { name: 'Remove' }).click();
  await row.waitFor({ state: 'detached' });
  await accessible(owner);
});

test('an API key that may only find contacts does nothing else, and the page says what it may', async () => {
  await visit(owner, '/settings/api-keys');
  await owner.getByRole('button', { name: 'New key' }).click();
  await dialog().getByLabel('Name').fill('Address book');
  const make = dialog().getByRole('button', { name: 'Make the key' });
  await dialog().getByLabel('Only some of it').check({ force: true });
  expect(await make.isDisabled()).toBe(true);
  await dialog().getByLabel('Find and read contacts').check();
  await accessible(owner);
  await make.click();
  const key = await dialog().locator('code').textContent();
  await dialog().getByRole('button', { name: 'Done' }).click();
  const ask = async (route: string) =>
    (await fetch(`${product.demo.url}/api/v1${route}`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect(await ask('/contacts')).toBe(200);
  expect(await ask('/conversations')).toBe(403);
  await owner
    .getByRole('row', { name: /Address book/ })
    .getByText('Agent, one thing of it')
    .waitFor();
});

test('the audit is searched by words, kind and person, and the search can be shared by its address', async () => {
  await visit(owner, '/settings/audit');
  const entries = owner.getByRole('list', { name: 'Entries' }).getByRole('listitem');
  await owner.getByLabel('About').selectOption({ label: 'People' });
  await entries.filter({ hasText: 'removed a person' }).waitFor();
  expect(await entries.filter({ hasText: 'API key' }).count()).toBe(0);
  await owner.getByLabel('By').selectOption({ label: nameOf('owner') });
  await owner.getByLabel('Words').fill('supervisor');
  await owner.waitForURL(/q=supervisor/);
  await entries.filter({ hasText: 'from supervisor to admin' }).getByRole('button').click();
  await owner.getByText('From where').waitFor();
  await accessible(owner);
  const shared = owner.url();
  const { page: admin, context } = await signIn(browser, product.demo, nameOf('admin'));
  await admin.goto(shared);
  await admin.getByRole('listitem').filter({ hasText: 'from supervisor to admin' }).waitFor();
  await context.close();
  await owner.getByLabel('Words').fill('nobody ever wrote this');
  await owner.getByText('Nothing found so far').waitFor();
});

test('a number that is given to a team is seen by its people only, until the team is deleted', async () => {
  const name = nameOf('agent');
  await visit(owner, '/settings/teams');
  await owner.getByText('There are no teams').waitFor();
  await owner.getByRole('button', { name: 'New team' }).click();
  await dialog().getByLabel('Name').fill('Service desk');
  await dialog().getByRole('group', { name: 'People' }).getByLabel(nameOf('owner')).check();
  for (const number of await dialog().getByRole('group', { name: 'Numbers' }).getByRole('checkbox').all()) {
    await number.check();
  }
  await accessible(owner);
  await dialog().getByRole('button', { name: 'Make the team' }).click();
  const row = owner.getByRole('listitem').filter({ hasText: /^Service/ });
  await row.getByText(nameOf('owner')).waitFor();
  const { page: agent, context } = await signIn(browser, product.demo, name);
  await agent.getByText('Nothing is waiting').waitFor();

  await owner.getByRole('button', { name: 'Change Service desk' }).click();
  await dialog().getByLabel('Name').fill('Service');
  await dialog().getByRole('group', { name: 'People' }).getByLabel(name).check();
  await dialog().getByRole('button', { name: 'Save' }).click();
  await row.getByText(name).waitFor();
  await agent.reload();
  await agent.getByLabel('Conversations').getByRole('link').first().waitFor();

  await owner.getByRole('button', { name: 'Delete Service' }).click();
  await dialog().getByText('become everybody’s').waitFor();
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await owner.getByText('There are no teams').waitFor();
  await accessible(owner);
  await context.close();
});

test('the company’s name and colour are seen in the desk, and every colour stays readable', async () => {
  await visit(owner, '/settings/company');
  await owner.getByLabel('Name').fill('');
  await owner.getByText('A company has a name.').waitFor();
  await owner.getByLabel('Name').fill('Quillmere & Daughters');
  await owner.getByRole('radio', { name: 'Raspberry' }).check({ force: true });
  await owner.getByRole('button', { name: 'Save' }).click();
  await owner.getByRole('banner').getByText('Quillmere & Daughters').waitFor();
  const accent = () => owner.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--accent'));
  await expect.poll(accent).toBe('#a82452');
  await accessible(owner);
  await owner.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(accent).not.toBe('#a82452');
  await accessible(owner);
  await owner.emulateMedia({ colorScheme: 'light' });

  await owner.getByLabel('Texts and their pictures').selectOption({ label: '1 year' });
  await dialog().getByText('older than 1 year').waitFor();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  expect(await owner.getByLabel('Texts and their pictures').inputValue()).toBe('null');
  await owner.getByLabel('Suggest answers').uncheck({ force: true });
  await owner.reload();
  await owner.getByLabel('Suggest answers').waitFor({ state: 'attached' });
  expect(await owner.getByLabel('Suggest answers').isChecked()).toBe(false);
});

test('an owner of the installation makes a second company, and goes back and forth', async () => {
  await visit(owner, '/settings/you');
  await owner.getByRole('button', { name: /^Your menu/ }).click();
  await owner.getByRole('menuitem', { name: 'New company' }).click();
  await dialog().getByLabel('Name').fill('Harrowgate Plumbing');
  await accessible(owner);
  await dialog().getByRole('button', { name: 'Make the company' }).click();
  await owner.getByRole('banner').getByText('Harrowgate Plumbing').waitFor();
  await owner.getByRole('button', { name: /^Your menu/ }).click();
  await accessible(owner);
  await owner.getByRole('menuitem', { name: 'Quillmere & Daughters' }).click();
  await owner.getByRole('banner').getByText('Quillmere & Daughters').waitFor();
  await owner.getByLabel('Conversations').getByRole('link').first().waitFor();
});

test('settings stay within a phone’s width', async () => {
  await owner.setViewportSize({ width: 390, height: 844 });
  for (const page of ['people', 'api-keys', 'audit', 'security', 'company']) {
    await visit(owner, `/settings/${page}`);
    await owner.getByRole('heading', { level: 2 }).first().waitFor();
    const main = owner.getByRole('main');
    expect([page, await main.evaluate((element) => element.scrollWidth - element.clientWidth)]).toEqual([page, 0]);
  }
  await owner.getByLabel('Page of the settings').selectOption({ label: 'People' });
  await owner.waitForURL(/\/settings\/people/);
  await owner.setViewportSize({ width: 1440, height: 900 });
});
