import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steadyOrder } from './steady-order.ts';

describe('rows under the pointer stay where they are', () => {
  it('a new text waits while the pointer is over the list', () => {
    expect(steadyOrder(['a', 'b', 'c'], ['n', 'a', 'b', 'c'], true)).toEqual({
      order: ['a', 'b', 'c'],
      waiting: ['n'],
    });
  });

  it('a row that wants to move up waits, and only that one', () => {
    expect(steadyOrder(['a', 'b', 'c'], ['c', 'a', 'b'], true)).toEqual({ order: ['a', 'b', 'c'], waiting: ['c'] });
  });

  it('an older page is added below', () => {
    expect(steadyOrder(['a', 'b'], ['a', 'b', 'c', 'd'], true)).toEqual({ order: ['a', 'b', 'c', 'd'], waiting: [] });
  });

  it('a closed row keeps its place until the pointer is gone', () => {
    expect(steadyOrder(['a', 'b', 'c'], ['a', 'c'], true).order).toEqual(['a', 'b', 'c']);
    expect(steadyOrder(['a', 'b', 'c'], ['a', 'c'], false).order).toEqual(['a', 'c']);
  });

  it('everything comes in when the pointer leaves', () => {
    expect(steadyOrder(['a', 'b'], ['n', 'b', 'a'], false)).toEqual({ order: ['n', 'b', 'a'], waiting: [] });
  });

  const list = fc.uniqueArray(fc.constantFrom(...'abcdefghijkl'), { maxLength: 12 });
  it('never moves, drops or doubles a row that is shown, and forgets none that is wanted', () => {
    fc.assert(
      fc.property(list, list, (shown, wanted) => {
        const { order, waiting } = steadyOrder(shown, wanted, true);
        expect(order.slice(0, shown.length)).toEqual(shown);
        expect(new Set(order).size).toBe(order.length);
        for (const id of wanted) expect(order.includes(id) || waiting.includes(id)).toBe(true);
        if (shown.every((id, i) => wanted[i] === id)) expect(waiting).toEqual([]);
      }),
    );
  });
});
