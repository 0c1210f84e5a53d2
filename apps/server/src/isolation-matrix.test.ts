/**
 * Every route of the OpenAPI document, asked by every role, by API keys and by nobody, for things of one's own, of another
 * company and of nobody. A route that is added is in it by being documented; one that takes an id is refused here until it
 * is said where such an id comes from.
 */
import { PERMISSIONS, type Permission, permissionsOf, roleMay } from '@patchline/contracts/permissions';
import { ROLES, type Role } from '@patchline/contracts/roles';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeMessage } from './messaging/index.ts';
import { documentOf, type OpenApiOperation } from './platform/http/open-api.ts';
import { createTestServer, type TestServer, type TestTenant } from './test-server.ts';

interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  path: string;
  operation: OpenApiOperation;
  permission: Permission | 'person' | 'public';
}

/** Who asks, by their headers. */
interface Caller {
  name: string;
  kind: 'person' | 'key' | 'nobody';
  role: Role;
  scopes: readonly Permission[];
  headers: Record<string, string>;
}

let server: TestServer;
let ours: TestTenant;
let theirs: TestTenant;
let routes: Route[];
let people: Caller[];
let keys: Caller[];
let ownThings: Things;
let foreignThings: Things;
/** Statements sent to PostgreSQL since it was last set to 0. */
let statements = 0;
const query = pg.Client.prototype.query;

beforeAll(async () => {
  server = await createTestServer();
  ours = await server.addTenant();
  theirs = await server.addTenant('Another company');
  routes = routesOf();
  const owner = await callerOf(ours, 'owner');
  people = [owner, ...(await Promise.all(ROLES.slice(1).map((role) => callerOf(ours, role))))];
  keys = await Promise.all(ROLES.map((role) => keyOf(owner, role)));
  ownThings = await furnish(ours, owner);
  foreignThings = await furnish(theirs, await callerOf(theirs, 'owner'));
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    // When somebody was last there is noted beside the request, once a minute: not part of what it asks.
    const [first] = args as [{ text?: string } | string];
    const text = typeof first === 'string' ? first : (first.text ?? '');
    if (!/last_used_at/.test(text)) statements++;
    return (query as (...all: unknown[]) => unknown).apply(this, args);
  } as typeof query;
}, 60_000);
afterAll(async () => {
  pg.Client.prototype.query = query;
  await server.close();
});

function routesOf(): Route[] {
  return Object.entries(documentOf(server.app).paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase() as Route['method'],
      path,
      operation,
      permission:
        (operation['x-permission'] as Permission | undefined) ??
        (operation.security?.length === 0 ? ('public' as const) : ('person' as const)),
    })),
  );
}

async function callerOf(tenant: TestTenant, role: Role): Promise<Caller> {
  const headers = { cookie: await server.cookieOf(tenant.users[role].email) };
  return { name: role, kind: 'person', role, scopes: permissionsOf(role), headers };
}

async function keyOf(owner: Caller, role: Role, scopes: Permission[] | null = null): Promise<Caller> {
  const payload = { name: `${role} key`, role, scopes };
  const made = await server.app.inject({ method: 'POST', url: '/api/v1/api-keys', headers: owner.headers, payload });
  return {
    name: `key of ${role}`,
    kind: 'key',
    role,
    scopes: scopes ?? permissionsOf(role),
    headers: { authorization: `Bearer ${made.json().key}` },
  };
}

/** Ids by the path that they stand in: the longest beginning of a route's path decides. */
type Things = Record<string, Record<string, string>>;

