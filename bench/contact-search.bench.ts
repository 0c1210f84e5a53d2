import path from 'node:path';
import pg from 'pg';
import { type Product, startProduct } from '../e2e/harness/product.ts';
import type { Bench } from './bench.ts';
import { addContacts } from './contact-search/fill.ts';
import { createPeople, type Person } from './contact-search/people.ts';
import { type Question, questionsAbout } from './contact-search/questions.ts';

const FEW = 10_000;
const MANY = 1_000_000;

/** Questions of each kind for each second of `--seconds`. */
const QUESTIONS_PER_SECOND = 20;

/** Asked before the first measurement, so that it does not pay for a cold start that the second does not have. */
const WARM_UP = 500;

const AIM_MS = 50;
const AIM_RATIO = 2;

export const bench: Bench = {
  description: `one keystroke of the contact search over HTTP, with ${FEW.toLocaleString('en')} and ${MANY.toLocaleString('en')} contacts`,
  async run({ seconds, log }) {
    const product = await startProduct();
    const database = openDatabase(product);
    try {
      const make = createPeople(1);
      const people = Array.from({ length: MANY }, (_, place) => make(place));
      const { tenantId } = product.demo;
      const add = (some: readonly Person[]) =>
        addContacts(database, tenantId, some, (done) => log(`${done.toLocaleString('en')} contacts added`));
      const measure = async (some: readonly Person[]) => {
        // What autovacuum does in its own time after such an import.
        await database.query('vacuum analyze contacts, contact_addresses, contact_words');
        await ask(product, questionsAbout(some, Math.ceil(WARM_UP / 10), 2));
        return ask(product, questionsAbout(some, Math.round(seconds * QUESTIONS_PER_SECOND), 3));
      };

      await add(people.slice(0, FEW));
      log(`asking ${FEW.toLocaleString('en')}`);
      const few = await measure(people.slice(0, FEW));
      const added = await add(people.slice(FEW));
      log(`asking ${MANY.toLocaleString('en')}`);
      const many = await measure(people);
      const kinds = [...few.keys()];
      return {
        rows: [
          ...kinds.map((kind) => row(kind, few.get(kind) ?? [], many.get(kind) ?? [])),
          row(`all (aims: p99 under ${AIM_MS} ms, ratio at most ${AIM_RATIO})`, all(few), all(many)),
        ],
        facts: {
          contacts: [FEW, MANY],
          wordsAMillion: await count(database, tenantId),
          questionsOfEachKind: Math.round(seconds * QUESTIONS_PER_SECOND),
          addedPerSecond: Math.round(((MANY - FEW) / added) * 1000),
        },
      };
    } finally {
      await database.end();
      await product.stop();
    }
  },
};

/** Milliseconds of each question, by kind; one at a time. */
async function ask({ demo }: Product, questions: readonly Question[]): Promise<Map<string, number[]>> {
  const took = new Map<string, number[]>();
  for (const { kind, query } of questions) {
    const start = performance.now();
    const answer = await fetch(`${demo.url}/api/v1/contacts?${query}`, {
      headers: { authorization: `Bearer ${demo.apiKey}` },
    });
    const body = await answer.text();
    const ms = performance.now() - start;
    if (!answer.ok) throw new Error(`${query}: ${answer.status} ${body}`);
    took.set(kind, [...(took.get(kind) ?? []), ms]);
  }
  return took;
}

/** The product's database as its owner, who is bound by row-level security too. */
function openDatabase(product: Product): pg.Pool {
  const folder = encodeURIComponent(path.join(product.dataDir, 'run'));
  return new pg.Pool({
    connectionString: `postgres://patchline@localhost/patchline?host=${folder}`,
    max: 1,
    options: `-c app.tenant_id=${product.demo.tenantId} -c search_path=patchline,public`,
  });
}

async function count(database: pg.Pool, tenantId: string): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    'select count(*)::int as n from contact_words where tenant_id = $1',
    [tenantId],
  );
  return rows[0]?.n ?? 0;
}

const all = (kinds: ReadonlyMap<string, number[]>) => [...kinds.values()].flat();

function row(what: string, few: readonly number[], many: readonly number[]) {
  const [p50, p99, p50OfMany, p99OfMany] = [
    percentile(few, 0.5),
    percentile(few, 0.99),
    percentile(many, 0.5),
    percentile(many, 0.99),
  ];
  return {
    what,
    'p50 ms, 10,000': round(p50),
    'p99 ms, 10,000': round(p99),
    'p50 ms, 1,000,000': round(p50OfMany),
    'p99 ms, 1,000,000': round(p99OfMany),
    'p50 ratio': round(p50OfMany / p50),
    'p99 ratio': round(p99OfMany / p99),
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
