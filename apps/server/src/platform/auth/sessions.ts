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
  /**
   * A person's sessions that are in force, last used first. Here and below, a session that came by single sign-on reaches
   * those of its own tenant only.
   */
  list(userId: string, asking: string): Promise<SessionRow[]>;
  /** Ends one session of a person. False when they have none of that id. */
  end(userId: string, asking: string, sessionId: string): Promise<boolean>;
  /** Ends every session of a person but the one that asks. */
  endOthers(userId: string, asking: string): Promise<void>;
  /** Ends every session of a person. */
  endAll(userId: string): Promise<void>;
  /** When people last used a tenant. */
  lastSeen(tenantId: string, userIds: readonly string[]): Promise<Map<string, Date>>;
}

/** Sessions of the person $1 that the session $2 reaches. */
const REACHED = `user_id = $1 and exists (
  select 1 from sessions asking where asking.id = $2
    and (asking.sso_provider_id is null or asking.tenant_id = sessions.tenant_id))`;

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

    async list(userId, asking) {
      const { rows } = await pool.query<{
        id: string;
        tenant_id: string | null;
        created_at: Date;
        last_used_at: Date;
        ip_address: string | null;
        user_agent: string | null;
      }>(
        `select id, tenant_id, created_at, last_used_at, ip_address, user_agent from sessions
         where ${REACHED} and expires_at > now() order by last_used_at desc, id`,
        [userId, asking],
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

    async end(userId, asking, sessionId) {
      const { rowCount } = await pool.query(`delete from sessions where ${REACHED} and id = $3`, [
        ...[userId, asking, sessionId],
      ]);
      return rowCount === 1;
    },

    async endOthers(userId, asking) {
      await pool.query(`delete from sessions where ${REACHED} and id <> $2`, [userId, asking]);
    },

    async endAll(userId) {
      await pool.query('delete from sessions where user_id = $1', [userId]);
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
