/**
 * `npm run hot-keys:rotate`: adds a new key for the tokens by which the hot tier knows people. The key in use stays valid,
 * so that nobody is signed out. Patchline signs with the new one after its next start.
 */
import path from 'node:path';
import { loadSettings } from '../settings.ts';
import { jwksDataUrl, rotateHotTierKeys } from './hot-tier-keys.ts';

const settings = loadSettings(process.env, process.argv.slice(2));
const keys = await rotateHotTierKeys(path.join(settings.dataDir, 'secrets'));
console.log(`A new key was made (${keys.keys[0]?.kid}). The one before it stays valid.`);
if (settings.externalConvexUrl === null) {
  console.log('Restart Patchline: it then signs with the new key, and the hot tier knows both.');
} else {
  // Public keys only: nothing here is secret.
  console.log('First give your Convex deployment the public keys, then restart the servers:');
  console.log(`  npx convex env set PATCHLINE_JWKS '${jwksDataUrl(keys)}'`);
}
console.log('Rotate again no sooner than five minutes after that restart: tokens live so long.');
