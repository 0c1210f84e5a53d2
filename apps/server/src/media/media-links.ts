import { createHmac, timingSafeEqual } from 'node:crypto';

export interface MediaName {
  tenantId: string;
  id: string;
}

/** Addresses under which a carrier, which has no session, may read one file for a while. */
export interface MediaLinks {
  /** A path that is good until `expiresAt`, Unix milliseconds. */
  pathOf(name: MediaName, expiresAt: number): string;
  /** What a path's last part names, or null when we did not make it or its time is over. */
  read(token: string, now: number): MediaName | null;
}

/** Where carriers read files: /media/TOKEN. */
export const PUBLIC_MEDIA_PATH = '/media';

/** Two UUIDs, six bytes of time and sixteen of signature: 72 characters, below what a router takes for one part of a path. */
const NAME_BYTES = 38;
const TOKEN = /^[A-Za-z0-9_-]{72}$/;

export function createMediaLinks(secret: string): MediaLinks {
  const sign = (said: Buffer) => createHmac('sha256', secret).update(said).digest().subarray(0, 16);
  return {
    pathOf({ tenantId, id }, expiresAt) {
      const said = Buffer.alloc(NAME_BYTES);
      said.write(tenantId.replaceAll('-', ''), 0, 'hex');
      said.write(id.replaceAll('-', ''), 16, 'hex');
      said.writeUIntBE(Math.floor(expiresAt / 1000), 32, 6);
      return `${PUBLIC_MEDIA_PATH}/${Buffer.concat([said, sign(said)]).toString('base64url')}`;
    },
    read(token, now) {
      if (!TOKEN.test(token)) return null;
      const bytes = Buffer.from(token, 'base64url');
      const said = bytes.subarray(0, NAME_BYTES);
      if (!timingSafeEqual(bytes.subarray(NAME_BYTES), sign(said))) return null;
      if (said.readUIntBE(32, 6) * 1000 < now) return null;
      return { tenantId: uuidOf(said.subarray(0, 16)), id: uuidOf(said.subarray(16, 32)) };
    },
  };
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
