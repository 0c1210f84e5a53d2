/**
 * `npm run audit:verify`: recomputes every tenant's audit chain and says where it does not hold. Exit code 1 when one
 * does not. Reads the database of a running Patchline, or of DATABASE_URL; the embedded one is started for it if need be.
 */

import { verifyLedger } from '../platform/audit/verify.ts';
import { openForCommand } from '../platform/open-for-command.ts';
import { loadSecrets } from '../platform/secrets/secrets.ts';
import { loadSettings } from '../platform/settings.ts';

const settings = loadSettings(process.env, process.argv.slice(2));
const { database, close } = await openForCommand(settings, await loadSecrets(settings));
let broken = 0;
try {
  const tenants = await database.withPlatform((tx) =>
    tx.query<{ tenant_id: string; name: string }>('select tenant_id, name from tenants order by created_at'),
  );
  for (const tenant of tenants) {
    const report = await verifyLedger(database, tenant.tenant_id);
    const state = report.faults.length === 0 ? 'holds' : 'BROKEN';
    console.log(
      `${state}  ${tenant.name}: ${report.links} lines, ${report.unlinked} being linked, ${report.erased} erased`,
    );
    console.log(`        head ${report.head}`);
    for (const fault of report.faults) {
      console.log(`        ${fault.problem} at ${fault.position ?? 'no position'} (entry ${fault.entryId || 'none'})`);
    }
    if (report.faults.length > 0) broken++;
  }
  console.log(
    broken === 0 ? `All ${tenants.length} ledgers hold.` : `${broken} of ${tenants.length} ledgers do not hold.`,
  );
} finally {
  await close();
}
process.exitCode = broken === 0 ? 0 : 1;
