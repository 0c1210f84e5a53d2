import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ApiError } from '../platform/http/api-error.ts';

/** The largest file taken. */
export const MOST_FILE_BYTES = 1_000_000_000;

/** How much of a file is looked at to learn how it is written. */
const SAMPLE_BYTES = 262_144;

export interface StoredFile {
  bytes: number;
  /** Of the file as it came. */
  sha256: Buffer;
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** The beginning, in words; whole lines where it has any. */
  sample: string;
}

/** Files to import, in UTF-8 whatever they came in. */
export interface ImportFiles {
  /** Stores a file as it streams in. @throws ApiError payload_too_large, invalid_input when it is empty or no text */
  put(tenantId: string, id: string, file: Readable): Promise<StoredFile>;
  read(tenantId: string, id: string): ReadStream;
  remove(tenantId: string, id: string): Promise<void>;
}

export function createImportFiles(folder: string): ImportFiles {
  const fileOf = (tenantId: string, id: string) => path.join(folder, tenantId, `${id}.csv`);
  return {
    async put(tenantId, id, file) {
      const stored = fileOf(tenantId, id);
      const raw = `${stored}.raw`;
      await mkdir(path.dirname(stored), { recursive: true, mode: 0o700 });
      try {
        const { bytes, sha256 } = await keep(file, raw);
        const encoding = await encodingOf(raw);
        const written = await transcode(raw, stored, encoding);
        return { bytes, sha256, encoding: written, sample: await sampleOf(stored) };
      } catch (error) {
        await rm(stored, { force: true });
        throw error;
      } finally {
        await rm(raw, { force: true });
      }
    },
    read: (tenantId, id) => createReadStream(fileOf(tenantId, id), { highWaterMark: 1 << 18 }),
    remove: (tenantId, id) => rm(fileOf(tenantId, id), { force: true }),
  };
}

async function keep(file: Readable, place: string): Promise<{ bytes: number; sha256: Buffer }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > MOST_FILE_BYTES) {
        done(new ApiError('payload_too_large', { message: 'The file is larger than 1 GB. Cut it into several.' }));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(file, count, createWriteStream(place, { mode: 0o600, flush: true }));
  if (bytes === 0) throw new ApiError('invalid_input', { message: 'The file is empty.' });
  return { bytes, sha256: hash.digest() };
}

/** By its mark, else UTF-8 where its beginning is that, else what old spreadsheets write. */
async function encodingOf(place: string): Promise<StoredFile['encoding']> {
  const bytes = await beginning(place);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes.includes(0)) {
    throw new ApiError('invalid_input', {
      message: 'This is not a text file. Save the table as CSV in your spreadsheet program, then take that file.',
    });
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

/** Writes the file anew in UTF-8, without its mark. What begins as UTF-8 and breaks off was never that. */
async function transcode(from: string, to: string, encoding: StoredFile['encoding']): Promise<StoredFile['encoding']> {
  const decoder = new TextDecoder(encoding, { fatal: encoding === 'utf-8' });
  const decode = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        done(null, decoder.decode(chunk, { stream: true }));
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        done(null, decoder.decode());
      } catch (error) {
        done(error as Error);
      }
    },
  });
  try {
    await pipeline(createReadStream(from), decode, createWriteStream(to, { mode: 0o600, flush: true }));
    return encoding;
  } catch (error) {
    if (encoding !== 'utf-8' || !(error instanceof TypeError)) throw error;
    return transcode(from, to, 'windows-1252');
  }
}

async function sampleOf(place: string): Promise<string> {
  const bytes = await beginning(place);
  const text = new TextDecoder().decode(bytes, { stream: true });
  const end = bytes.length < SAMPLE_BYTES ? -1 : text.lastIndexOf('\n');
  return end <= 0 ? text : text.slice(0, end);
}

async function beginning(place: string): Promise<Buffer> {
  const handle = await open(place, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
