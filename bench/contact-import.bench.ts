import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { readRows } from '../apps/server/src/contact-imports/csv.ts';
import type { Bench } from './bench.ts';
import { type ImportingProduct, type ImportState, startImportingProduct } from './contact-import/importing-product.ts';
import { HEADER, writePeopleFile } from './contact-import/people-file.ts';

const ROWS_PER_SECOND = 100_000;

export const bench: Bench = {
  description:
    'a file of people → contacts, in the whole product; beside only reading the file and only copying it into a table',
  async run({ seconds, log }) {
    const rows = Math.round(seconds * ROWS_PER_SECOND);
    const { place, expected } = await writePeopleFile(rows);
    const world = await startImportingProduct();
    try {
      const parsing = await timed(() => parseOnly(place, rows));
      log(`reading only: ${parsing.toFixed(1)} s`);
      const copying = await timed(() => copyOnly(world, place));
      log(`COPY only: ${copying.toFixed(1)} s`);
      const starting = await world.peakMemory();

      const uploadBegan = performance.now();
      const id = await world.begin(place);
      const upload = (performance.now() - uploadBegan) / 1_000;
      const peakOfUpload = await world.peakMemory();
      log(`upload: ${upload.toFixed(1)} s, ${peakOfUpload} MB at most`);
      const first = await world.ended(id);
      if (first.rows.created !== expected.created || first.rows.failed !== expected.failed) {
        throw new Error(`The import came to ${JSON.stringify(first.rows)}`);
      }
      const importing = secondsOf(first);
      const peak = await world.peakMemory();
      log(`import: ${importing.toFixed(1)} s, ${peak} MB at most`);
      const again = secondsOf(await world.ended(await world.begin(place)));
      const peakOfSecond = await world.peakMemory();
      const floor = parsing + copying;
      const row = (what: string, took: number, memory: number | null) => ({
        what,
        seconds: round1(took),
        'rows/s': Math.round(rows / took),
        'of the floor': Math.round((took / floor) * 100) / 100,
        'peak MB of the server': memory ?? '',
      });
      return {
        rows: [
          row('only reading the file', parsing, null),
          row('only COPY into a table without keys', copying, null),
          row('both: the floor', floor, null),
          row('upload', upload, peakOfUpload),
          row('import (aim: 4 of the floor, 300 MB)', importing, peak),
          row('the same file a second time', again, peakOfSecond),
        ],
        facts: { rows, peakWhileStartingMB: starting, aimOfTheFloor: 4, aimPeakMB: 300, outcome: first.rows },
      };
    } finally {
      await world.product.stop();
      await rm(path.dirname(place), { recursive: true });
    }
  },
};

async function parseOnly(place: string, rows: number): Promise<void> {
  let read = -1;
  for await (const _ of readRows(createReadStream(place, { highWaterMark: 1 << 18 }), ',')) read++;
  if (read !== rows) throw new Error(`${read} rows were read`);
}

/** PostgreSQL reads the file itself: nothing that goes through a client is quicker. */
async function copyOnly({ sql }: ImportingProduct, place: string): Promise<void> {
  await sql(`create table copied (${HEADER.map((name) => `"${name}" text`).join(', ')})`);
  await sql(`copy copied from '${place}' with (format csv, header true)`);
  await sql('drop table copied');
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

/** From the start that was asked for to the last commit, as the product itself notes it. */
function secondsOf({ startedAt, endedAt }: ImportState): number {
  return (Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) / 1_000;
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
