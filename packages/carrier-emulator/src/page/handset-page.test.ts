import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import AxeSource from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { NUMBER, PERSON, type Rig, startRig } from '../testing/rig.ts';
import { drawPicture } from '../traffic/picture.ts';

vi.setConfig({ testTimeout: 60_000 });

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const PATIENCE = { timeout: 20_000 };
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

let browser: Browser;
let rig: Rig;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') });
}, 60_000);
afterAll(() => browser?.close());

beforeEach(async () => {
  rig = await startRig();
  page = await open();
});
afterEach(async () => {
  await page.close();
  await rig.stop();
  // A blocked script, a refused style or a failed request is a fault of the page.
  expect(complaints.splice(0)).toEqual([]);
});

async function open(viewport = { width: 1440, height: 920 }, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const opened = await browser.newPage({ viewport, colorScheme });
  opened.setDefaultTimeout(30_000);
  opened.on('pageerror', (error) => complaints.push(error.message));
  opened.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await opened.goto(`${rig.emulator.url}/handset`);
  return opened;
}

const phone = (name: string) => page.getByRole('article', { name: `Pretend phone ${name}` });

async function addDana(): Promise<void> {
  await rig.control('PUT', `/handsets/${PERSON}`, { name: 'Dana Whitfield' });
  await phone('Dana Whitfield').waitFor();
}

it('a newcomer makes up a phone, texts the number, and sees the reply', async () => {
  rig.app.answer = (_received, response) =>
    response.writeHead(200, { 'content-type': 'text/xml' }).end('<Response><Message>Got it</Message></Response>');
  await page.getByText('No phones yet').waitFor();
  await page.getByRole('button', { name: 'Add phone' }).last().click();
  await page.getByLabel('Number').fill('(303) 555-0142');
  await page.getByLabel('Name').fill('Dana Whitfield');
  await page.getByRole('dialog').getByRole('button', { name: 'Add phone' }).click();
  const line = phone('Dana Whitfield').getByRole('textbox');
  await line.fill('Where is the side gate?');
  await line.press('Enter');
  await phone('Dana Whitfield').getByText('Got it').waitFor();
  await phone('Dana Whitfield')
    .getByText(/taken in \d+ ms/)
    .waitFor();
  expect(rig.app.received[0]).toMatchObject({
    signatureValid: true,
    params: { Body: 'Where is the side gate?', To: NUMBER },
  });
  await page
    .getByRole('row', { name: /Where is the side gate/ })
    .first()
    .waitFor();
});

it('what the app sends appears by itself, and STOP and START are one click', async () => {
  await addDana();
  await rig.client.messages.create({ to: PERSON, from: NUMBER, body: 'Good morning Dana' });
  const dana = phone('Dana Whitfield');
  await dana.getByText('Good morning Dana').waitFor();
  await dana.getByText('(720) 555-0110, ').waitFor();
  await dana.getByRole('button', { name: 'STOP' }).click();
  await dana.getByText('Opted out').waitFor();
  await expect(rig.client.messages.create({ to: PERSON, from: NUMBER, body: 'x' })).rejects.toMatchObject({
    code: 21610,
  });
  await page.getByRole('row', { name: /400.*21610/ }).waitFor();
  await dana.getByRole('button', { name: 'START' }).click();
  await dana.getByText('Opted out').waitFor({ state: 'detached' });
});

it('no text becomes part of the page, however odd', async () => {
  await addDana();
  const odd = [
    '<img src=x onerror="document.title=1"><script>document.title=2</script>',
    'a'.repeat(1600),
    'مرحبا, هل يمكنكم القدوم غدا؟ (720) 555-0110',
    '👩‍👩‍👧‍👦 e\u0301 \u202Eright to left\u202C \u0000 end',
    '\n\n\nlines\n\n',
  ];
  for (const body of odd) {
    await rig.text(body);
    await rig.client.messages.create({ to: PERSON, from: NUMBER, body });
  }
  await expect.poll(() => phone('Dana Whitfield').locator('.words').count(), PATIENCE).toBe(10);
  expect(await phone('Dana Whitfield').locator('.words').first().textContent()).toBe(odd[0]);
  expect(await page.locator('img, script:not([src])').count()).toBe(0);
  expect(await page.title()).toBe('Handsets · carrier emulator');
  expect(await overflow(page)).toBe(0);
  const csp = (await fetch(`${rig.emulator.url}/handset`)).headers.get('content-security-policy');
  expect(csp).toContain("default-src 'none'");
  expect(csp).not.toContain('unsafe');
});

