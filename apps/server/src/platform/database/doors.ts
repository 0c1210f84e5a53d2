import { createHash } from 'node:crypto';
import type pg from 'pg';
import { createFairSlots, type FairSlots } from './fair-slots.ts';

/** One open transaction. */
export interface Transaction {
  /** Runs one statement, prepared under its text, and returns its rows. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** The first row, or null. */
  first<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row | null>;
  /** Runs `effect` after the commit, and not at all if there is none. It must not throw. */
  afterCommit(effect: () => void): void;
}

export interface TenantTransaction extends Transaction {
  readonly tenantId: string;
}

/** The two doors to tenant data. There is no third. */
export interface Database {
  /** One transaction as the role that sees only this tenant's rows. */
  withTenant<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T>;
  /** One transaction as the role for the few tables that are read before, or across, tenants. */
  withPlatform<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether `value` is a UUID in the lower-case form that the database prints. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

/** How long a transaction waits for its turn before it is refused, in milliseconds; pg's own pool waits as long. */
const LONGEST_WAIT_MS = 10_000;

/** How many connections a pool has when nobody says, as pg has it. */
const POOL_SIZE = 10;

export function openDoors(pools: { app: pg.Pool; platform: pg.Pool }): Database {
  const slots = createFairSlots(pools.app.options.max ?? POOL_SIZE, LONGEST_WAIT_MS);
  return {
    withTenant: (tenantId, work) => {
      if (!isUuid(tenantId)) throw new TypeError('withTenant needs a tenant id');
      // The setting travels with BEGIN in one trip; it is a checked UUID, so it may stand in the text.
      const begin = `begin; set local app.tenant_id = '${tenantId}'`;
      return inTurn(slots, tenantId, () => transact(pools.app, begin, (tx) => work({ ...tx, tenantId })));
    },
    withPlatform: (work) => transact(pools.platform, 'begin', work),
  };
}

/** One company's backlog waits for itself and not for others. */
async function inTurn<T>(slots: FairSlots, tenantId: string, work: () => Promise<T>): Promise<T> {
  const release = await slots.take(tenantId);
  try {
    return await work();
  } finally {
    release();
  }
}

async function transact<T>(pool: pg.Pool, begin: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const effects: Array<() => void> = [];
  const query = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
    (await client.query<Row>({ name: statementName(text), text, values })).rows;
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work({
      query,
      first: async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
        (await query<Row>(text, values))[0] ?? null,
      afterCommit: (effect) => effects.push(effect),
    });
    await client.query('commit');
    for (const effect of effects) effect();
    return result;
  } catch (error) {
    try {
      await client.query('rollback');
    } catch (rollbackError) {
      broken = rollbackError as Error;
    }
    throw error;
  } finally {
    client.release(broken);
  }
}

const statementNames = new Map<string, string>();

/** A statement is parsed and planned once per connection under a name made from its text. */
function statementName(text: string): string {
  let name = statementNames.get(text);
  if (name === undefined) {
    name = createHash('sha1').update(text).digest('base64url');
    statementNames.set(text, name);
  }
  return name;
}
