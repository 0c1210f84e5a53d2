import { twilioClients } from '../../apps/server/src/carriers/twilio/client.ts';
import { startSendDispatcher } from '../../apps/server/src/messaging/index.ts';
import { createPacer } from '../../apps/server/src/pacing/index.ts';
import type { EmulatorProcess } from './carrier.ts';
import type { DispatchWorld } from './world.ts';

/** Calls that the bare loop has open at once; ours may open as many for one tenant. */
const PARALLEL = 24;

/** Different people texted, in turns. */
const PEOPLE = 2_000;

const BODY = 'We can be there at eight tomorrow. Does that suit you, and is somebody at home?';

export interface Round {
  perSecond: number;
  commitsPerSend: number;
}

/** Sends `texts` that were accepted before, and returns once every outcome is recorded. */
export async function dispatchRound(world: DispatchWorld, texts: number): Promise<Round> {
  await acceptTexts(world, texts);
  const before = world.commits();
  const began = performance.now();
  const dispatcher = startSendDispatcher({
    core: world.core,
    pacer: createPacer({ redisUrl: null }, world.core.log),
    emulated: () => true,
  });
  await dispatcher.settled();
  const seconds = (performance.now() - began) / 1000;
  const commits = world.commits() - before;
  await dispatcher.stop();
  const [left] = await world.query<{ count: number }>(
    "select count(*)::int as count from messages where tenant_id = $1 and status <> 'queued'",
    [world.account.tenantId],
  );
  if (left?.count !== 0) throw new Error(`${left?.count} texts were not taken by the emulator`);
  return { perSecond: texts / seconds, commitsPerSend: commits / texts };
}

/** The same client posts as many texts to the same emulator, and commits one small row `commitsPerSend` times a text. */
export async function bareRound(
  world: DispatchWorld,
  emulator: EmulatorProcess,
  options: { texts: number; commitsPerSend: number },
): Promise<Round> {
  const client = twilioClients(emulator.url)(world.account);
  const statusCallback = world.core.carriers('twilio').reportUrl(world.core.publicUrl, world.account.id);
  let next = 0;
  let owed = 0;
  let commits = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      while (next < options.texts) {
        const to = recipient(next++);
        const message = await client.messages.create({ from: world.number, to, body: BODY, statusCallback });
        for (owed += options.commitsPerSend; owed >= 1; owed--) {
          commits++;
          await world.pool.query({
            name: 'bare',
            text: 'insert into bare_sends (sid) values ($1)',
            values: [message.sid],
          });
        }
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  return { perSecond: options.texts / seconds, commitsPerSend: commits / options.texts };
}

async function acceptTexts(world: DispatchWorld, texts: number): Promise<void> {
  await world.query(
    `with placed as (
       select (place_message(gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'outbound', 'accepted',
         $1, '+1303556' || lpad((n % $5)::text, 4, '0'), $2, $2, 1, 'conversation', $3, null, null, null, null, null,
         now() - interval '30 days', now())).message_id as id
       from generate_series(1, $4::int) n)
     insert into send_queue (tenant_id, message_id, our_address, expires_at)
       select $6, id, $1, now() + interval '1 hour' from placed`,
    [world.number, BODY, world.account.id, texts, PEOPLE, world.account.tenantId],
  );
}

function recipient(n: number): string {
  return `+1303556${String(n % PEOPLE).padStart(4, '0')}`;
}
