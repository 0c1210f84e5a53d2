/**
 * `npm start`: starts everything, keeps it running and ends it. See supervisor.ts for what happens to a part that ends,
 * parts.ts for what the parts are. Listens on nothing itself.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureHotTierKeys, jwksDataUrl } from '../platform/auth/hot-tier-keys.ts';
import { loadSettings, type Settings, SettingsError } from '../platform/settings.ts';
import { type DataDirLock, openDataDir } from './data-dir.ts';
import { writeHotEnvironment } from './hot-environment.ts';
import { watchParents } from './parent-watch.ts';
import { EndedEarly } from './part.ts';
import { makeParts, type Scripts, STOP_ORDER } from './parts.ts';
import { claimPorts, type PortWish } from './ports.ts';
import { StartError } from './start-error.ts';
import { Supervisor } from './supervisor.ts';
import { Terminal } from './terminal.ts';
import { readDemo, welcome } from './welcome.ts';

/** A part that ignores every request to end must not keep the terminal. Milliseconds after Ctrl-C. */
const END_WITHIN = 4_900;

const write = (text: string) => process.stdout.write(`${text}\n`);

/** @param scripts programs of the parts; tests put small ones in their place. */
export async function main(scripts?: Partial<Scripts>): Promise<void> {
  try {
    await run(loadSettings(process.env, process.argv.slice(2)), scripts);
  } catch (error) {
    process.exitCode = 1;
    console.error(error instanceof StartError || error instanceof SettingsError ? `\n${error.message}\n` : error);
  }
}

async function run(wished: Settings, scripts: Partial<Scripts> | undefined): Promise<void> {
  // Whatever we or the parts write is nobody else's to read.
  process.umask(0o077);
  const lock = openDataDir(wished.dataDir);
  try {
    await runLocked(wished, scripts, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function runLocked(wished: Settings, scripts: Partial<Scripts> | undefined, lock: DataDirLock): Promise<void> {
  const settings = await withPorts(wished);
  const terminal = new Terminal(settings.dataDir, settings.logLevel, write);
  const keys = await ensureHotTierKeys(path.join(settings.dataDir, 'secrets'));
  const hotEnvironmentFile = writeHotEnvironment(settings.dataDir, {
    issuer: settings.issuer,
    jwks: jwksDataUrl(keys),
  });
  const firstStart = settings.databaseUrl === null && !existsSync(path.join(settings.dataDir, 'pg'));

  const parts = makeParts({
    settings,
    hotEnvironmentFile,
    env: process.env,
    log: terminal.child,
    tell: terminal.say,
    scripts,
  });
  const supervisor = new Supervisor({ parts, stopOrder: STOP_ORDER, log: terminal.event, onReady: sayOnce(terminal) });

  let ending: Promise<void> | null = null;
  const end = (why: string, exitCode: number): Promise<void> => {
    ending ??= endAll(why, exitCode);
    return ending;
  };
  const endAll = async (why: string, exitCode: number) => {
    terminal.calm = true;
    terminal.say(`${why}; stopping…`);
    const lastResort = setTimeout(() => process.exit(exitCode), END_WITHIN);
    await supervisor.stop();
    clearTimeout(lastResort);
    lock.release();
    terminal.say('Stopped.');
    process.exit(exitCode);
  };
  process.on('SIGINT', () => void end('Ctrl-C', 0));
  process.on('SIGTERM', () => void end('Asked to end', 0));
  process.on('SIGHUP', () => void end('The terminal is gone', 0));
  // Nobody reads us any more (a closed pipe): words are lost, and so is the reason to run.
  process.stdout.on('error', () => void end('Output closed', 0));
  watchParents(process.env, (who) => void end(`${who} is gone`, 1));

  terminal.say(firstStart ? 'Preparing the database and starting…' : 'Starting…');
  try {
    await supervisor.start();
  } catch (error) {
    // Asked to end while starting: that is no failure.
    if (ending !== null) return ending;
    console.error(`\n${explain(error, settings.dataDir)}\n`);
    return end('Patchline cannot start', 1);
  }
  if (ending !== null) return ending;
  terminal.say(welcome(settings, readDemo(settings.dataDir)));
  terminal.calm = false;
}

/** The settings with real ports in place of zeros, and all ports known to be free. */
async function withPorts(wished: Settings): Promise<Settings> {
  const wishes: PortWish[] = [{ setting: 'PORT', port: wished.port }];
  if (wished.externalConvexUrl === null) wishes.push({ setting: 'HOT_PORT', port: wished.hotPort });
  if (wished.emulator) wishes.push({ setting: 'EMULATOR_PORT', port: wished.emulatorPort });
  if (wished.mailbox) {
    wishes.push({ setting: 'MAILBOX_PORT', port: wished.mailboxPort });
    wishes.push({ setting: 'MAILBOX_SMTP_PORT', port: wished.mailboxSmtpPort });
  }
  const ports = await claimPorts(wished.host, wishes);
  if (wishes.every(({ port }) => port !== 0)) return wished;
  const chosen = Object.fromEntries([...ports].map(([setting, port]) => [setting, String(port)]));
  // Addresses are derived from ports, so the settings are read again with the chosen ones.
  return loadSettings({ ...process.env, ...chosen }, process.argv.slice(2));
}

function sayOnce(terminal: Terminal): (part: string) => void {
  const said = new Set<string>();
  return (part) => {
    if (said.has(part)) return;
    said.add(part);
    terminal.say(`  ${part} is ready`);
  };
}

function explain(error: unknown, dataDir: string): string {
  if (error instanceof EndedEarly) {
    const said = error.lastLines.map((line) => `    ${line}`).join('\n');
    return `${error.message}. It said:\n${said}\nMore in ${path.join(dataDir, 'logs')}.`;
  }
  return error instanceof Error ? error.message : String(error);
}
