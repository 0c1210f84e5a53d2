import type { Database } from '../database/doors.ts';
import { mailContext } from '../mail/queue-mail.ts';
import type { Sealer } from '../secrets/seal.ts';
import { clientSecretContext } from './sso-secret.ts';

/** Seals client secrets of single sign-on, and letters that wait, with the current key. Returns how many. */
export async function resealSignIn(database: Database, sealer: Sealer): Promise<number> {
  const fresh = (sealed: Buffer, context: string) =>
    sealer.isCurrent(sealed, context) ? null : sealer.seal(sealer.open(sealed, context), context);
  let resealed = 0;
  const providers = await database.withPlatform((tx) =>
    tx.query<{ tenant_id: string; id: string }>('select tenant_id, id from sso_providers order by tenant_id, id'),
  );
  for (const { tenant_id: tenantId, id } of providers) {
    await database.withTenant(tenantId, async (tx) => {
      const row = await tx.first<{ client_secret_sealed: Buffer }>(
        'select client_secret_sealed from sso_providers where tenant_id = $1 and id = $2 for update',
        [tenantId, id],
      );
      const sealed = row && fresh(row.client_secret_sealed, clientSecretContext(tenantId, id));
      if (!sealed) return;
      await tx.query('update sso_providers set client_secret_sealed = $3 where tenant_id = $1 and id = $2', [
        ...[tenantId, id, sealed],
      ]);
      resealed++;
    });
  }
  await database.withPlatform(async (tx) => {
    const letters = await tx.query<{ id: string; sealed: Buffer }>(
      'select id, sealed from mails where sealed is not null order by id for update',
    );
    for (const { id, sealed } of letters) {
      const anew = fresh(sealed, mailContext(id));
      if (anew === null) continue;
      await tx.query('update mails set sealed = $2 where id = $1', [id, anew]);
      resealed++;
    }
  });
  return resealed;
}