/** One of everything that has an address. */
async function furnish(tenant: TestTenant, owner: Caller): Promise<Things> {
  const make = async (url: string, payload: object | string, type = 'application/json') => {
    const headers = { ...owner.headers, 'content-type': type };
    const answer = await server.app.inject({ method: 'POST', url: `/api/v1${url}`, headers, payload });
    if (answer.statusCode >= 300) throw new Error(`POST ${url} answered ${answer.statusCode} ${answer.body}`);
    return answer.json() as { id: string; mergeId: string };
  };
  const [number] = await server.db.peek<{ id: string; carrier_account_id: string }>(
    'select id, carrier_account_id from numbers where tenant_id = $1',
    [tenant.id],
  );
  if (number === undefined) throw new Error('A tenant of the tests has a number');
  const messageId = uuidv7();
  const placed = await server.db.withTenant(tenant.id, (tx) =>
    placeMessage(tx, {
      id: messageId,
      direction: 'inbound',
      status: 'received',
      our: tenant.number,
      their: '+13035550190',
      body: 'hello',
      media: [],
      lane: 'conversation',
      accountId: number.carrier_account_id,
      carrierMessageId: uuidv7(),
      author: null,
      decision: null,
      lockToken: null,
      at: new Date(),
    }),
  );
  if (placed.outcome !== 'placed') throw new Error('The text found no place');
  const bytes = Buffer.from('a picture');
  const media = uuidv7();
  await server.db.peek(
    `insert into media (tenant_id, id, status, content_type, message_id, bytes, sha256, carrier_account_id, source_url)
     values ($1, $2, 'stored', 'image/png', $3, $4, $5, $6, 'https://carrier.test/1')`,
    [
      tenant.id,
      media,
      messageId,
      bytes.length,
      await server.core.media.put(tenant.id, bytes),
      number.carrier_account_id,
    ],
  );
  const address = '+13035550191';
  const contact = await make('/contacts', { name: 'Ann', addresses: [{ channel: 'sms', address }] });
  const twins = [await make('/contacts', { name: 'Bob' }), await make('/contacts', { name: 'Bob' })];
  const merged = await make('/contacts/merge', { keep: twins[0]?.id, merge: [twins[1]?.id] });
  const note = await make(`/contacts/${contact.id}/notes`, { body: 'a note' });
  const upload = await make('/contact-imports?name=a.csv', 'name,phone\nCy,+13035550192\n', 'text/csv');
  const mapping = uuidv7();
  await server.db.peek(`insert into contact_mappings (tenant_id, id, name, columns) values ($1, $2, 'Usual', '[]')`, [
    tenant.id,
    mapping,
  ]);
  const sso = uuidv7();
  await server.db.peek(
    `insert into sso_providers (tenant_id, id, domain, issuer, client_id, client_secret_sealed)
     values ($1, $2, $3, 'https://id.example', 'patchline', '\\x00')`,
    [tenant.id, sso, `${tenant.id}.example`],
  );
  const [session] = await server.db.peek<{ id: string }>('select id from auth.sessions where user_id = $1', [
    tenant.users.owner.id,
  ]);
  const id = (made: { id: string }) => ({ id: made.id });
  return {
    '/conversations/{id}': { id: placed.conversationId },
    '/messages/{id}': { id: messageId },
    '/media/{id}': { id: media },
    '/threads/{threadId}': { threadId: placed.threadId },
    '/contacts/{id}': id(contact),
    '/contacts/{id}/addresses/{channel}/{address}': { id: contact.id, channel: 'sms', address },
    '/contacts/{id}/notes/{noteId}': { id: contact.id, noteId: note.id },
    '/contacts/merges/{id}': { id: merged.mergeId },
    '/contact-fields/{id}': id(await make('/contact-fields', { label: 'Boiler', type: 'text' })),
    '/contact-imports/{id}': id(upload),
    '/contact-mappings/{id}': { id: mapping },
    '/numbers/{id}': { id: number.id },
    '/carrier-accounts/{id}': { id: number.carrier_account_id },
    '/people/{id}': { id: tenant.users.agent.id },
    '/api-keys/{id}': id(await make('/api-keys', { name: 'To be revoked' })),
    '/teams/{id}': id(await make('/teams', { name: 'Repairs' })),
    '/invitations/{id}': id(await make('/invitations', { email: `x-${tenant.id}@b.example`, role: 'agent' })),
    '/sso/{id}': { id: sso },
    '/me/sessions/{id}': { id: session?.id ?? '' },
  };
}

