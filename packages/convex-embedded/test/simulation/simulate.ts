import type { JSONValue } from 'convex/values';
import { Authenticator } from '../../src/auth.ts';
import { LiveQueries } from '../../src/live/live-queries.ts';
import type { DirectChannel } from '../../src/log/channel.ts';
import type { SyncServices } from '../../src/sync/connection.ts';
import { fromJson, type JsonObject } from '../../src/values/json.ts';
import { MemoryStorage } from '../memory-storage.ts';
import { openRuntime, type Runtime, silent, turn } from '../runtime.ts';
import { type Cells, listed, runAlone, type Step } from './model.ts';
import { SimClient, type View } from './sim-client.ts';

/** What happens, in order. `turns` lets the runtime work; `sync` lets the log write what it was given. */
export type Happening =
  | { what: 'transact'; client: number; steps: Step[] }
  | { what: 'turns'; count: number }
  | { what: 'sync' }
  | { what: 'cut'; client: number }
  | { what: 'connect'; client: number }
  /** A power failure; of what was written and not synced this share survives. */
  | { what: 'crash'; survives: number };

/** What a history came to. */
export interface Outcome {
  acknowledged: number;
  refused: number;
  views: number;
  crashes: number;
  conflicts: number;
}

interface Server {
  runtime: Runtime;
  channel: DirectChannel;
  services: SyncServices;
}

async function start(storage: MemoryStorage): Promise<Server> {
  let channel: DirectChannel | null = null;
  const runtime = await openRuntime({
    storage,
    onChannel: (made) => {
      channel = made;
      // The record of the start has to get through.
      setImmediate(() => setImmediate(() => made.run()));
    },
  });
  const { engine, executor } = runtime;
  // Lets others in between any two queries, as they come in when there is much to do.
  const lives = new LiveQueries(engine, executor, true, silent, 0);
  const services = { engine, executor, lives, auth: new Authenticator([]), expose: true, log: silent };
  return { runtime, channel: channel as unknown as DirectChannel, services };
}

/**
 * Plays a history on the runtime behind memory sockets and memory files, lets everybody come back
 * and finish, and holds what they saw against transactions run one at a time in the order of
 * commits. Throws at the first difference.
 */
export async function simulate(happenings: readonly Happening[], clientCount: number): Promise<Outcome> {
  let storage = new MemoryStorage();
  let server = await start(storage);
  const clients = Array.from({ length: clientCount }, (_, i) => new SimClient(`client${i}`));
  const asked = new Map<string, Step[]>();
  let crashes = 0;
  let conflicts = 0;
  for (const client of clients) client.connect(server.services);
  for (const happening of happenings) {
    if (happening.what === 'turns') {
      for (let i = 0; i < happening.count; i++) await turn();
    } else if (happening.what === 'sync') {
      server.channel.run();
    } else if (happening.what === 'crash') {
      crashes++;
      conflicts += server.runtime.metrics.conflicts;
      for (const client of clients) client.cut();
      storage = storage.crashed(happening.survives);
      server = await start(storage);
    } else {
      const client = clients[happening.client % clientCount] as SimClient;
      if (happening.what === 'transact') asked.set(client.mutate(happening.steps), happening.steps);
      else if (happening.what === 'cut') client.cut();
      else if (!client.connected) client.connect(server.services);
    }
  }
  await finish(server, clients);
  conflicts += server.runtime.metrics.conflicts;
  const history = (await server.runtime.query('cells:history', {})) as JsonObject[];
  verify(
    history.map((row) => ({ tag: row.tag as string, at: fromJson(row.at as JSONValue) as bigint })),
    asked,
    clients,
  );
  return {
    acknowledged: clients.reduce((sum, client) => sum + client.acknowledged.length, 0),
    refused: clients.reduce((sum, client) => sum + client.refused.length, 0),
    views: clients.reduce((sum, client) => sum + client.views.length, 0),
    crashes,
    conflicts,
  };
}

async function finish({ channel, services, runtime }: Server, clients: SimClient[]): Promise<void> {
  for (const client of clients) if (!client.connected) client.connect(services);
  const { store } = runtime.engine;
  // Time, not turns: a busy runtime lets changes wait for each other for some milliseconds.
  const end = Date.now() + 10_000;
  const done = () =>
    store.published.trees === store.head.trees &&
    clients.every((client) => client.pending.size === 0 && client.views.length > 0 && isAtHead(client, runtime));
  while (!done()) {
    if (Date.now() > end) throw new Error(`Never finished: ${clients.map((client) => describe(client)).join('; ')}`);
    await turn();
    channel.run();
  }
}

function describe({ session, connected, pending, views }: SimClient): string {
  const waiting = [...pending].map(([id, { answer }]) => `${id} ${answer ? 'answered' : 'not answered'}`);
  return `${session} ${connected ? 'connected' : 'cut'}, waits for [${waiting}], last view ${JSON.stringify(views.at(-1)?.results)}`;
}

/** True if the client's view has every commit: the number of them is one of its queries. */
function isAtHead(client: SimClient, { engine }: Runtime): boolean {
  const table = engine.catalog.define('history');
  return client.views.at(-1)?.results[2] === String(engine.published.trees[table.byId.slot]?.size ?? 0);
}

interface Entry {
  tag: string;
  at: bigint;
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a}, where ${b} was expected`);
}

/** Holds a finished history against the model. */
function verify(history: Entry[], asked: Map<string, Step[]>, clients: SimClient[]): void {
  const states: { at: bigint; cells: Cells }[] = [{ at: 0n, cells: new Map() }];
  const seen = new Map<string, number[]>();
  for (const { tag, at } of history) {
    if (seen.has(tag)) throw new Error(`${tag} took effect twice`);
    const before = states[states.length - 1] as (typeof states)[number];
    if (at <= before.at) throw new Error(`${tag} has no commit timestamp of its own`);
    const after = runAlone(before.cells, asked.get(tag) as Step[]);
    if (!after) throw new Error(`${tag} took effect, but alone it would have refused`);
    seen.set(tag, after.seen);
    states.push({ at, cells: after.cells });
  }
  for (const client of clients) {
    for (const { tag, seen: shown } of client.acknowledged) {
      if (!seen.has(tag)) throw new Error(`${tag} was acknowledged and is not there`);
      same(shown, seen.get(tag), `${tag} saw`);
    }
    for (const tag of client.refused) if (seen.has(tag)) throw new Error(`${tag} was refused and took effect`);
    let last = 0n;
    for (const view of client.views) {
      if (view.ts < last) throw new Error(`${client.session}: time went back`);
      last = view.ts;
      verifyView(client.session, view, states);
    }
  }
}

/** A view has to be the state after all commits up to its timestamp, in every query. */
function verifyView(session: string, { ts, results }: View, states: { at: bigint; cells: Cells }[]): void {
  let count = states.length - 1;
  while ((states[count] as { at: bigint }).at > ts) count--;
  const { cells } = states[count] as { cells: Cells };
  const expected = [JSON.stringify(listed(cells)), JSON.stringify(listed(cells, 'b', 'd')), String(count)];
  same(results, expected, `${session} at ${ts}`);
}
