import type { Catalog } from '../catalog.ts';
import type { RequestMemory } from '../requests.ts';
import type { Snapshot } from '../store.ts';
import { Cursor } from '../tree.ts';
import { AFTER_PREFIX } from '../values/key.ts';
import { frameRecord } from './record.ts';

/** A snapshot is written in parts of about this many bytes. */
const PART = 1 << 18;

/**
 * The records of a snapshot, part by part: its timestamp, the tables, their documents, the
 * remembered requests, and at the end how many records there were.
 */
export function* snapshotParts(
  catalog: Catalog,
  snapshot: Snapshot,
  requests: ReturnType<RequestMemory['entries']>,
): Iterable<{ bytes: Uint8Array; end: boolean }> {
  const tables = [...catalog.tables.values()].map((table) => [table.name, table.number]);
  let frames = [frameRecord(JSON.stringify({ format: 1, ts: String(snapshot.ts), t: tables }))];
  let size = 0;
  let count = 1;
  const add = (json: string) => {
    const frame = frameRecord(json);
    frames.push(frame);
    size += frame.length;
    count++;
  };
  const take = () => {
    const bytes = Buffer.concat(frames);
    frames = [];
    size = 0;
    return bytes;
  };
  for (const table of catalog.tables.values()) {
    const cursor = new Cursor(snapshot.trees[table.byId.slot], '', AFTER_PREFIX, false);
    let documents = '';
    while (cursor.next()) {
      documents += `${documents ? ',' : ''}${cursor.value.json}`;
      if (documents.length < 1 << 14) continue;
      add(`{"n":"${table.name}","d":[${documents}]}`);
      documents = '';
      if (size > PART) yield { bytes: take(), end: false };
    }
    if (documents) add(`{"n":"${table.name}","d":[${documents}]}`);
  }
  for (const { record, ts } of requests) {
    add(`{"r":[${JSON.stringify(record.session)},${record.request},${record.result}],"ts":"${ts}"}`);
    if (size > PART) yield { bytes: take(), end: false };
  }
  add(JSON.stringify({ end: count }));
  yield { bytes: take(), end: true };
}
