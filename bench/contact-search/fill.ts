import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Person } from './people.ts';

const ROWS_A_TRANSACTION = 5_000;

/**
 * Adds contacts in transactions of thousands, through the same triggers as everything else. Returns the milliseconds that
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
    const chunk = people.slice(from, from + ROWS_A_TRANSACTION).map((person) => ({ id: uuidv7(), ...person }));
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
      `insert into contacts (tenant_id, id, name, company, type, tags)
       select $1, r.* from json_to_recordset($2) as r(id uuid, name text, company text, type text, tags text[])`,
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
