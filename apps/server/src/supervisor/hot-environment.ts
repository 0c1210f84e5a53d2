import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes DATA_DIR/hot/env, the deployment variables that `convex/auth.config.ts` reads; returns its path. */
export function writeHotEnvironment(dataDir: string, variables: { issuer: string; jwks: string }): string {
  const folder = path.join(dataDir, 'hot');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, 'env');
  writeFileSync(file, `PATCHLINE_ISSUER=${variables.issuer}\nPATCHLINE_JWKS=${variables.jwks}\n`, { mode: 0o600 });
  // An existing file keeps its mode when it is written.
  chmodSync(file, 0o600);
  return file;
}
