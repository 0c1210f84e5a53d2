import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeThreads, unreadThreads, upsert } from './merge-threads.ts';
import type { ThreadRow } from './thread-row.ts';

function row(threadId: string, at: number, more: Partial<ThreadRow> = {}): ThreadRow {
  return {
    conversationId: `c-${threadId}`,
    threadId,
    version: 1,
    contact: { id: `k-${threadId}`, name: null, address: '+13035550142' },
    number: '+13035550100',
    channel: 'sms',
    lastMessage: null,
    unread: 0,
    status: 'open',
    smsOff: false,
    at,
    ...more,
  };
}

const open = { filter: 'open', search: '', hasMore: false } as const;
const ids = (rows: readonly ThreadRow[]) => rows.map((each) => each.threadId);
const live = (...rows: ThreadRow[]) => upsert(new Map(), rows);

describe('the inbox list from pages and live rows', () => {
  it('a thread told by both shows once, at its newer place', () => {
    const pages = [row('a', 30), row('b', 20)];
    expect(ids(mergeThreads(pages, live(row('b', 40, { version: 2 })), open))).toEqual(['b', 'a']);
  });

  it('an older live row does not overwrite a newer page', () => {
    const pages = [row('a', 30, { version: 5, unread: 3 })];
    expect(mergeThreads(pages, live(row('a', 10, { version: 4 })), open)[0]?.unread).toBe(3);
  });

  it('a closed thread leaves the open list at once', () => {
    expect(mergeThreads([row('a', 30)], live(row('a', 30, { version: 2, status: 'closed' })), open)).toEqual([]);
  });

  it('a live row older than the last loaded page waits for its page', () => {
    const pages = [row('a', 30), row('b', 20)];
    const old = live(row('z', 5));
    expect(ids(mergeThreads(pages, old, { ...open, hasMore: true }))).toEqual(['a', 'b']);
    expect(ids(mergeThreads(pages, old, open))).toEqual(['a', 'b', 'z']);
  });

  it('a search shows only what the server found', () => {
    expect(ids(mergeThreads([row('a', 30)], live(row('n', 90)), { ...open, search: 'heat' }))).toEqual(['a']);
  });

  it('a replayed live result takes nothing back', () => {
    const known = live(row('a', 30, { version: 9, unread: 2 }));
    expect(upsert(known, [row('a', 10, { version: 8 })])).toBe(known);
  });

  it('counts only open threads as waiting', () => {
    expect(unreadThreads([row('a', 1, { unread: 4 }), row('b', 1), row('c', 1, { unread: 1, status: 'closed' })])).toBe(
      1,
    );
  });

  it('shows each thread once, newest first, and always its highest version', () => {
    const anyRow = fc
      .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 6 }))
      .map(([id, version]) => row(`t${id}`, version * 10, { version, unread: version }));
    fc.assert(
      fc.property(fc.array(anyRow), fc.array(fc.array(anyRow)), (pages, batches) => {
        let hot: ReadonlyMap<string, ThreadRow> = new Map();
        for (const batch of batches) hot = upsert(hot, batch);
        const shown = mergeThreads(pages, hot, { ...open, filter: 'all' });
        expect(new Set(ids(shown)).size).toBe(shown.length);
        const newest = new Map<string, number>();
        for (const each of [...pages, ...batches.flat()]) {
          newest.set(each.threadId, Math.max(newest.get(each.threadId) ?? 0, each.version));
        }
        for (const each of shown) expect(each.version).toBe(newest.get(each.threadId));
        for (let i = 1; i < shown.length; i++) expect(shown[i - 1]?.at).toBeGreaterThanOrEqual(shown[i]?.at ?? 0);
      }),
    );
  });
});
