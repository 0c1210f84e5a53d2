import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessible } from './harness/accessible.ts';
import { launchBrowser, signIn } from './harness/browser.ts';
import { type Product, startProduct } from './harness/product.ts';
import { until } from './harness/until.ts';

let product: Product;
let browser: Browser;
let owner: Page;
let mailbox: string;

beforeAll(async () => {
  product = await startProduct();
  // It is printed once everything is ready, a moment after the server is.
  mailbox = await until(
    'the mailbox is printed',
    async () => /http:\S+(?=\s+\(what Patchline sends)/.exec(product.output())?.[0],
  );
  browser = await launchBrowser();
  ({ page: owner } = await signIn(browser, product.demo, user('owner').name));
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

/** A real OpenID Connect server, which signs in whom it is told to. */
const OIDC_SERVER = fileURLToPath(new URL('../apps/server/src/accounts/fixtures/oidc-server.mjs', import.meta.url));

const PASSWORD = 'a quiet afternoon by the river';

test('who is invited joins by the link of the letter, once', async () => {
  const email = 'lena.brandt@quillmere.example';
  await visit(owner, '/settings/people');
  await owner.getByRole('button', { name: 'Invite' }).click();
  const dialog = owner.getByRole('dialog');
  await dialog.getByLabel('Email').fill(email);
  await dialog.getByRole('radio', { name: 'Supervisor' }).check();
  await accessible(owner);
  await dialog.getByRole('button', { name: 'Send the invitation' }).click();
  await owner.getByRole('listitem').filter({ hasText: email }).getByText('Supervisor, invited by').waitFor();

  const link = await linkTo(email, '/invite');
  const lena = await somebody();
  await lena.goto(link);
  await lena.getByRole('heading', { name: 'Join ' }).waitFor();
  await lena.getByLabel('Your name').fill('Lena Brandt');
  await lena.getByLabel('Password', { exact: true }).fill('short');
  await lena.getByRole('button', { name: 'Join' }).click();
  await lena.getByText('This is shorter than 8 characters.').waitFor();
  await accessible(lena);
  await lena.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await lena.getByRole('button', { name: 'Join' }).click();
  await lena.waitForURL(/\/inbox/);

  await visit(owner, '/settings/people');
  await owner
    .getByRole('listitem')
    .filter({ hasText: 'Lena Brandt' })
    .getByText(/^Supervisor,/)
    .waitFor();
  const late = await somebody();
  await late.goto(link);
  await late.getByRole('heading', { name: 'This invitation does not work' }).waitFor();
  await accessible(late);
});

test('a forgotten password is replaced by the link of the letter, and other sessions end', async () => {
  const { email, name, password } = user('agent');
  const { page: elsewhere } = await signIn(browser, product.demo, name);
  const agent = await somebody();
  await visit(agent, '/sign-in');
  await agent.getByLabel('Email').fill(email);
  await agent.getByRole('link', { name: 'Forgot it?' }).click();
  expect(await agent.getByLabel('Email').inputValue()).toBe(email);
  await accessible(agent);
  await agent.getByRole('button', { name: 'Send the link' }).click();
  await agent.getByRole('heading', { name: 'Look at your email' }).waitFor();

  await agent.goto(await linkTo(email, '/reset'));
  await agent.getByLabel('New password', { exact: true }).fill(PASSWORD);
  await accessible(agent);
  await agent.getByRole('button', { name: 'Save the password' }).click();
  await agent.getByText('Your password is changed').waitFor();
  await fillSignIn(agent, email, password);
  await agent.getByText('do not belong together').waitFor();
  await fillSignIn(agent, email, PASSWORD);
  await agent.waitForURL(/\/inbox/);
  await elsewhere.reload();
  await elsewhere.waitForURL(/\/sign-in/);
});

test('with a second factor, the password alone lets nobody in; a code does, and a recovery code once', async () => {
  const { email, password } = user('admin');
  const admin = await somebody();
  await visit(admin, '/sign-in');
  await fillSignIn(admin, email, password);
  await admin.waitForURL(/\/inbox/);
  await visit(admin, '/settings/security');
  await admin.getByRole('button', { name: 'Set up' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByLabel('Your password').fill('not this one');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.getByText('This is not your password.').waitFor();
  await dialog.getByLabel('Your password').fill(password);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  const key = (await dialog.locator('code').textContent()) ?? '';
  await dialog.getByLabel('Code').fill('000000');
  await dialog.getByRole('button', { name: 'Check and switch on' }).click();
  await dialog.getByText('This is not the code').waitFor();
  await accessible(admin);
  await dialog.getByLabel('Code').fill(codeOf(key));
  await dialog.getByRole('button', { name: 'Check and switch on' }).click();
  await dialog.getByRole('list', { name: 'Recovery codes' }).waitFor();
  const [recovery = ''] = await dialog.getByRole('listitem').allTextContents();
  const done = dialog.getByRole('button', { name: 'Done' });
  expect(await done.isDisabled()).toBe(true);
  await dialog.getByLabel('I keep them').check();
  await accessible(admin);
  await done.click();
  await admin.getByRole('button', { name: 'Switch off' }).waitFor();

  const again = await somebody();
  await visit(again, '/settings/security');
  await fillSignIn(again, email, password);
  await again.getByRole('heading', { name: 'One more step' }).waitFor();
  await accessible(again);
  await again.getByLabel('Code', { exact: true }).fill('000000');
  await again.getByRole('button', { name: 'Sign in' }).click();
  await again.getByText('That is not the code').waitFor();
  await again.getByLabel('Code', { exact: true }).fill(codeOf(key));
  await again.getByRole('button', { name: 'Sign in' }).click();
  await again.waitForURL(/\/settings\/security/);
  await again.getByText('This one').waitFor();

  for (const [times, words] of [
    [1, null],
    [2, 'was used before'],
  ] as const) {
    const other = await somebody();
    await visit(other, '/sign-in');
    await fillSignIn(other, email, password);
    await other.getByRole('button', { name: 'Use a recovery code' }).click();
    await other.getByLabel('Recovery code').fill(recovery);
    await other.getByRole('button', { name: 'Sign in' }).click();
    if (words === null) await other.waitForURL(/\/inbox/);
    else await other.getByText(words).waitFor();
    expect(times).toBeLessThan(3);
  }
});

test('a session that is ended elsewhere is signed out there', async () => {
  const there = await somebody();
  await visit(there, '/sign-in');
  const { email, password } = user('owner');
  await fillSignIn(there, email, password);
  await there.waitForURL(/\/inbox/);
  await visit(owner, '/settings/security');
  const sessions = owner.getByRole('listitem').filter({ hasText: 'Signed in' });
  await sessions.nth(1).waitFor();
  await accessible(owner);
  await owner.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await owner.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await owner.getByRole('dialog').waitFor({ state: 'hidden' });
  await there.reload();
  await there.waitForURL(/\/sign-in/);
  await owner.reload();
  await owner.getByText('This one').waitFor();
});

test('people of a company’s domain come in by its own sign-in, and others are told that there is none', async () => {
  const provider = spawn(process.execPath, [OIDC_SERVER, `${product.demo.url}/api/auth/sso/callback`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [issuer = ''] = (await once(createInterface({ input: provider.stdout }), 'line')) as string[];
    const { email, name } = user('admin');
    const someoneIs = (sub: string, claims: object) =>
      fetch(`${issuer}/next`, { method: 'PUT', body: JSON.stringify({ sub, ...claims }) });
    await visit(owner, '/settings/sso');
    await owner.getByRole('button', { name: 'Add' }).click();
    const dialog = owner.getByRole('dialog');
    await dialog.getByLabel('Email domain').fill('not a domain');
    await dialog.getByLabel('Issuer').fill(issuer);
    await dialog.getByLabel('Client ID').fill('patchline');
    await dialog.getByLabel('Client secret', { exact: true }).fill('the client secret');
    await dialog.getByRole('button', { name: 'Check and save' }).click();
    await dialog.getByText('This must be a domain').waitFor();
    await accessible(owner);
    await dialog.getByLabel('Email domain').fill(email.split('@')[1] ?? '');
    await dialog.getByRole('button', { name: 'Check and save' }).click();
    await owner.getByRole('listitem').filter({ hasText: issuer }).waitFor();

    const page = await somebody();
    await visit(page, '/sign-in');
    await page.getByRole('button', { name: 'Use single sign-on' }).click();
    await page.getByText('Enter your work email first').waitFor();
    await page.getByLabel('Email').fill('somebody@elsewhere.example');
    await page.getByRole('button', { name: 'Use single sign-on' }).click();
    await page.getByText('There is no single sign-on for this address').waitFor();
    await accessible(page);
    await someoneIs('a stranger', {
      email: `stranger@${email.split('@')[1]}`,
      email_verified: true,
      name: 'A Stranger',
    });
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Use single sign-on' }).click();
    await page.getByText('nobody has invited you here yet').waitFor();
    await page.context().clearCookies();
    await someoneIs('the admin', { email, email_verified: true, name });
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Use single sign-on' }).click();
    await page.waitForURL(/\/inbox/);

    await owner.getByRole('button', { name: /^Remove/ }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await owner.getByText('People sign in with a password').waitFor();
  } finally {
    provider.stdin.end();
  }
});

function user(role: string) {
  const found = product.demo.users.find((each) => each.role === role);
  if (found === undefined) throw new Error(`The demo has no ${role}`);
  return found;
}

const visit = (page: Page, path: string) => page.goto(`${product.demo.url}${path}`);

/** A browser of somebody who is not signed in. */
async function somebody(): Promise<Page> {
  return (await browser.newContext({ viewport: { width: 1024, height: 800 } })).newPage();
}

async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The newest link of that kind that was mailed to an address. */
async function linkTo(email: string, path: string): Promise<string> {
  return until(`a letter with ${path} to ${email}`, async () => {
    const list = await (await fetch(mailbox)).text();
    for (const [, id] of list.matchAll(/letters\/([\w-]+)/g)) {
      const letter = await (await fetch(`${mailbox}letters/${id}`)).text();
      const link = new RegExp(`http://[^\\s<"]+${path}\\?token=[\\w-]+`).exec(letter)?.[0];
      if (link !== undefined && letter.includes(email)) return link;
    }
    return null;
  });
}

/** The code that an authenticator app shows now for a key (RFC 6238: SHA-1, 30 seconds, six digits). */
function codeOf(key: string): string {
  const bits = [...key.replace(/\s/g, '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const code = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(code % 1_000_000).padStart(6, '0');
}
