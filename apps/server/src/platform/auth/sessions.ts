import type { Pool } from 'pg';
import type { Logger } from 'pino';

/** How exact "last used" is. Milliseconds. */
const TOUCH_EVERY_MS = 60_000;

/** How many sessions are remembered as just touched before the old ones are forgotten. */
const SWEEP_AT = 10_000;

export interface SessionRow {
  id: string;
  tenantId: string | null;
  createdAt: Date;
  lastUsedAt: Date;
  ip: string | null;
  userAgent: string | null;
}

/** The places where people are signed in. */
export interface Sessions {
  /** Notes that a session was just used; at most once a minute each, and never in the way of the request. */
  touch(session: { sessionId: string; userId: string; tenantId: string }): void;
  /** A person's sessions that are in force, last used first. */
  list(userId: string): Promise<SessionRow[]>;
  /** Ends one session of a person. False when they have none of that id. */
  end(userId: string, sessionId: string): Promise<boolean>;
  /** Ends every session of a person, but for the one to keep. */
  endAll(userId: string, keep?: string): Promise<void>;
  /** When people last used a tenant. */
  lastSeen(tenantId: string, userIds: readonly string[]): Promise<Map<string, Date>>;
}

/** `pool` signs in as patchline_auth. */
export function createSessions(pool: Pool, log: Logger): Sessions {
  const touched = new Map<string, number>();
  return {
    touch({ sessionId, userId, tenantId }) {
      const now = Date.now();
      const before = touched.get(sessionId);
      if (before !== undefined && now - before < TOUCH_EVERY_MS) return;
      if (touched.size >= SWEEP_AT) {
        for (const [id, at] of touched) if (now - at >= TOUCH_EVERY_MS) touched.delete(id);
      }
      touched.set(sessionId, now);
      pool
        .query(
          `with used as (update sessions set last_used_at = now() where id = $1)
           insert into last_seen (user_id, tenant_id) values ($2, $3)
           on conflict (user_id, tenant_id) do update set at = now()`,
          [sessionId, userId, tenantId],
        )
        .catch((err: unknown) => log.debug({ err }, 'when a session was last used could not be noted'));
    },

    async list(userId) {
      const { rows } = await pool.query<{
        id: string;
        tenant_id: string | null;
        created_at: Date;
        last_used_at: Date;
        ip_address: string | null;
        user_agent: string | null;
      }>(
        `select id, tenant_id, created_at, last_used_at, ip_address, user_agent from sessions
         where user_id = $1 and expires_at > now() order by last_used_at desc, id`,
        [userId],
      );
      return rows.map((row) => ({
        id: row.id,
        tenantId: row.tenant_id,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
        ip: row.ip_address || null,
        userAgent: row.user_agent || null,
      }));
    },

    async end(userId, sessionId) {
      const { rowCount } = await pool.query('delete from sessions where user_id = $1 and id = $2', [userId, sessionId]);
      return rowCount === 1;
    },

    async endAll(userId, keep) {
      await pool.query('delete from sessions where user_id = $1 and ($2::uuid is null or id <> $2)', [
        userId,
        keep ?? null,
      ]);
    },

    async lastSeen(tenantId, userIds) {
      const { rows } = await pool.query<{ user_id: string; at: Date }>(
        'select user_id, at from last_seen where tenant_id = $1 and user_id = any($2)',
        [tenantId, userIds],
      );
      return new Map(rows.map(({ user_id, at }) => [user_id, at]));
    },
  };
}
