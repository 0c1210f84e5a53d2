import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Part } from '../../e2e/harness/product.ts';
import { type ImportingProduct, startImportingProduct } from '../contact-import/importing-product.ts';
import { expectedNumbers, type PeopleFile, writePeopleFile } from '../contact-import/people-file.ts';
import type { Proof } from './proof.ts';

const ROWS = 1_000_000;
const KILLS = 12;

/** A kill comes up to so long after the count of rows that it waits for: anywhere within what is being stored, in milliseconds. */
const LATEST_KILL = 1_000;

export const proof: Proof = {
  title: 'A million rows of a file, killed a dozen times on the way: each contact once, none left out',
  async run({ seed, log }) {
    const file = await writePeopleFile(ROWS);
    const world = await startImportingProduct();
    try {
      const [before] = await counts(world);
      const id = await world.begin(file.place);
      const kills = await killOnTheWay(world, id, seed, log);
      const { rows } = await world.ended(id);
      const [after] = await counts(world);
      const [{ missing, doubled }] = await numbersOf(world);
      const { expected } = file;
      const claim = (words: string, got: number | null | undefined, wanted: number) => ({
        claim: words,
        held: got === wanted,
        detail: `${got} of ${wanted}`,
      });
      const more = (what: keyof Counts) => Number(after[what]) - Number(before[what]);
      return {
        claims: [
          {
            claim: 'killed while rows were being stored',
            held: kills.length >= KILLS,
            detail: `${kills.length} times`,
          },
          claim('rows of the file that the import counts', rows.total, expected.rows),
          claim('contacts that the import counts as made', rows.created, expected.created),
          claim('contacts that are there', more('contacts'), expected.created),
          claim('rows that met a number of a row before them', rows.updated, expected.updated),
          claim('rows that come back to be corrected', more('problems'), expected.failed),
          claim('notes that are there', more('notes'), expected.notes),
          claim('notes that are there, each counted once', more('distinct_notes'), expected.notes),
          claim('numbers of the file without a contact', Number(missing), 0),
          claim('contacts made of the file with more than one number or none', Number(doubled), 0),
        ],
        text: howItWasDone(file),
        facts: { expected, counted: rows, kills },
      };
    } finally {
      await world.product.stop();
      await rm(path.dirname(file.place), { recursive: true });
    }
  },
};

interface Kill {
  parts: Part[];
  /** Rows that were committed when it came. */
  rowsDone: number;
}

/** Kills the server, and each third time PostgreSQL with it, at moments spread over the whole of the file. */
async function killOnTheWay(
  { product, state }: ImportingProduct,
  id: string,
  seed: number,
  log: (line: string) => void,
): Promise<Kill[]> {
  const random = randomOf(seed);
  const moments = Array.from({ length: KILLS }, () => Math.floor(random() * 0.95 * ROWS)).sort((a, b) => a - b);
  const kills: Kill[] = [];
  let rowsDone = 0;
  for (const moment of moments) {
    // A life that stores nothing would prove nothing: the next kill waits until rows were stored since the last.
    for (let now = await state(id); ; now = await state(id)) {
      if (now !== null && now.status !== 'importing') return kills;
      if (now !== null && now.rows.done > Math.max(rowsDone, moment)) break;
      await pause(20);
    }
    await pause(random() * LATEST_KILL);
    const now = await state(id);
    if (now?.status !== 'importing') return kills;
    const parts: Part[] = kills.length % 3 === 2 ? ['server', 'postgres'] : ['server'];
    await product.kill(...parts);
    rowsDone = now.rows.done;
    kills.push({ parts, rowsDone });
    log(`killed ${parts.join(' and ')} at ${rowsDone} rows`);
  }
  return kills;
}

interface Counts {
  contacts: string;
  notes: string;
  distinct_notes: string;
  problems: string;
}

function counts({ sql }: ImportingProduct): Promise<[Counts]> {
  return sql<Counts>(`select (select count(*) from contacts) as contacts, (select count(*) from contact_notes) as notes,
    (select count(distinct body) from contact_notes) as distinct_notes,
    (select count(*) from contact_import_problems) as problems`) as unknown as Promise<[Counts]>;
}

function numbersOf({ sql }: ImportingProduct): Promise<[{ missing: string; doubled: string }]> {
  return sql(`with expected as (${expectedNumbers(ROWS)}),
      found as (select a.contact_id from expected e join contact_addresses a on a.channel = 'sms' and a.address = e.address)
    select (select count(*) from expected) - (select count(*) from found) as missing,
      (select count(*) from (select from found group by contact_id having count(*) > 1) d) as doubled`) as unknown as Promise<
    [{ missing: string; doubled: string }]
  >;
}

function howItWasDone({ expected }: PeopleFile): string {
  return `The whole product as \`npm start\` runs it imports a file of ${expected.rows.toLocaleString('en')} people: names, companies, numbers as people write them, e-mail addresses, tags, and a note in each tenth row. ${expected.failed.toLocaleString('en')} rows have a number that is none, and ${expected.updated.toLocaleString('en')} the number of another row. ${KILLS} times, at moments from the seed that are spread over the whole file, the server's process is killed (SIGKILL) while rows are being stored, each third time together with PostgreSQL; the supervisor starts them again and the import goes on. A note has no key that would keep it from being stored twice: the number of notes is what tells whether a row was taken twice.`;
}

/** A generator of numbers from 0 to 1 that a seed repeats (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
