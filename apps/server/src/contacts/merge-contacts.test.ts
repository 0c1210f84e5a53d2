import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeMessage } from '../messaging/index.ts';
import { createTestServer, type TestServer, type TestTenant } from '../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
let accountId: string;
let cookie: string;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  cookie = await server.cookieOf(tenant.users.supervisor.email);
  const [account] = await server.db.peek<{ id: string }>('select id from carrier_accounts');
  accountId = account?.id ?? '';
});
afterAll(() => server.close());

async function ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) {
  const answer = await server.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { cookie },
    ...(payload && { payload }),
  });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
}

const PEOPLE = 4;
const person = fc.nat(PEOPLE - 1);
/** What may happen, to people by their place. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('text' as const), who: person, second: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('merge' as const), who: person, from: person }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), which: fc.nat(5) }) },
  fc.record({
    kind: fc.constantFrom('note' as const, 'rename' as const, 'stop' as const, 'read' as const),
    who: person,
  }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'restore' as const), who: person }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

test('whatever came in while contacts were one, taking them apart leaves them as if they had never been', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 18 }), async (story) => {
      const [merged, twins] = [await makePeople(), await makePeople()];
      await live(story, merged, twins);
      expect(await stateOf(merged)).toEqual(await stateOf(twins));
    }),
    { numRuns: 25, interruptAfterTimeLimit: 12_000 },
  );
});

/** People with two numbers each. */
interface People {
  /** The middle of their numbers, which nobody else has. */
  block: string;
  ids: string[];
}

let blocks = 200;
async function makePeople(): Promise<People> {
  const block = String(blocks++);
  const ids: string[] = [];
  for (let who = 0; who < PEOPLE; who++) {
    const made = await ask('POST', '/contacts', {
      // The second has no name of its own, and takes that of whom it is made one with.
      ...(who === 1 ? {} : { name: `Person ${who}` }),
      ...(who === 2 ? { company: 'Quillmere', type: 'customer' } : {}),
      tags: [`tag ${who}`],
      addresses: [0, 1].map((second) => ({ channel: 'sms', address: numberOf(block, who, second) })),
    });
    expect(made.status).toBe(201);
    ids.push(made.body.id);
  }
  return { block, ids };
}

const numberOf = (block: string, who: number, second: number) => `+1303${block}01${who}${second}`;

/** Tells one story of both, but only the first are ever merged; at the end they are all taken apart. */
async function live(story: readonly Happening[], merged: People, twins: People): Promise<void> {
  const both = [merged, twins];
  /** To whom each belongs at the moment. */
  const root = merged.ids.map((_, who) => who);
  const gone = new Set<number>();
  const merges: Array<{ id: string; keep: number; before: number[] }> = [];
  const rootOf = (who: number) => root[who] as number;
  const alone = (who: number) => root.filter((other) => other === rootOf(who)).length === 1;
  const undo = async (which: number) => {
    const merge = merges[which];
    if (merge === undefined) return;
    const answer = await ask('POST', `/contacts/merges/${merge.id}/undo`);
    const builtUpon =
      rootOf(merge.keep) !== merge.keep || merges.slice(which + 1).some(({ keep }) => keep === merge.keep);
    expect(answer.status).toBe(builtUpon ? 409 : 204);
    if (builtUpon) return;
    merges.splice(which, 1);
    const mine = new Set([...root.keys()].filter((who) => rootOf(who) === merge.keep));
    for (const who of mine) root[who] = merge.before[who] as number;
  };
  for (const [place, event] of story.entries()) {
    switch (event.kind) {
      case 'text':
        for (const { block } of both) await arrives(numberOf(block, event.who, event.second ? 1 : 0), `text ${place}`);
        gone.delete(rootOf(event.who));
        break;
      case 'merge': {
        const [keep, from] = [rootOf(event.who), rootOf(event.from)];
        const answer = await ask('POST', '/contacts/merge', { keep: merged.ids[keep], merge: [merged.ids[from]] });
        const possible = keep === from ? 400 : gone.has(keep) || gone.has(from) ? 404 : 200;
        expect(answer.status).toBe(possible);
        if (possible !== 200) break;
        merges.push({ id: answer.body.mergeId, keep, before: [...root] });
        for (const who of root.keys()) if (rootOf(who) === from) root[who] = keep;
        break;
      }
      case 'undo':
        await undo(event.which);
        break;
      case 'note':
        for (const { ids } of both)
          await ask('POST', `/contacts/${ids[rootOf(event.who)]}/notes`, { body: `n${place}` });
        break;
      case 'rename':
        for (const { ids } of both) await ask('PATCH', `/contacts/${ids[rootOf(event.who)]}`, { name: `New ${place}` });
        break;
      case 'stop':
        for (const { block } of both) {
          await server.db.peek(
            `insert into dnc_flags (tenant_id, channel, address, is_set, source, changed_at)
             values ($1, 'sms', $2, true, 'keyword', now()) on conflict do nothing`,
            [tenant.id, numberOf(block, event.who, 0)],
          );
        }
        break;
      case 'read':
        for (const { block } of both) await readAll(numberOf(block, event.who, 0));
        break;
      default: {
        // Deleting one of several is another wish than deleting one alone: only of the alone is it told of both.
        if (!alone(event.who)) break;
        const who = rootOf(event.who);
        for (const { ids } of both) {
          if (event.kind === 'delete') await ask('DELETE', `/contacts/${ids[who]}`);
          else await ask('POST', `/contacts/${ids[who]}/restore`);
        }
        if (event.kind === 'delete') gone.add(who);
        else gone.delete(who);
      }
    }
    await expectFlagsOfAll(merged, root);
  }
  while (merges.length > 0) {
    const left = merges.length;
    await undo(left - 1);
    expect(merges.length).toBe(left - 1);
  }
}

