/**
 * `npm run demo:traffic`: forty pretend people text the demo's main line for a minute. Patchline must be running with demo
 * data (`npm start`). What follows `--` goes to the emulator's own command, for example `-- --texts 500 --seed 7`.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadSettings } from '../apps/server/src/platform/settings.ts';

const file = path.join(loadSettings(process.env).dataDir, 'demo.json');
if (!existsSync(file)) {
  console.error(`There is no ${file}. Start Patchline with npm start first; it makes demo data in an empty DATA_DIR.`);
  process.exit(1);
}
const demo = JSON.parse(readFileSync(file, 'utf8')) as { emulatorUrl: string; numbers: Array<{ e164: string }> };
const cli = path.join(import.meta.dirname, '../packages/carrier-emulator/src/cli.ts');
const to = demo.numbers.slice(0, 1).flatMap(({ e164 }) => ['--to', e164]);
const emulator = spawn(process.execPath, [cli, 'traffic', '--url', demo.emulatorUrl, ...to, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
emulator.on('exit', (code) => process.exit(code ?? 1));
