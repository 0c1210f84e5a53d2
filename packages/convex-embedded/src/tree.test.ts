import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cursor, newEdit, type Tree, treeDelete, treeFromSorted, treeGet, treeSet } from './tree.ts';

function entriesOf(tree: Tree<number> | undefined, low = '', high = '\xff', descending = false): [string, number][] {
  const cursor = new Cursor(tree, low, high, descending);
  const out: [string, number][] = [];
  while (cursor.next()) out.push([cursor.key, cursor.value]);
  return out;
}

const key = fc.integer({ min: 0, max: 400 }).map((n) => `k${String(n).padStart(3, '0')}`);
const operation = fc.record({
  op: fc.constantFrom('set', 'set', 'delete'),
  key,
  value: fc.nat(),
  newEdit: fc.boolean(),
});

test('a tree holds what a sorted array would, and old versions stay as they were', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 1200 }), fc.boolean(), (operations, bulk) => {
      const model = new Map<string, number>();
      let tree: Tree<number> | undefined;
      if (bulk) {
        for (let i = 0; i < 300; i++) model.set(`k${String(i).padStart(3, '0')}`, i);
        tree = treeFromSorted([...model]);
      }
      const versions: { tree: Tree<number> | undefined; entries: [string, number][] }[] = [];
      let edit = newEdit();
      for (const [i, { op, key, value, newEdit: renew }] of operations.entries()) {
        if (op === 'set') {
          tree = treeSet(tree, key, value, edit);
          model.set(key, value);
        } else {
          tree = treeDelete(tree, key, edit);
          model.delete(key);
        }
        if (renew && i % 50 === 0) {
          versions.push({ tree, entries: [...model].sort(([a], [b]) => (a < b ? -1 : 1)) });
          edit = newEdit();
        }
      }
      const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(entriesOf(tree)).toEqual(sorted);
      expect(tree?.size ?? 0).toBe(sorted.length);
      for (const version of versions) expect(entriesOf(version.tree)).toEqual(version.entries);
    }),
    { numRuns: 60 },
  );
});

test('a range is walked in both directions without a key too many or too few', () => {
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 400 }), key, key, (keys, a, b) => {
      let tree: Tree<number> | undefined;
      const edit = newEdit();
      for (const [i, k] of keys.entries()) tree = treeSet(tree, k, i, edit);
      const inside = keys.filter((k) => k >= a && k < b).sort();
      expect(entriesOf(tree, a, b).map(([k]) => k)).toEqual(inside);
      expect(entriesOf(tree, a, b, true).map(([k]) => k)).toEqual(inside.reverse());
      expect(treeGet(tree, a)).toBe(keys.indexOf(a) >= 0 ? keys.indexOf(a) : undefined);
    }),
    { numRuns: 100 },
  );
});
