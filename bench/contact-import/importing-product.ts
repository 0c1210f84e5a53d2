import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DATABASE_NAME, SUPERUSER_ROLE } from '../../apps/server/src/platform/postgres-server.ts';
import { type Demo, type Product, startProduct } from '../../e2e/harness/product.ts';

export interface ImportState {
  id: string;
  status: string;
  rows: { total: number | null; done: number; created: number; updated: number; unchanged: number; failed: number };
  startedAt: string | null;
  endedAt: string | null;
  error: string | null;
}

/** The whole product as `npm start` runs it, and an import through its HTTP API. */
export interface ImportingProduct {
  product: Product;
  /** Uploads a file, starts its import and returns the import's id. */
  begin(file: string): Promise<string>;
  /** Null while the server is away. */
  state(id: string): Promise<ImportState | null>;
  /** Asks until the import has ended. @throws when it was not done */
  ended(id: string): Promise<ImportState>;
  /** One statement as the database's superuser. */
  sql<Row extends pg.QueryResultRow>(text: string): Promise<Row[]>;
  /** The most memory that the server's process had at once since it was last asked, in MB; null where Linux does not tell. */
  peakMemory(): Promise<number | null>;
}

export async function startImportingProduct(): Promise<ImportingProduct> {
  const product = await startProduct({ env: { LOG_LEVEL: 'warn' } });
  const { demo } = product;
  const signedIn = await signIn(demo);
  const ask = async (method: string, way: string, init: RequestInit = {}) => {
    const answer = await fetch(`${demo.url}/api/v1${way}`, {
      method,
      ...init,
      headers: { ...signedIn, ...init.headers },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${way}: ${answer.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  const state = (id: string): Promise<ImportState | null> => ask('GET', `/contact-imports/${id}`).catch(() => null);
  return {
    product,
    state,
    async begin(file) {
      const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
      const uploaded = await ask('POST', '/contact-imports?name=people.csv', {
        headers: { 'content-type': 'text/csv' },
        body,
        duplex: 'half',
      } as RequestInit);
      await ask('POST', `/contact-imports/${uploaded.id}/start`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ mapping: uploaded.suggestedMapping, dryRun: false, whenKnown: 'update' }),
      });
      return uploaded.id;
    },
    async ended(id) {
      for (;;) {
        const now = await state(id);
        if (now?.status === 'done') return now;
        if (now !== null && now.status !== 'importing') throw new Error(`The import is ${now.status}: ${now.error}`);
        await pause(250);
      }
    },
    async sql(text) {
      const client = new pg.Client({
        host: await socketFolderOf(product.dataDir),
        database: DATABASE_NAME,
        user: SUPERUSER_ROLE,
      });
      await client.connect();
      try {
        await client.query('set search_path to patchline, public');
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
    async peakMemory() {
      const pid = await product.pidOf('server');
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
      // Five is the kernel's word for: note the peak anew from here on.
      if (kilobytes !== undefined) await writeFile(`/proc/${pid}/clear_refs`, '5');
      return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1_024);
    },
  };
}

/** The headers of somebody who may import. */
async function signIn({ url, users }: Demo): Promise<Record<string, string>> {
  const user = users.find(({ role }) => role === 'owner' || role === 'admin' || role === 'supervisor');
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ email: user?.email, password: user?.password }),
  });
  if (!answer.ok) throw new Error(`Sign-in: ${answer.status} ${await answer.text()}`);
  const cookies = answer.headers.getSetCookie().map((line) => line.split(';')[0]);
  return { origin: url, cookie: cookies.join('; ') };
}

/** PostgreSQL notes it in the fifth line of its pid file. */
async function socketFolderOf(dataDir: string): Promise<string> {
  const lines = (await readFile(path.join(dataDir, 'pg/postmaster.pid'), 'utf8')).split('\n');
  return lines[4]?.trim() ?? '';
}
