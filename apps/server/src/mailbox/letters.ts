import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import PostalMime from 'postal-mime';

/** Older letters go: this is a place to look at what was just sent, no archive. */
const KEPT = 500;

const ID = /^\d{14}-[0-9a-f]{12}$/;

export interface Letter {
  id: string;
  at: string;
  from: string;
  to: string;
  subject: string;
  text: string;
}

/** The letters the mailbox took, one file each in a folder of its own. */
export interface Letters {
  /** Keeps a letter as it came. It is on the disk when this is done. */
  keep(bytes: Buffer): Promise<void>;
  /** Newest first. */
  list(): Promise<Letter[]>;
  /** Null when there is none of that id. */
  read(id: string): Promise<Letter | null>;
}

export async function openLetters(folder: string): Promise<Letters> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fileOf = (id: string) => path.join(folder, `${id}.eml`);
  const ids = async () =>
    (await readdir(folder))
      .filter((name) => name.endsWith('.eml') && ID.test(name.slice(0, -4)))
      .map((name) => name.slice(0, -4))
      .sort()
      .reverse();
  const read = async (id: string): Promise<Letter | null> => {
    // The id comes from an address: nothing but our own names reaches the file system.
    if (!ID.test(id)) return null;
    try {
      return await parse(id, await readFile(fileOf(id)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  };
  return {
    read,
    async keep(bytes) {
      const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
      const file = fileOf(`${stamp}-${randomBytes(6).toString('hex')}`);
      await writeFile(`${file}.part`, bytes, { mode: 0o600, flush: true });
      await rename(`${file}.part`, file);
      for (const old of (await ids()).slice(KEPT)) await unlink(fileOf(old));
    },
    async list() {
      const letters = await Promise.all((await ids()).slice(0, 100).map(read));
      return letters.filter((letter) => letter !== null);
    },
  };
}

async function parse(id: string, bytes: Buffer): Promise<Letter> {
  const mail = await PostalMime.parse(bytes);
  return {
    id,
    at: mail.date ?? '',
    from: addressText(mail.from),
    to: (mail.to ?? []).map(addressText).join(', '),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
  };
}

function addressText(address: { name?: string; address?: string } | undefined): string {
  if (address === undefined) return '';
  return address.name ? `${address.name} <${address.address ?? ''}>` : (address.address ?? '');
}
