import { NoAnswerError, sentence } from '../api/errors.ts';
import type { MediaItem } from '../api/types.ts';
import { fileSize } from '../format/file-size.ts';

/** What carriers take with one text. */
export const MOST_FILES = 10;
export const MOST_BYTES = 5_000_000;

export interface Attachment {
  /** Of this page only. */
  key: string;
  name: string;
  contentType: string;
  bytes: number;
  /** A blob: address of a picture, until the attachment is gone. */
  preview: string | null;
  state: 'uploading' | 'ready' | 'failed';
  /** What the server calls it, once it is there. */
  id: string | null;
  /** Why it failed, and whether trying again can help. */
  problem: string | null;
  again: boolean;
}

interface Held extends Attachment {
  file: File | null;
  abort: AbortController | null;
}

interface Deps {
  upload: (file: File, signal: AbortSignal) => Promise<Omit<MediaItem, 'status'>>;
  newKey: () => string;
  makePreview: (file: File) => string;
  dropPreview: (url: string) => void;
}

/** The files that wait in one composer. They survive going to another conversation and back, not a reload. */
export interface Attachments {
  list: () => readonly Attachment[];
  subscribe: (listener: () => void) => () => void;
  /** Takes files in and uploads them. Returns what cannot be taken, in words, or null. */
  add: (files: readonly File[]) => string | null;
  retry: (key: string) => void;
  remove: (key: string) => void;
  /** Empties the composer and returns what was ready. */
  take: () => MediaItem[];
  /** Puts back what came back unsent. */
  give: (items: readonly MediaItem[]) => void;
}

export function createAttachments(deps: Deps): Attachments {
  let held: readonly Held[] = [];
  const listeners = new Set<() => void>();

  function set(next: readonly Held[]): void {
    held = next;
    for (const listener of listeners) listener();
  }

  function change(key: string, to: Partial<Held>): void {
    set(held.map((each) => (each.key === key ? { ...each, ...to } : each)));
  }

  async function upload(key: string, file: File): Promise<void> {
    const abort = new AbortController();
    change(key, { state: 'uploading', problem: null, abort });
    try {
      const stored = await deps.upload(file, abort.signal);
      change(key, { state: 'ready', id: stored.id, contentType: stored.contentType, bytes: stored.bytes ?? file.size });
    } catch (error) {
      if (abort.signal.aborted) return;
      change(key, { state: 'failed', problem: sentence(error), again: error instanceof NoAnswerError });
    }
  }

  function forget({ preview, abort }: Held): void {
    abort?.abort();
    if (preview !== null) deps.dropPreview(preview);
  }

  return {
    list: () => held,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add: (files) => {
      if (held.length + files.length > MOST_FILES) return `One text carries at most ${MOST_FILES} files.`;
      const empty = files.find((file) => file.size === 0);
      if (empty) return `${empty.name} is empty.`;
      const sum = [...held.map(({ bytes }) => bytes), ...files.map(({ size }) => size)].reduce((a, b) => a + b, 0);
      if (sum > MOST_BYTES) {
        return `Together the files have ${fileSize(sum)}; carriers take ${fileSize(MOST_BYTES)} with one text.`;
      }
      const added = files.map((file): Held => {
        const preview = /^image\/(jpeg|png|gif|webp)$/.test(file.type) ? deps.makePreview(file) : null;
        const facts = { name: file.name, contentType: file.type, bytes: file.size, preview, file };
        return { key: deps.newKey(), ...facts, state: 'uploading', id: null, problem: null, again: false, abort: null };
      });
      set([...held, ...added]);
      for (const { key, file } of added) if (file) void upload(key, file);
      return null;
    },
    retry: (key) => {
      const each = held.find((one) => one.key === key);
      if (each?.state === 'failed' && each.file) void upload(key, each.file);
    },
    remove: (key) => {
      for (const each of held) if (each.key === key) forget(each);
      set(held.filter((each) => each.key !== key));
    },
    take: () => {
      const ready = held.flatMap(({ id, contentType, bytes, name, state }): MediaItem[] =>
        state === 'ready' && id !== null ? [{ id, contentType, bytes, name, status: 'stored' }] : [],
      );
      for (const each of held) forget(each);
      set([]);
      return ready;
    },
    give: (items) => {
      const back = items.map(
        ({ id, contentType, bytes, name }): Held => ({
          key: deps.newKey(),
          name: name ?? 'File',
          contentType,
          bytes: bytes ?? 0,
          preview: null,
          state: 'ready',
          id,
          problem: null,
          again: false,
          file: null,
          abort: null,
        }),
      );
      set([...held, ...back]);
    },
  };
}