it('a picture goes from the phone to the app, and one of the app’s is shown', async () => {
  await addDana();
  const dana = phone('Dana Whitfield');
  const picture = drawPicture(1, 1);
  await dana.locator('input[type=file]').setInputFiles({ name: 'stain.png', mimeType: 'image/png', buffer: picture });
  await dana.getByText(/stain\.png, \d+ kB/).waitFor();
  await dana.getByRole('textbox').fill('This one');
  await dana.getByRole('textbox').press('Enter');
  const [webhook] = await rig.app.wait(1);
  expect(webhook?.params).toMatchObject({ NumMedia: '1', MediaContentType0: 'image/png', Body: 'This one' });
  const shown = () =>
    dana.locator('img').evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
  await expect.poll(shown, PATIENCE).toEqual([320]);
  rig.app.answer = (_received, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(picture);
  await rig.client.messages.create({ to: PERSON, from: NUMBER, mediaUrl: [`${rig.app.url}/answer.png`] });
  await expect.poll(shown, PATIENCE).toEqual([320, 320]);
  await dana.locator('input[type=file]').setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: picture });
  await dana.getByRole('button', { name: 'Take the picture away' }).click();
  await dana.getByText(/x\.png/).waitFor({ state: 'hidden' });
});

it('numbers of both carriers are there, and each webhook’s signature can be read', async () => {
  const telnyx = '+17205550160';
  await rig.control('PUT', '/accounts/telnyx', {
    carrier: 'telnyx',
    apiKey: 'KEY',
    messagingProfile: { webhookUrl: `${rig.app.url}/telnyx` },
    numbers: [{ e164: telnyx }],
  });
  await addDana();
  const dana = phone('Dana Whitfield');
  await dana.getByLabel('Number to text').selectOption('(720) 555-0160');
  await dana.getByRole('button', { name: 'STOP' }).click();
  await dana.getByText('Opted out').waitFor();
  const [webhook] = await rig.app.wait(1, ({ path }) => path === '/telnyx');
  await page
    .getByRole('row', { name: /“STOP”/ })
    .getByRole('button')
    .click();
  await page.getByText(String(webhook?.headers['telnyx-signature-ed25519'])).first().waitFor();
});

it('what happens while the page is asking for the state is not lost behind an older answer', async () => {
  await addDana();
  const answers: Array<() => Promise<void>> = [];
  await page.route('**/emulator/api/{requests?*,handsets/*/messages}', async (route) => {
    const answer = await route.fetch();
    answers.push(() => route.fulfill({ response: answer }));
  });
  const dana = phone('Dana Whitfield');
  const release = async () => {
    for (const answer of answers.splice(0)) await answer();
  };
  // The text's own answer, and those to the question for the state, come after the event that tells how it went.
  await dana.getByRole('button', { name: 'STOP' }).click();
  await dana.getByText(/taken in \d+ ms/).waitFor();
  await expect.poll(() => answers.length, PATIENCE).toBe(2);
  await rig.client.messages.create({ to: PERSON, from: NUMBER, body: 'x' }).catch(() => undefined);
  await page.getByRole('row', { name: /400.*21610/ }).waitFor();
  await release();
  await expect.poll(() => answers.length, PATIENCE).toBe(1);
  await release();
  await expect.poll(() => page.getByRole('row', { name: /400.*21610/ }).count(), PATIENCE).toBe(1);
  await dana.getByText(/taken in \d+ ms/).waitFor();
  await page.unrouteAll();
});

it('the answer to a text that comes after the news of it does not take the news back', async () => {
  await addDana();
  let release = () => {};
  await page.route('**/emulator/api/handsets/*/messages', async (route) => {
    const answer = await route.fetch();
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    await route.fulfill({ response: answer });
  });
  const dana = phone('Dana Whitfield');
  await dana.getByRole('textbox').fill('Hello');
  await dana.getByRole('textbox').press('Enter');
  await dana.getByText(/taken in \d+ ms/).waitFor();
  const answered = page.waitForEvent('requestfinished', (request) => request.method() === 'POST');
  release();
  await answered;
  // One more round trip of the page's: what it does with the answer is done by then.
  await page.evaluate(() => fetch('/emulator/api/clock').then((answer) => answer.text()));
  expect(await dana.getByText(/taken in \d+ ms/).count()).toBe(1);
});

it('a text of the app’s says how it ended, and whether the app took the report', async () => {
  await addDana();
  await rig.client.messages.create({ to: PERSON, from: NUMBER, body: 'On my way', statusCallback: `${rig.app.url}/s` });
  await phone('Dana Whitfield').getByText('delivered, report taken').waitFor();
});