/** Whoever has a number now shows its flag: no merge, deletion or undo loses one. */
async function expectFlagsOfAll({ block, ids }: People, root: readonly number[]): Promise<void> {
  const flags = await server.db.peek<{ address: string }>(
    `select address from dnc_flags where is_set and address like $1`,
    [`+1303${block}01%`],
  );
  for (const { address } of flags) {
    const who = Number(address.at(-2));
    const { body } = await ask('GET', `/contacts/${ids[root[who] as number]}`);
    const mine = body.addresses.find((one: { address: string }) => one.address === address);
    expect(mine?.dnc.sms).toMatchObject({ set: true });
  }
}

let texts = 0;
const arrives = (their: string, body: string) =>
  server.db.withTenant(tenant.id, (tx) =>
    placeMessage(tx, {
      id: crypto.randomUUID(),
      direction: 'inbound',
      status: 'received',
      our: tenant.number,
      their,
      body,
      media: [],
      lane: 'conversation',
      accountId,
      carrierMessageId: `SM${texts++}`,
      author: null,
      decision: null,
      lockToken: null,
      at: new Date(),
    }),
  );

async function readAll(their: string): Promise<void> {
  const [thread] = await server.db.peek<{ conversation_id: string; last_seq: number; thread_id: string; id: string }>(
    `select t.id, t.last_seq, t.conversation_id, v.thread_id from threads t
     join conversations v on v.id = t.conversation_id where t.their_address = $1`,
    [their],
  );
  // A conversation is read by its last thread; in the other story that may be another one.
  if (thread?.thread_id !== thread?.id || thread === undefined) return;
  await ask('POST', `/conversations/${thread.conversation_id}/read`, { seq: thread.last_seq });
}

/** All that belongs to people, told without ids, times and numbers that differ between two tellings. */
async function stateOf({ block, ids }: People): Promise<object[]> {
  const told: object[] = [];
  for (const id of ids) {
    const rows = async (sql: string) => (await server.db.peek<{ x: unknown }>(sql, [id])).map(({ x }) => x);
    const text = JSON.stringify({
      contact: await rows(
        `select to_jsonb(array[name, type, company, tags::text, custom::text, words::text,
           (deleted_at is null)::text, merged_into::text]) as x from contacts where id = $1`,
      ),
      addresses: await rows('select address as x from contact_addresses where contact_id = $1 order by 1'),
      notes: await rows('select body as x from contact_notes where contact_id = $1 order by 1'),
      words: await rows('select word as x from contact_words where contact_id = $1 order by 1'),
      conversations: await rows(
        `select jsonb_build_object('status', v.status, 'last', v.last_message_snippet, 'unread', v.unread,
           'of', t.their_address, 'current', v.id = c.current_conversation_id,
           'messages', (select jsonb_agg(array[m.their_address, m.body] order by m.their_address, m.seq) from messages m
             where m.conversation_id = v.id)) as x
         from conversations v join threads t on t.id = v.thread_id join contacts c on c.id = v.contact_id
         where v.contact_id = $1 order by v.last_message_at`,
      ),
      threads: await rows(
        `select to_jsonb(array[t.their_address, t.unread::text, t.last_seq::text]) as x from threads t
         join conversations v on v.id = t.conversation_id where v.contact_id = $1 order by t.their_address`,
      ),
    });
    told.push(JSON.parse(text.replaceAll(`+1303${block}`, '+1303BBB')));
  }
  return told;
}