/** Bodies that a route takes, where the schema alone does not say enough. */
const BODIES: Record<string, object> = {
  '/sso/{id}': { required: false },
  '/teams/{id}/members': { userIds: [] },
  '/contacts/{id}/addresses': { channel: 'sms', address: '+13035550193' },
  '/carrier-accounts/{id}/numbers': { e164: '+13035550194', name: 'Line' },
  '/carrier-accounts/{id}/rotate': { authToken: 'x'.repeat(32) },
  '/contact-imports/{id}/start': { mapping: [], dryRun: true, whenKnown: 'skip' },
};

const VALUES: Record<string, unknown> = {
  role: 'agent',
  name: 'Another name',
  body: 'words',
  seq: 1,
  tabId: 'tab',
  token: 1,
};

function bodyOf({ path, operation }: Route): object | undefined {
  const schema = operation.requestBody?.content['application/json']?.schema as { required?: string[] } | undefined;
  if (schema === undefined) return undefined;
  const known = BODIES[path.slice('/api/v1'.length)];
  if (known !== undefined) return known;
  return Object.fromEntries((schema.required ?? []).map((name) => [name, VALUES[name]]));
}

const UNKNOWN: Record<string, string> = { channel: 'sms', address: '+13035550199' };

/** A route's address filled with somebody's ids; null when it has none. */
function fill({ path }: Route, things: Things | 'unknown'): string | null {
  if (!path.includes('{')) return null;
  const short = path.slice('/api/v1'.length);
  const known = Object.keys(ownThings)
    .filter((begin) => short === begin || short.startsWith(`${begin}/`))
    .sort((a, b) => b.length - a.length)
    .find((begin) => (short.match(/\{/g) ?? []).length === (begin.match(/\{/g) ?? []).length);
  if (known === undefined) throw new Error(`${path}: say in furnish() where an id of it comes from`);
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = things === 'unknown' ? (UNKNOWN[name] ?? uuidv7()) : things[known]?.[name];
    return encodeURIComponent(value ?? '');
  });
}

const ask = (route: Route, url: string, caller: Caller, payload: object | undefined) =>
  server.app.inject({
    method: route.method,
    url,
    headers: { ...caller.headers, 'idempotency-key': uuidv7() },
    ...(payload && { payload }),
  });

/** Whether the table of permissions lets a caller in. */
function mayCall({ permission }: Route, caller: Caller): boolean {
  if (permission === 'public') return true;
  if (caller.kind === 'nobody') return false;
  if (permission === 'person') return caller.kind === 'person';
  return roleMay(caller.role, permission) && caller.scopes.includes(permission);
}

/** Two that no key gets whatever its permissions: they are about who holds a thread, and programs hold none. */
const PEOPLE_ONLY = /\/threads\/\{threadId\}\/lock\//;

test('every role and every key is let in exactly where the table of permissions says so', async () => {
  const nobody: Caller = { name: 'nobody', kind: 'nobody', role: 'agent', scopes: [], headers: {} };
  const owner = people[0] as Caller;
  const narrow = new Map<Permission, Caller>();
  for (const permission of PERMISSIONS) {
    const scopes = PERMISSIONS.filter((other) => other !== permission);
    narrow.set(permission, { ...(await keyOf(owner, 'owner', scopes)), name: `key without ${permission}` });
  }
  const wrong: string[] = [];
  let cases = 0;
  for (const route of routes) {
    const without = narrow.get(route.permission as Permission);
    for (const caller of [nobody, ...people, ...keys, ...(without ? [without] : [])]) {
      // A body that no route takes, and ids that nothing has: whoever is let in gets no further than that.
      const payload = route.operation.requestBody === undefined ? undefined : { nonsense: true };
      const answer = await ask(route, fill(route, 'unknown') ?? route.path, caller, payload);
      cases++;
      const { error } = answer.statusCode >= 400 ? answer.json() : { error: undefined };
      const allowed = mayCall(route, caller);
      const refused = answer.statusCode === 401 || (answer.statusCode === 403 && error?.code === 'forbidden');
      const rightly =
        caller.kind === 'nobody'
          ? answer.statusCode === 401
          : answer.statusCode === 403 &&
            (route.permission === 'person' || error.details?.permission === route.permission);
      if (allowed ? refused && !(caller.kind === 'key' && PEOPLE_ONLY.test(route.path)) : !rightly) {
        wrong.push(
          `${route.method} ${route.path} by ${caller.name}: ${answer.statusCode} ${answer.body.slice(0, 120)}`,
        );
      }
    }
  }
  process.stdout.write(`isolation matrix: ${cases} cases of who may call which of ${routes.length} routes\n`);
  expect(wrong).toEqual([]);
  expect(cases).toBeGreaterThan(routes.length * 9);
}, 120_000);

