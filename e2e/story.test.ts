import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, signIn } from './harness/browser.ts';
import { type Product, startProduct } from './harness/product.ts';

/** Somebody who never texted before. */
const PHONE = '+13035550177';

let product: Product;
let browser: Browser;
let handset: Page;
let mei: Page;
let sam: Page;

beforeAll(async () => {
  product = await startProduct();
  browser = await launchBrowser();
  ({ page: mei } = await signIn(browser, product.demo, 'Mei'));
  ({ page: sam } = await signIn(browser, product.demo, 'Sam'));
  handset = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await handset.goto(product.demo.handsetUrl);
  await addPhone(handset, PHONE, 'Nora Whitby');
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const row = (page: Page) => page.getByLabel('Conversations').getByRole('link').filter({ hasText: '555-0177' });
const composer = (page: Page) => page.getByLabel('Answer', { exact: true }).getByRole('textbox');
const timeline = (page: Page) => page.getByRole('log', { name: 'Timeline' });
const phone = () => handset.getByRole('article', { name: 'Pretend phone Nora Whitby' });

test('a text from the handset appears at once in two agents’ inboxes, in one thread', async () => {
  await text('Hello, is the furnace man still coming today?');
  await Promise.all([mei, sam].map((page) => row(page).waitFor()));
  for (const page of [mei, sam]) expect(await row(page).count()).toBe(1);
  await row(mei).click();
  await row(sam).click();
  for (const page of [mei, sam]) {
    await timeline(page).getByText('is the furnace man still coming').waitFor();
  }
});

test('one agent takes the thread by starting to write, and the other sees who', async () => {
  await composer(mei).fill('Hi Nora, ');
  await mei.getByText('You are answering.').waitFor();
  await sam.getByText('Mei Tanaka is answering').waitFor();
  expect(await sam.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
});

test('the answer goes out once, is shown as delivered, and arrives on the handset', async () => {
  await composer(mei).fill('Hi Nora, he is on his way. 20 minutes.');
  await composer(mei).press('Enter');
  await timeline(mei).getByText('Delivered').waitFor();
  await timeline(sam).getByText('he is on his way').waitFor();
  await phone().getByText('he is on his way').waitFor();
  expect(await phone().getByText('he is on his way').count()).toBe(1);
});

test('Enter held down and a double click send one text', async () => {
  await composer(mei).fill('Anything else?');
  await mei.keyboard.down('Enter');
  for (let i = 0; i < 30; i++) await mei.keyboard.down('Enter');
  await mei.keyboard.up('Enter');
  await phone().getByText('Anything else?').waitFor();
  await timeline(mei).getByText('Delivered').nth(0).waitFor();
  expect(await phone().getByText('Anything else?').count()).toBe(1);
});

test('a picture from the handset is seen by both agents, and one goes back with a text', async () => {
  await phone()
    .locator('input[type=file]')
    .setInputFiles({ name: 'furnace.png', mimeType: 'image/png', buffer: await picture(handset, '#b4532a') });
  await phone().getByRole('button', { name: 'Send' }).click();
  for (const page of [mei, sam]) await shownPicture(timeline(page).getByRole('img').first());

  await mei
    .getByLabel('Files to attach')
    .setInputFiles({ name: 'part.png', mimeType: 'image/png', buffer: await picture(handset, '#2a6fb4') });
  await mei.getByText('Sent as MMS').waitFor();
  await composer(mei).fill('We bring this part along.');
  await composer(mei).press('Enter');
  await shownPicture(phone().getByRole('img').last());
  await phone().getByText('We bring this part along.').waitFor();
  await shownPicture(timeline(sam).getByRole('img').nth(1));
});

test('STOP is answered once, and a further answer is refused in plain words and kept where it was written', async () => {
  await phone().getByRole('button', { name: 'STOP' }).click();
  await timeline(mei).getByText('Texted "STOP"').waitFor();
  await phone()
    .getByText(/unsubscribed/i)
    .waitFor();
  expect(
    await phone()
      .getByText(/unsubscribed/i)
      .count(),
  ).toBe(1);
  await composer(mei).fill('One more thing');
  await composer(mei).press('Enter');
  const card = mei.getByRole('article', { name: /^Not sent/ });
  await card.waitFor();
  expect(await card.textContent()).toMatch(/asked .*to stop/);
  expect(await phone().getByText('One more thing').count()).toBe(0);
});

test('START lifts it', async () => {
  await phone().getByRole('button', { name: 'START' }).click();
  await timeline(mei).getByText('Texted "START"').waitFor();
  await composer(mei).fill('Welcome back');
  await composer(mei).press('Enter');
  await phone().getByText('Welcome back').waitFor();
});

test('a supervisor takes the thread over, and the former holder keeps the draft but cannot send', async () => {
  const { page: priya } = await signIn(browser, product.demo, 'Priya');
  await row(priya).click();
  await composer(mei).fill('My unfinished thought');
  await priya.getByText('Mei Tanaka is answering').waitFor();
  await priya.getByRole('button', { name: 'Take over' }).click();
  await priya.getByRole('dialog').getByRole('button', { name: 'Take over' }).click();
  await priya.getByText('You are answering.').waitFor();
  await mei.getByText('Priya Nair took over').waitFor();
  expect(await composer(mei).inputValue()).toBe('My unfinished thought');
  expect(await mei.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  await priya.context().close();
});

test('closing the browser lets go of the thread', async () => {
  await sam.getByText(/is answering|took over/).waitFor({ state: 'hidden' });
  await composer(sam).fill('Now me');
  await sam.getByText('You are answering.').waitFor();
});

async function text(body: string): Promise<void> {
  await phone().getByRole('textbox').fill(body);
  await phone().getByRole('button', { name: 'Send' }).click();
}

/** A picture of one colour, as a browser saves it. */
async function picture(page: Page, colour: string): Promise<Buffer> {
  const url = await page.evaluate((fill) => {
    const canvas = document.createElement('canvas');
    canvas.width = 320;
    canvas.height = 240;
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
    pen.fillStyle = fill;
    pen.fillRect(0, 0, 320, 240);
    return canvas.toDataURL('image/png');
  }, colour);
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** Waits until the browser has really drawn it. */
async function shownPicture(image: Locator): Promise<void> {
  await image.waitFor();
  await image.evaluate((element: HTMLImageElement) => element.decode());
  expect(await image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(320);
}

async function addPhone(page: Page, number: string, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Add phone' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add phone' });
  await dialog.getByLabel('Number').fill(number);
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Add phone' }).click();
  await dialog.waitFor({ state: 'hidden' });
}