it('a text that the app does not take says so', async () => {
  await addDana();
  rig.app.answer = (_received, response) => response.writeHead(503).end();
  await rig.text('Anybody?');
  await phone('Dana Whitfield').getByText('not taken: 503').waitFor();
  await page.getByRole('button', { name: 'Failed' }).click();
  await page
    .getByRole('row', { name: /503.*Anybody/ })
    .getByRole('button')
    .click();
  await page.getByText(`${rig.app.url}/sms`, { exact: true }).waitFor();
});

it('faults are switched on, changed and all switched off', async () => {
  await page.getByRole('switch', { name: 'Refuse the next send' }).click();
  await page.getByLabel('Refuse the next send: how').selectOption('opted out');
  await page.getByText('1 on').waitFor();
  await expect
    .poll(async () => JSON.stringify(await rig.control('GET', '/faults')), PATIENCE)
    .toContain('"code":21610');
  await page.getByLabel('Load a scenario').selectOption('Bad network');
  await page.getByText('3 on').waitFor();
  await page.getByRole('button', { name: 'Turn all off' }).click();
  await page.getByText('3 on').waitFor({ state: 'hidden' });
  expect(await rig.control('GET', '/faults')).toMatchObject({ faults: {} });
});

it('everything can be done from the keyboard', async () => {
  await page.getByText('No phones yet').waitFor();
  const top = page.locator('#top').getByRole('button', { name: 'Add phone' });
  await top.first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await top.first().evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await page.keyboard.type('303 555 0142');
  await page.keyboard.press('Enter');
  // The new phone's line has the focus: type and go.
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName), PATIENCE).toBe('TEXTAREA');
  await page.keyboard.type('Hello');
  await page.keyboard.press('Enter');
  await rig.app.wait(1);
  await page.keyboard.press('Shift+Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Yes');
});

it('comes back by itself when the emulator was gone, with what happened meanwhile', async () => {
  await addDana();
  await rig.client.messages.create({ to: PERSON, from: NUMBER, body: 'before' });
  await phone('Dana Whitfield').getByText('before').waitFor();
  await page.context().setOffline(true);
  await rig.text('meanwhile');
  await page.context().setOffline(false);
  await page.reload();
  await phone('Dana Whitfield').getByText('meanwhile').waitFor();
  complaints.length = 0;
});

it.each([
  [1440, 920, 'light'],
  [1440, 920, 'dark'],
  [1024, 768, 'light'],
  [390, 844, 'dark'],
  [390, 844, 'light'],
] as const)('is readable and reachable at %i × %i, %s', async (width, height, scheme) => {
  await page.close();
  await rig.control('PUT', `/handsets/${PERSON}`, { name: 'Dana Whitfield' });
  await rig.text('Perfect, thank you!');
  await rig.client.messages.create({ to: PERSON, from: NUMBER, body: 'See you on Thursday' });
  const media = [{ contentType: 'image/png', data: drawPicture(1, 2).toString('base64') }];
  await rig.control('POST', `/handsets/${PERSON}/messages`, { to: NUMBER, media });
  await rig.control('POST', '/faults', { faults: { 'webhook:duplicate': 0.2 } });
  page = await open({ width, height }, scheme);
  await phone('Dana Whitfield').getByText('See you on Thursday').waitFor();
  const views = width < 600 ? ['Dana', 'Log', 'Faults'] : [''];
  for (const view of views) {
    if (view) await page.locator('#tabs').getByRole('button', { name: view }).click();
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  }
});

it('its scripts are type-checked', async () => {
  const config = fileURLToPath(new URL('../../tsconfig.page.json', import.meta.url));
  const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [compiler, '-p', config, '--listFilesOnly']);
  expect(stdout).toContain('page/assets/app.js');
  await promisify(execFile)(process.execPath, [compiler, '-p', config]).catch((error: { stdout: string }) => {
    throw new Error(error.stdout);
  });
}, 60_000);

/** How many pixels the page is wider than the window. */
function overflow(of: Page): Promise<number> {
  return of.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
}

/** What axe finds, in one line each. */
async function violations(of: Page): Promise<string[]> {
  // The page's policy forbids injected scripts, as it should; the debugger may.
  await of.evaluate(AxeSource.source);
  const { violations: found } = await of.evaluate(() =>
    (window as unknown as { axe: typeof AxeSource }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
    }),
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
