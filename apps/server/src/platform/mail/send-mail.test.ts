import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobHelpers } from 'graphile-worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMailbox } from '../../mailbox/mailbox.ts';
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts';
import { createLogger } from '../logging.ts';
import { createSealer } from '../secrets/seal.ts';
import { createMailer } from './queue-mail.ts';
import { mailJobs } from './send-mail.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const sealer = createSealer(randomBytes(32));
const logged: string[] = [];
const log = createLogger('debug', { write: (line) => logged.push(line) });

async function queue(): Promise<string> {
  await db.withPlatform((tx) =>
    createMailer(sealer, true).queueMail(tx, { to: 'noor@desk.test', subject: 'Come in', text: 'token=letmein' }),
  );
  const [row] = await db.peek<{ id: string }>('select id from mails order by id desc limit 1');
  return row?.id ?? '';
}

const sendBy = (smtpUrl: string | null, mailId: string, attempts = 1) =>
  mailJobs({ database: db, sealer, smtpUrl, mailFrom: 'Patchline <no-reply@desk.test>', log }).send_mail?.({ mailId }, {
    job: { attempts, max_attempts: 18 },
  } as JobHelpers);

test('a letter waits, sealed, while the mail server is down, and goes out once when it is back', async () => {
  const id = await queue();
  await expect(sendBy('smtp://someone:a-password@127.0.0.1:9', id)).rejects.toThrow('did not take the letter');
  expect(await db.peek('select 1 from mails where sealed is not null')).toHaveLength(1);
  const folder = await mkdtemp(path.join(tmpdir(), 'patchline-mail-'));
  const mailbox = await createMailbox({ folder, port: 0, smtpPort: 0 });
  await sendBy(mailbox.smtpUrl, id, 2);
  await sendBy(mailbox.smtpUrl, id, 3);
  const list = await (await fetch(mailbox.url)).text();
  expect([...list.matchAll(/Come in/g)]).toHaveLength(1);
  expect(await db.peek('select 1 from mails where sealed is not null')).toEqual([]);
  await mailbox.close();
  await rm(folder, { recursive: true });
});

test('a letter that is rolled back is never sent', async () => {
  const before = await db.peek('select 1 from graphile_worker._private_jobs');
  await expect(
    db.withPlatform(async (tx) => {
      await createMailer(sealer, true).queueMail(tx, { to: 'x@desk.test', subject: 'No', text: 'no' });
      throw new Error('changed our mind');
    }),
  ).rejects.toThrow('changed our mind');
  expect(await db.peek('select 1 from graphile_worker._private_jobs')).toHaveLength(before.length);
});

test('an address that the mail server refuses is given up at once, and neither letter nor password is in the log', async () => {
  // A mail server in five lines: it greets, and refuses whom the letter is for, repeating all it knows.
  const server = createServer((socket) => {
    socket.write('220 mail\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const line = String(data);
      if (line.startsWith('EHLO')) socket.write('250-mail\r\n250 AUTH PLAIN\r\n');
      else if (line.startsWith('AUTH')) socket.write('235 in\r\n');
      else if (line.startsWith('RCPT')) socket.write('550 no noor@desk.test with a-password and letmein\r\n');
      else socket.write('250 ok\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const id = await queue();
  await sendBy(`smtp://someone:a-password@127.0.0.1:${port}`, id);
  server.close();
  expect(await db.peek('select 1 from mails where given_up_at is not null and sealed is null')).toHaveLength(1);
  const words = logged.join();
  expect(words).toContain('550');
  for (const secret of ['letmein', 'a-password', 'noor@desk.test']) expect(words).not.toContain(secret);
});
