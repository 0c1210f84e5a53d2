import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import type { Pool } from 'pg';

/**
 * Encrypts secrets and recovery codes of second factors with the current key. better-auth encrypts them with what signs
 * cookies, which comes from the key: without this, changing the key would lock out whoever has a second factor.
 * @returns how many were encrypted anew. Throws when one opens with neither key.
 */
export async function resealSecondFactors(pool: Pool, current: string, previous: string): Promise<number> {
  const { rows } = await pool.query<{ id: string; secret: string; backup_codes: string }>(
    'select id, secret, backup_codes from two_factors order by id',
  );
  const opens = (key: string, data: string) =>
    symmetricDecrypt({ key, data }).then(
      () => true,
      // An authenticated cipher says no more than that it is another key's.
      () => false,
    );
  const anew = async (data: string) =>
    (await opens(current, data))
      ? data
      : symmetricEncrypt({ key: current, data: await symmetricDecrypt({ key: previous, data }) });
  let resealed = 0;
  for (const row of rows) {
    const secret = await anew(row.secret);
    const codes = await anew(row.backup_codes);
    if (secret === row.secret && codes === row.backup_codes) continue;
    // Not if the person made others meanwhile: those are of the current key.
    await pool.query(
      'update two_factors set secret = $2, backup_codes = $3 where id = $1 and secret = $4 and backup_codes = $5',
      [row.id, secret, codes, row.secret, row.backup_codes],
    );
    resealed++;
  }
  return resealed;
}
