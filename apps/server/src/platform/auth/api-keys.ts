import { createHash, randomBytes } from 'node:crypto';
import type { Permission } from '@patchline/contracts/permissions';
import type { Role } from '@patchline/contracts/roles';
import type { Logger } from 'pino';
import type { Database } from '../database/doors.ts';
import type { KeyPrincipal } from '../http/principal.ts';

/** `pl_` and 32 random bytes in base64url. */
const FORMAT = /^pl_[A-Za-z0-9_-]{43}$/;

/** How many characters of a key are kept in the clear, so that people can tell keys apart. */
const PREFIX_LENGTH = 9;

/** How long another process may still honour a key that was revoked, in milliseconds. This one forgets it at once. */
const FRESH_MS = 5_000;

/** How often a key's last use is written down, in milliseconds. */
const LAST_USED_EVERY_MS = 60_000;

const MAX_CACHED = 10_000;

export interface NewApiKey {
  /** Shown once, never stored. */
  key: string;
  prefix: string;
  hash: Buffer;
}

export function generateApiKey(): NewApiKey {
  return describeApiKey(`pl_${randomBytes(32).toString('base64url')}`);
}

/** What is stored of a key. */
export function describeApiKey(key: string): NewApiKey {
  return { key, prefix: key.slice(0, PREFIX_LENGTH), hash: hashOf(key) };
}

/** A key of 256 random bits needs no slow hash: there is nothing to guess. */
function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

export interface ApiKeyDoor {
  /** Who a key stands for, or null when it is malformed, unknown or revoked. */
  find(key: string): Promise<KeyPrincipal | null>;
  /** Must be called when a key is revoked. */
  forget(keyId: string): void;
}

interface KeyRow {
  tenant_id: string;
  id: string;
  name: string;
  role: Role;
  scopes: Permission[] | null;
}

export function createApiKeyDoor(database: Database, log: Logger, now: () => number = Date.now): ApiKeyDoor {
  const known = new Map<string, { until: number; principal: KeyPrincipal }>();
  const lastUsed = new Map<string, number>();
  // A lookup that began before a revocation must not put the key back after it.
  let revocations = 0;

  const noteUse = (principal: KeyPrincipal): void => {
    if (now() - (lastUsed.get(principal.keyId) ?? 0) < LAST_USED_EVERY_MS) return;
    lastUsed.set(principal.keyId, now());
    database
      .withTenant(principal.tenantId, (tx) =>
        tx.query('update api_keys set last_used_at = now() where tenant_id = $1 and id = $2', [
          principal.tenantId,
          principal.keyId,
        ]),
      )
      .catch((err: unknown) => log.warn({ err }, 'the last use of an API key was not written down'));
  };

  return {
    async find(key) {
      if (!FORMAT.test(key)) return null;
      const hash = hashOf(key);
      const cacheKey = hash.toString('base64');
      const cached = known.get(cacheKey);
      if (cached !== undefined && cached.until > now()) return cached.principal;

      const before = revocations;
      const row = await database.withPlatform((tx) =>
        tx.first<KeyRow>(
          'select tenant_id, id, name, role, scopes from api_keys where hash = $1 and revoked_at is null',
          [hash],
        ),
      );
      if (row === null) {
        known.delete(cacheKey);
        return null;
      }
      const principal: KeyPrincipal = {
        kind: 'api_key',
        tenantId: row.tenant_id,
        keyId: row.id,
        name: row.name,
        role: row.role,
        scopes: row.scopes,
        where: null,
      };
      if (known.size >= MAX_CACHED) known.clear();
      if (before === revocations) known.set(cacheKey, { until: now() + FRESH_MS, principal });
      noteUse(principal);
      return principal;
    },
    forget(keyId) {
      revocations++;
      for (const [cacheKey, { principal }] of known) if (principal.keyId === keyId) known.delete(cacheKey);
    },
  };
}