/** Idempotent goodbyes answer the same for every thread, whether it is there or not. */
const SAME_FOR_ALL = new Set(['POST /api/v1/threads/{threadId}/lock/release']);

test('what belongs to another company answers exactly like what is not there, by the same number of statements', async () => {
  const owner = people[0] as Caller;
  const key = keys[0] as Caller;
  const wrong: string[] = [];
  let cases = 0;
  for (const route of routes.filter(({ path }) => path.includes('{'))) {
    const payload = bodyOf(route);
    for (const caller of route.permission === 'person' || PEOPLE_ONLY.test(route.path) ? [owner] : [owner, key]) {
      const answers = { foreign: new Set<string>(), unknown: new Set<string>() };
      // What a process does beside a request, such as looking up a key anew, comes on top now and then: the least counts.
      const least = { foreign: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY };
      for (const kind of ['foreign', 'unknown', 'foreign', 'unknown', 'foreign', 'unknown'] as const) {
        statements = 0;
        const url = fill(route, kind === 'foreign' ? foreignThings : 'unknown') ?? '';
        const answer = await ask(route, url, caller, payload);
        least[kind] = Math.min(least[kind], statements);
        answers[kind].add(`${answer.statusCode} ${answer.body}`);
        cases++;
      }
      const seen = [...answers.foreign, ...answers.unknown];
      const expected = SAME_FOR_ALL.has(`${route.method} ${route.path}`) ? '204 ' : '404 ';
      const same = new Set(seen).size === 1 && least.foreign === least.unknown;
      if (!same || !seen[0]?.startsWith(expected)) {
        seen.push(`${least.foreign} and ${least.unknown} statements`);
        wrong.push(`${route.method} ${route.path} by ${caller.name}: ${[...new Set(seen)].join(' | ')}`);
      }
    }
  }
  process.stdout.write(`isolation matrix: ${cases} cases of foreign and unknown ids\n`);
  expect(wrong).toEqual([]);
}, 120_000);

test('the same requests find what is one’s own: the matrix asks for things that are there', async () => {
  const owner = people[0] as Caller;
  const wrong: string[] = [];
  const withIds = routes.filter(({ path }) => path.includes('{'));
  // What takes things away comes last, parts before the whole; then what brings them back.
  const LAST = ['/api/v1/carrier-accounts/{id}', '/api/v1/contacts/{id}/restore'];
  const late = ({ method, path }: Route) => {
    if (LAST.includes(path) && method !== 'GET') return 1000 + LAST.indexOf(path);
    return method === 'DELETE' ? 1000 - path.length : 0;
  };
  for (const route of withIds.sort((a, b) => late(a) - late(b))) {
    // Ending one's own session ends the test's too; it is asked for another one of the same person.
    if (route.path.includes('/me/sessions/')) continue;
    const answer = await ask(route, fill(route, ownThings) ?? '', owner, bodyOf(route));
    if ([401, 403, 404].includes(answer.statusCode)) {
      wrong.push(`${route.method} ${route.path}: ${answer.statusCode} ${answer.body.slice(0, 150)}`);
    }
  }
  process.stdout.write(`isolation matrix: ${withIds.length} cases of own ids\n`);
  expect(wrong).toEqual([]);
}, 120_000);
