import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMailbox, type Mailbox } from './mailbox.ts';

let folder: string;
let mailbox: Mailbox;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'patchline-mailbox-'));
  mailbox = await createMailbox({ folder, port: 0, smtpPort: 0 });
});
afterAll(async () => {
  await mailbox.close();
  await rm(folder, { recursive: true });
});

const send = (subject: string, text: string) =>
  createTransport(mailbox.smtpUrl).sendMail({ from: 'a@desk.test', to: 'b@desk.test', subject, text });

async function newest(): Promise<{ list: string; letter: string; headers: Headers }> {
  const list = await (await fetch(mailbox.url)).text();
  const answer = await fetch(new URL(/\/letters\/[\w-]+/.exec(list)?.[0] ?? '', mailbox.url));
  return { list, letter: await answer.text(), headers: answer.headers };
}

test('a letter that holds markup is shown as text, its links go to the web only, and nothing in it runs', async () => {
  await send(
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(2)> javascript:alert(3) https://desk.test/a?b=1&c="x',
  );
  const { list, letter, headers } = await newest();
  for (const page of [list, letter]) {
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain('&#60;script&#62;');
  }
  expect([...letter.matchAll(/href="([^"]*)"/g)].map((match) => match[1])).toEqual([
    '/',
    'https://desk.test/a?b=1&amp;c=',
  ]);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('letters outlive a restart, and a letter that is too large is refused instead of cut', async () => {
  await send('Kept', 'still here');
  await expect(send('Large', 'x'.repeat(1_500_000))).rejects.toThrow();
  await mailbox.close();
  mailbox = await createMailbox({ folder, port: 0, smtpPort: 0 });
  const list = await (await fetch(mailbox.url)).text();
  expect(list).toContain('Kept');
  expect(list).not.toContain('Large');
});

test('another site whose name points at this machine reads no letters, and no path leaves the folder', async () => {
  const asked = (headers: Record<string, string>, at = '/') =>
    new Promise<number | undefined>((resolve, reject) => {
      request(new URL(at, mailbox.url), { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  expect(await asked({ host: 'evil.example' })).toBe(403);
  expect(await asked({}, '/letters/..%2f..%2fsecrets')).toBe(404);
  expect(await asked({})).toBe(200);
});
