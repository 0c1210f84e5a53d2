import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MediaItem } from '@patchline/contracts/media';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findMedia, insertUpload } from '../media/index.ts';
import { acceptOutbound } from './accept-outbound.ts';
import { fetchMedia } from './fetch-media.ts';
import { reconcileInbound } from './reconcile.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

/** The smallest picture: one transparent dot. */
const DOT = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

const control = (path: string, body: unknown) =>
  fetch(`${world.emulator.url}/emulator/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

interface StoredMessage {
  id: string;
  thread_id: string;
  body: string;
  version: number;
  media: MediaItem[];
  last_message_snippet: string;
}

async function messageOf(sid: string): Promise<StoredMessage> {
  const look = () =>
    world.db.peek<StoredMessage>(
      `select m.id, m.thread_id, m.body, m.version::int, m.media, c.last_message_snippet
       from messages m join conversations c on c.id = m.conversation_id where m.carrier_message_id = $1`,
      [sid],
    );
  const [row] = await world.until('the text is stored', async () => {
    const rows = await look();
    return rows.length > 0 && rows;
  });
  return row as StoredMessage;
}

async function textPicture(from: string, body: string, media: unknown[]): Promise<string> {
  const answer = await control(`/handsets/${encodeURIComponent(from)}/messages`, { to: world.number, body, media });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { sid: string }).sid;
}

const mediaRecord = (id: string) => world.db.withTenant(world.tenantId, (tx) => findMedia(tx, id));

async function bytesOf(id: string): Promise<Buffer> {
  const record = await mediaRecord(id);
  const chunks: Buffer[] = [];
  for await (const chunk of world.core.media.read(world.tenantId, record?.sha256 as Buffer)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function store(bytes: Buffer, contentType: string): Promise<string> {
  const id = uuidv7();
  const sha256 = await world.core.media.put(world.tenantId, bytes);
  await world.db.withTenant(world.tenantId, (tx) =>
    insertUpload(tx, { id, contentType, name: 'dot.gif', bytes: bytes.length, sha256 }),
  );
  return id;
}

const send = (to: string, body: string, mediaIds: string[]) =>
  world.core.database.withTenant(world.tenantId, (tx) =>
    acceptOutbound(world.core, tx, { to, from: null, body, mediaIds, author: null, actor: 'test', lockToken: null }),
  );

test('a picture that a person sends is shown as coming, then is there, on every screen', async () => {
  const sid = await textPicture('+13035550171', '', [{ contentType: 'image/gif', data: DOT.toString('base64') }]);
  const before = await messageOf(sid);
  expect(before.media).toMatchObject([{ contentType: 'image/gif', status: 'pending', bytes: null }]);
  expect(before.last_message_snippet).toBe('Picture');

  await world.runJobs();
  const after = await messageOf(sid);
  expect(after.media).toEqual([
    { id: before.media[0]?.id, contentType: 'image/gif', status: 'stored', bytes: DOT.length, name: null },
  ]);
  expect(await bytesOf(after.media[0]?.id ?? '')).toEqual(DOT);

  const { messages } = await world.asAgent<{ messages: Array<{ media?: MediaItem[] }> }>(
    { userId: 'a', name: 'Ann' },
    { kind: 'query', name: 'smsMessages:forThread', args: { threadId: after.thread_id } },
  );
  expect(messages.map(({ media }) => media)).toEqual([after.media]);
  const ledger = await world.db.peek<{ payload: string }>(
    "select p.payload from audit_entries e join audit_payloads p on p.entry_id = e.id where e.subject = $1 and e.kind = 'message.media_stored'",
    [after.id],
  );
  expect(JSON.parse(ledger[0]?.payload ?? '{}')).toMatchObject({
    sha256: createHash('sha256').update(DOT).digest('hex'),
  });
});

test('a picture whose fetching ran twice is stored and announced once', async () => {
  const sid = await textPicture('+13035550172', 'Look', [{ contentType: 'image/gif', data: DOT.toString('base64') }]);
  const { media } = await messageOf(sid);
  const job = { tenantId: world.tenantId, mediaId: media[0]?.id ?? '' };
  await Promise.all([fetchMedia(world.core, job, false), fetchMedia(world.core, job, false)]);
  const { id, version } = await messageOf(sid);
  expect(version).toBe(2);
  expect(
    await world.db.peek("select 1 from audit_entries where subject = $1 and kind = 'message.media_stored'", [id]),
  ).toHaveLength(1);
});

test('the text stays when its picture cannot be had, and says so', async () => {
  const nowhere = 'http://127.0.0.1:9/not-the-carrier.gif';
  const sid = await textPicture('+13035550173', 'The broken part', [
    { contentType: 'image/gif', data: DOT.toString('base64') },
  ]);
  const { media, body } = await messageOf(sid);
  expect(body).toBe('The broken part');
  const id = media[0]?.id ?? '';
  await world.db.peek('update media set source_url = $2 where id = $1', [id, nowhere]);
  await fetchMedia(world.core, { tenantId: world.tenantId, mediaId: id }, false);
  expect((await messageOf(sid)).media).toMatchObject([{ status: 'failed' }]);
  expect(await world.db.peek('select problem from media where id = $1', [id])).toEqual([
    { problem: 'The address is not one of the carrier’s.' },
  ]);
});

test('no text makes us read an address inside our network, not even by a redirect', async () => {
  let asked = 0;
  const inside = createServer((_, answer) => {
    asked++;
    answer.end('secret');
  });
  const insideUrl = await listen(inside);
  const account = await world.core.directory.account(world.tenantId, world.accountId);
  const carrier = world.core.carriers('twilio');
  for (const url of [
    insideUrl,
    `${insideUrl}/@api.twilio.com`,
    'https://api.twilio.com.evil.test/x',
    'https://169.254.169.254/latest/meta-data',
    'https://ec2-10-0-0-1.compute-1.amazonaws.com/',
    'file:///etc/passwd',
    'not an address',
  ]) {
    await expect(carrier.readMedia(account, url, 1_000)).rejects.toThrow('not one of the carrier');
  }
  expect(asked).toBe(0);
  inside.close();
});

test('a carrier that is away for a moment costs a delay, not the picture', async () => {
  const sid = await textPicture('+13035550174', '', [{ contentType: 'image/gif', data: DOT.toString('base64') }]);
  const id = (await messageOf(sid)).media[0]?.id ?? '';
  const source = (await mediaRecord(id))?.source_url ?? '';
  await world.db.peek('update media set source_url = $2 where id = $1', [id, `${source}0`]);
  const job = { tenantId: world.tenantId, mediaId: id };
  await expect(fetchMedia(world.core, job, false)).rejects.toThrow('404');
  expect((await mediaRecord(id))?.status).toBe('pending');
  await world.db.peek('update media set source_url = $2 where id = $1', [id, source]);
  await fetchMedia(world.core, job, false);
  expect((await mediaRecord(id))?.status).toBe('stored');
});

test('a picture that is still not to be had on the last try is given up in words', async () => {
  const sid = await textPicture('+13035550175', '', [{ contentType: 'image/gif', data: DOT.toString('base64') }]);
  const id = (await messageOf(sid)).media[0]?.id ?? '';
  await world.db.peek("update media set source_url = source_url || '0' where id = $1", [id]);
  await fetchMedia(world.core, { tenantId: world.tenantId, mediaId: id }, true);
  expect((await messageOf(sid)).media).toMatchObject([{ status: 'failed' }]);
});

test('a picture whose webhook was lost is found with its text', async () => {
  await world.faults({ 'webhook:drop': 1 });
  const sid = await textPicture('+13035550176', 'Lost and found', [
    { contentType: 'image/gif', data: DOT.toString('base64') },
  ]);
  await world.faults({});
  expect(await reconcileInbound(world.core)).toBe(1);
  const found = await messageOf(sid);
  expect(found.media).toMatchObject([{ contentType: 'image/gif', status: 'pending' }]);
  await world.runJobs();
  expect(await bytesOf((await messageOf(sid)).media[0]?.id ?? '')).toEqual(DOT);
});

test('a picture of ours arrives on the handset, and its address is nobody else’s', async () => {
  const id = await store(DOT, 'image/gif');
  const { status } = await send('+13035550177', '', [id]);
  expect(status).toBe('accepted');
  await world.runJobs();
  const answer = await fetch(
    `${world.emulator.url}/emulator/api/handsets/${encodeURIComponent('+13035550177')}/messages`,
  );
  const { messages } = (await answer.json()) as { messages: Array<{ sid: string; media: Array<{ url: string }> }> };
  const [message] = messages;
  expect(message?.media).toHaveLength(1);
  const url = message?.media[0]?.url ?? '';
  const seen = await fetch(url.startsWith('/') ? `${world.emulator.url}${url}` : url);
  expect(Buffer.from(await seen.arrayBuffer())).toEqual(DOT);

  const link = world.core.mediaLinks.pathOf({ tenantId: world.tenantId, id }, Date.now() + 60_000);
  const at = (path: string) => fetch(`${world.core.publicUrl}${path}`).then((found) => found.status);
  expect(await at(link)).toBe(200);
  expect(await at(`${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`)).toBe(404);
  const foreign = world.core.mediaLinks.pathOf({ tenantId: uuidv7(), id }, Date.now() + 60_000);
  expect(await at(foreign)).toBe(404);
  expect(await at(world.core.mediaLinks.pathOf({ tenantId: world.tenantId, id }, Date.now() - 1_000))).toBe(404);
});

test('files that are not there, and more than the carrier takes, are refused before anything is stored', async () => {
  await expect(send('+13035550178', 'x', [uuidv7()])).rejects.toMatchObject({ code: 'invalid_input' });
  const large = await store(Buffer.alloc(3_000_000, 1), 'image/gif');
  await expect(send('+13035550178', 'x', [large, large])).rejects.toMatchObject({ code: 'invalid_input' });
  expect(await world.handset('+13035550178')).toEqual([]);
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
