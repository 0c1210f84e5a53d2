import type pg from 'pg';
import { plainWords } from '../../apps/server/src/contact-imports/plain-words.ts';
import type { Person } from './people.ts';

const ROWS_A_TRANSACTION = 5_000;

let ids = 0;

/** In the order of making, as the product's own are. */
const nextId = () => `01990000-0000-7000-8000-${(++ids).toString(16).padStart(12, '0')}`;

/**
 * Adds contacts as an import does, in transactions of thousands. Returns the milliseconds that
 * PostgreSQL took.
 */
export async function addContacts(
  database: pg.Pool,
  tenantId: string,
  people: readonly Person[],
  log: (done: number) => void,
): Promise<number> {
  let took = 0;
  for (let from = 0; from < people.length; from += ROWS_A_TRANSACTION) {
    const chunk = people
      .slice(from, from + ROWS_A_TRANSACTION)
      .map((person) => ({ id: nextId(), words: plainWords({ ...person, ownerId: null }), ...person }));
    const contacts = JSON.stringify(chunk);
    const addresses = JSON.stringify(
      chunk.flatMap(({ id, phone, email }) => [
        { id, channel: 'sms', address: phone },
        ...(email === null ? [] : [{ id, channel: 'email', address: email }]),
      ]),
    );
    const start = performance.now();
    await database.query('begin');
    await database.query(
      `insert into contacts (tenant_id, id, name, company, type, tags, words)
       select $1, r.* from json_to_recordset($2) as r(id uuid, name text, company text, type text, tags text[], words text[])`,
      [tenantId, contacts],
    );
    await database.query(
      `insert into contact_addresses (tenant_id, contact_id, channel, address)
       select $1, r.* from json_to_recordset($2) as r(id uuid, channel text, address text)`,
      [tenantId, addresses],
    );
    await database.query('commit');
    took += performance.now() - start;
    if ((from + ROWS_A_TRANSACTION) % 100_000 === 0) log(from + ROWS_A_TRANSACTION);
  }
  return took;
}
