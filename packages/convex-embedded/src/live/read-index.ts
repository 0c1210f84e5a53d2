import type { Doc, TableDefinition } from '../catalog.ts';
import type { ReadSet, Write } from '../store.ts';
import { IntervalIndex } from './interval-index.ts';

/** Finds the queries that read what a write changes. */
export class ReadIndex<T> {
  private readonly ranges: (IntervalIndex<T> | undefined)[] = [];
  /** Owners by key, per `by_id` slot. */
  private readonly points: (Map<string, Set<T>> | undefined)[] = [];

  /** Registers what an owner read. */
  add(reads: ReadSet, owner: T): void {
    for (const range of reads.ranges) {
      let index = this.ranges[range.slot];
      if (!index) {
        index = new IntervalIndex();
        this.ranges[range.slot] = index;
      }
      index.add(range.low, range.high, owner);
    }
    for (const [slot, keys] of reads.points) {
      let byKey = this.points[slot];
      if (!byKey) {
        byKey = new Map();
        this.points[slot] = byKey;
      }
      for (const key of keys) {
        const owners = byKey.get(key);
        if (owners) owners.add(owner);
        else byKey.set(key, new Set([owner]));
      }
    }
  }

  /** Takes back an `add` with the same reads. */
  remove(reads: ReadSet, owner: T): void {
    for (const range of reads.ranges) this.ranges[range.slot]?.remove(range.low, range.high, owner);
    for (const [slot, keys] of reads.points) {
      const byKey = this.points[slot];
      for (const key of keys) {
        const owners = byKey?.get(key);
        owners?.delete(owner);
        if (owners?.size === 0) byKey?.delete(key);
      }
    }
  }

  /** Adds the owners that a write concerns to a set. */
  find(write: Write, into: Set<T>): void {
    if (write.old) this.findDoc(write.table, write.old, into);
    if (write.next) this.findDoc(write.table, write.next, into);
  }

  private findDoc(table: TableDefinition, doc: Doc, into: Set<T>): void {
    const first = table.byId.slot;
    const owners = this.points[first]?.get(doc.keys[0] as string);
    if (owners) for (const owner of owners) into.add(owner);
    for (let i = 0; i < doc.keys.length; i++) this.ranges[first + i]?.find(doc.keys[i] as string, into);
  }
}

/** True if two runs of a query read exactly the same, so that its registration can stay. */
export function sameReads(a: ReadSet, b: ReadSet): boolean {
  if (a.ranges.length !== b.ranges.length || a.points.size !== b.points.size) return false;
  for (let i = 0; i < a.ranges.length; i++) {
    const x = a.ranges[i];
    const y = b.ranges[i];
    if (x?.slot !== y?.slot || x?.low !== y?.low || x?.high !== y?.high) return false;
  }
  for (const [slot, keys] of a.points) {
    const other = b.points.get(slot);
    if (!other || other.size !== keys.size) return false;
    for (const key of keys) if (!other.has(key)) return false;
  }
  return true;
}
