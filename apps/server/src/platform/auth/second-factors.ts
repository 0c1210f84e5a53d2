import type { Pool } from 'pg';

/** Who has a second factor. Setting it up, and asking for it, is better-auth's (sign-in.ts). */
export interface SecondFactors {
  /** Those of the people who have one. */
  having(userIds: readonly string[]): Promise<Set<string>>;
  /** Takes it from somebody who lost it. False when there was none. */
  drop(userId: string): Promise<boolean>;
}

/** `pool` signs in as patchline_auth. */
export function createSecondFactors(pool: Pool): SecondFactors {
  return {
    async having(userIds) {
      const { rows } = await pool.query<{ id: string }>(
        'select id from users where id = any($1) and two_factor_enabled',
        [userIds],
      );
      return new Set(rows.map(({ id }) => id));
    },
    async drop(userId) {
      // One statement, one commit: nobody is left with a factor that is asked for and cannot be given.
      const { rowCount } = await pool.query(
        `with gone as (delete from two_factors where user_id = $1)
         update users set two_factor_enabled = false where id = $1 and two_factor_enabled`,
        [userId],
      );
      return rowCount === 1;
    },
  };
}
