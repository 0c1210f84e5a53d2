import { describe, expect, it } from 'vitest';
import { NoAnswerError } from '../api/errors.ts';
import type { MediaItem } from '../api/types.ts';
import { createAttachments, MOST_BYTES } from './attachments.ts';

type Stored = Omit<MediaItem, 'status'>;

/** A server whose answers the test gives, and a browser that counts its previews. */
function world() {
  const asked: Array<{
    file: File;
    signal: AbortSignal;
    answer: (stored: Stored) => void;
    fail: (e: unknown) => void;
  }> = [];
  const previews = new Set<string>();
  let keys = 0;
  const attachments = createAttachments({
    upload: (file, signal) =>
      new Promise((answer, fail) => {
        asked.push({ file, signal, answer, fail });
      }),
    newKey: () => `key-${++keys}`,
    makePreview: (file) => {
      previews.add(file.name);
      return file.name;
    },
    dropPreview: (url) => previews.delete(url),
  });
  return { attachments, asked, previews };
}

const picture = (name: string, bytes = 10) => new File([new Uint8Array(bytes)], name, { type: 'image/png' });
const stored = (id: string): Stored => ({ id, contentType: 'image/png', bytes: 10, name: id });
const settled = () => new Promise((resolve) => setTimeout(resolve));
const states = ({ attachments }: ReturnType<typeof world>) => attachments.list().map(({ state }) => state);

describe('files in the composer', () => {
  it('goes out under the name the server gave it, and leaves the composer empty', async () => {
    const here = world();
    expect(here.attachments.add([picture('a.png'), picture('b.png')])).toBeNull();
    here.asked[1]?.answer(stored('two'));
    here.asked[0]?.answer(stored('one'));
    await settled();
    expect(here.attachments.take().map(({ id }) => id)).toEqual(['one', 'two']);
    expect(here.attachments.list()).toEqual([]);
    expect(here.previews.size).toBe(0);
  });

  it('is kept when the connection fails, says so, and can be tried again', async () => {
    const here = world();
    here.attachments.add([picture('a.png')]);
    here.asked[0]?.fail(new NoAnswerError(new Error('offline')));
    await settled();
    expect(here.attachments.list()[0]).toMatchObject({ state: 'failed', again: true });
    here.attachments.retry(here.attachments.list()[0]?.key ?? '');
    expect(states(here)).toEqual(['uploading']);
    here.asked[1]?.answer(stored('one'));
    await settled();
    expect(states(here)).toEqual(['ready']);
  });

  it('is gone for good when it was removed, also while it was on its way', async () => {
    const here = world();
    here.attachments.add([picture('a.png')]);
    here.attachments.remove(here.attachments.list()[0]?.key ?? '');
    expect(here.asked[0]?.signal.aborted).toBe(true);
    here.asked[0]?.fail(new Error('aborted'));
    await settled();
    expect(here.attachments.list()).toEqual([]);
  });

  it('refuses what no carrier takes, in words, and keeps what was there', () => {
    const here = world();
    here.attachments.add([picture('a.png')]);
    expect(here.attachments.add([picture('large.png', MOST_BYTES)])).toContain('5.0 MB');
    expect(here.attachments.add(Array.from({ length: 10 }, (_, i) => picture(`${i}.png`)))).toContain('at most 10');
    expect(here.attachments.add([picture('nothing.png', 0)])).toContain('empty');
    expect(here.attachments.list()).toHaveLength(1);
  });

  it('comes back when its text came back unsent', () => {
    const here = world();
    here.attachments.give([{ ...stored('one'), status: 'stored' }]);
    expect(here.attachments.take()).toEqual([{ ...stored('one'), status: 'stored' }]);
  });
});
