import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../api/types.ts';
import { fromArchive } from './message.ts';
import { createTimelineStore } from './timeline-store.ts';

const PAGE = 5;

function message(seq: number): Message {
  return {
    id: `m${seq}`,
    seq,
    version: 1,
    direction: 'inbound',
    body: `text ${seq}`,
    status: 'received',
    carrierMessageId: null,
    at: new Date(seq * 1_000).toISOString(),
    author: null,
    media: [],
  };
}

/** The archive: pages of five, newest first, as the HTTP API gives them. */
function archive(count: () => number, failing: { next: boolean } = { next: false }) {
  return async ({ before = Number.POSITIVE_INFINITY, after = 0 }: { before?: number; after?: number }) => {
    if (failing.next) {
      failing.next = false;
      throw new Error('cut');
    }
    const all = Array.from({ length: count() }, (_, i) => message(i + 1)).filter(
      (m) => m.seq < before && m.seq > after,
    );
    return { items: all.slice(-PAGE).reverse(), nextCursor: null };
  };
}

const live = (from: number, to: number) => {
  const told = [];
  for (let seq = from; seq <= to; seq++) told.push(fromArchive(message(seq)));
  return told;
};
const seqs = (store: ReturnType<typeof createTimelineStore>) => store.get().messages.map((m) => m.seq);

describe('reading a conversation', () => {
  it('after being offline for longer than the live window, nothing is missing', async () => {
    let count = 10;
    const store = createTimelineStore(archive(() => count));
    await store.loadFirst();
    count = 40;
    store.tell(live(36, 40), 40);
    await store.fillGaps();
    expect(seqs(store)).toEqual(Array.from({ length: 35 }, (_, i) => i + 6));
  });

  it('pages up to the first text and then stops asking', async () => {
    const store = createTimelineStore(archive(() => 12));
    await store.loadFirst();
    while (store.get().hasOlder) await store.loadOlder();
    expect(seqs(store)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  it('a page that did not load is offered again and what is shown stays', async () => {
    const failing = { next: false };
    const store = createTimelineStore(archive(() => 12, failing));
    await store.loadFirst();
    failing.next = true;
    await store.loadOlder();
    expect(store.get()).toMatchObject({ failed: 'older', loadingOlder: false });
    expect(seqs(store)).toEqual([8, 9, 10, 11, 12]);
    await store.loadOlder();
    expect(store.get().failed).toBeNull();
    expect(seqs(store)[0]).toBe(3);
  });

  it('never misses and never doubles a text, however the connection comes and goes', async () => {
    const act = fc.constantFrom('arrive', 'live', 'older', 'cut' as const);
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        let count = 7;
        const failing = { next: false };
        const store = createTimelineStore(archive(() => count, failing));
        await store.loadFirst();
        for (const each of acts) {
          if (each === 'arrive') count += 3;
          if (each === 'cut') failing.next = true;
          if (each === 'older') await store.loadOlder();
          if (each === 'live') {
            store.tell(live(Math.max(1, count - 3), count), count);
            await store.fillGaps().catch(() => undefined);
          }
        }
        failing.next = false;
        store.tell(live(count, count), count);
        await store.fillGaps();
        const first = seqs(store)[0] ?? 1;
        expect(seqs(store)).toEqual(Array.from({ length: count - first + 1 }, (_, i) => first + i));
      }),
    );
  });
});
