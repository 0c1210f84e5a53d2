/**
 * `npm run credentials:rotate -- --account AC… < file`: gives a carrier account a new auth token (Telnyx: API key), read from standard input,
 * because a command line is seen by everybody on the machine. The carrier must accept it. The token before stays good for
 * webhooks until `--finish`. `--tenant ID` tells two teams with the same account apart.
 */
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { createNumberAdmins } from '../carriers/index.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { openForCommand } from '../platform/open-for-command.ts';
import { loadSecrets } from '../platform/secrets/secrets.ts';
import { loadSettings } from '../platform/settings.ts';
import type { NumbersDeps } from './deps.ts';
import { finishRotation, startRotation } from './rotate-credential.ts';

const USAGE =
  'npm run credentials:rotate -- --account AC… [--tenant ID] [--finish] [--env-file FILE]   (the new token on standard input)';

const { values: options } = parseArgs({
  options: {
    account: { type: 'string' },
    tenant: { type: 'string' },
    finish: { type: 'boolean', default: false },
    'env-file': { type: 'string' },
  },
});
const envFile = options['env-file'];
const settings = loadSettings(process.env, envFile === undefined ? [] : ['--env-file', envFile]);
const refusal = options.account === undefined ? USAGE : await rotate(options.account);
if (refusal !== null) {
  console.error(refusal);
  process.exitCode = 1;
}

async function rotate(accountRef: string): Promise<string | null> {
  if (!options.finish && process.stdin.isTTY)
    return `Give the new token on standard input, from a file or a pipe.\n${USAGE}`;
  const authToken = options.finish ? '' : (await text(process.stdin)).trim();
  if (!options.finish && authToken === '') return 'There was no token on standard input.';
  const secrets = await loadSecrets(settings);
  const { database, close } = await openForCommand(settings, secrets);
  try {
    const found = await database.withPlatform((tx) =>
      tx.query<{ tenant_id: string; id: string }>(
        `select tenant_id, id from carrier_accounts
         where account_ref = $1 and disconnected_at is null and ($2::uuid is null or tenant_id = $2)`,
        [accountRef, options.tenant ?? null],
      ),
    );
    const [account] = found;
    if (account === undefined) return `No team has connected the account ${accountRef}.`;
    if (found.length > 1) {
      const tenants = found.map((row) => row.tenant_id).join('\n  ');
      return `Several teams have connected this account. Name one with --tenant:\n  ${tenants}`;
    }
    const deps: NumbersDeps = {
      database,
      sealer: secrets.sealer,
      numberAdmins: createNumberAdmins(settings),
      // The server's own sweep links the entry into the ledger.
      linker: { signal: () => undefined },
      publicUrl: settings.publicUrl,
    };
    const asker = { tenantId: account.tenant_id, actor: 'system' };
    if (options.finish) {
      await finishRotation(deps, asker, account.id);
      console.log('The token before is gone. Webhooks signed with it are refused.');
    } else {
      const { rotating } = await startRotation(deps, asker, account.id, { authToken });
      const next = rotating ? ' Once the carrier signs with it, run this again with --finish.' : '';
      console.log(`The new token is in use.${next}`);
    }
    return null;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  } finally {
    await close();
  }
}
