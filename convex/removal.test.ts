import { HOT_TIER_TOKEN_SECONDS } from '@patchline/contracts/token-claims';
import { ConvexClient } from 'convex/browser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from './_generated/api.js';
import { type HotTier, startHotTier, threadRow, type Who } from './testing.kit.ts';

/**
 * Who was removed, or whose role was lowered, learns nothing more once their token has run out: the client gets no new
 * one from the server, and the hot tier ends the socket of a client that goes on without. Tokens live five minutes; these
 * live seconds.
 */
const MINUTES_5 = 300;
/** Seconds. The hot tier allows clocks to differ by 5 more. */
const SHORT = -3;

let hot: HotTier;
const clients: ConvexClient[] = [];
beforeAll(async () => {
  hot = await startHotTier();
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await hot.close();
});

const mia: Who = { tenant: 'acme', user: 'mia', teams: ['repairs'] };

/** The official client, whose tokens come from `fetchToken`; what it shows of the inbox, and what it was refused with. */
function watch(fetchToken: () => Promise<string | null>) {
  const client = new ConvexClient(hot.url, { skipConvexDeploymentUrlCheck: true, logger: false });
  clients.push(client);
  const seen = { threads: [] as string[], refused: [] as string[], signedIn: [] as boolean[] };
  const woken: Array<() => void> = [];
  const wake = () => {
    for (const resolve of woken.splice(0)) resolve();
  };
  client.setAuth(fetchToken, (is) => {
    seen.signedIn.push(is);
    wake();
  });
  client.onUpdate(
    api.inbox.recent,
    {},
    ({ threads }) => {
      seen.threads = threads.map(({ threadId }) => threadId);
      wake();
    },
    (error) => {
      seen.refused.push(((error as { data?: { code?: string } }).data?.code ?? error.message) as string);
      wake();
    },
  );
  return {
    seen,
    /** Waits until what was seen is as wanted. */
    async until(wanted: () => boolean) {
      while (!wanted()) await new Promise<void>((resolve) => woken.push(resolve));
    },
  };
}

const arrives = async (threadId: string, teamId: string | null = null, version = 1) =>
  (await hot.server()).mutation(api.feed.hydrate, {
    thread: threadRow('acme', threadId, { teamId, version, updatedAt: 1000 + version }),
    messages: [],
  });

test('a token lives five minutes at most', () => {
  expect(HOT_TIER_TOKEN_SECONDS).toBeLessThanOrEqual(MINUTES_5);
});

test('a removed person’s client is signed out when its token ends, and hears of nothing that comes after', async () => {
  await arrives('before');
  let member = true;
  const { seen, until } = watch(async () => (member ? hot.personToken(mia, { expiresIn: SHORT }) : null));
  await until(() => seen.threads.includes('before'));
  member = false;
  await until(() => seen.refused.includes('unauthenticated'));
  await arrives('after');
  const stays = watch(() => hot.personToken(mia));
  await stays.until(() => stays.seen.threads.includes('after'));
  expect(seen.threads).not.toContain('after');
  expect(seen.signedIn.at(-1)).toBe(false);
});

test('a client that keeps its old token is cut off by the hot tier itself', async () => {
  const old = await hot.personToken(mia, { expiresIn: SHORT });
  const { seen, until } = watch(async () => old);
  await until(() => seen.signedIn.length > 0);
  await until(() => seen.signedIn.at(-1) === false);
  await arrives('later');
  const stays = watch(() => hot.personToken(mia));
  await stays.until(() => stays.seen.threads.includes('later'));
  expect(seen.threads).not.toContain('later');
});

test('a lowered role and a team that was left show with the next token', async () => {
  await arrives('of repairs', 'repairs');
  await arrives('of sales', 'sales');
  let who: Who = { ...mia, role: 'supervisor' };
  const { seen, until } = watch(() => hot.personToken(who, { expiresIn: SHORT }));
  await until(() => seen.threads.includes('of sales'));
  who = mia;
  await until(() => !seen.threads.includes('of sales'));
  expect(seen.threads).toContain('of repairs');
  who = { ...mia, teams: [] };
  await until(() => !seen.threads.includes('of repairs'));
});
