/** What the terminal shows when everything is ready. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Settings } from '../platform/settings.ts';
import { mailboxUrl } from './parts.ts';

const Demo = z.object({
  url: z.string(),
  handsetUrl: z.string().nullish(),
  users: z.array(z.object({ email: z.string(), password: z.string(), name: z.string(), role: z.string() })),
});
type Demo = z.infer<typeof Demo>;

export function welcome(settings: Settings, demo: Demo | null): string {
  const lines = ['', '  Patchline is ready.', ''];
  const row = (label: string, text: string) => lines.push(`  ${label.padEnd(9)} ${text}`);
  row('Desk', settings.publicUrl);
  for (const [index, user] of (demo?.users ?? []).entries()) {
    const name = `${user.email.padEnd(longest(demo))}  ${user.password}`;
    row(index === 0 ? 'Sign in' : '', `${name}  (${user.role}, ${user.name})`);
  }
  if (settings.emulator) row('Handset', demo?.handsetUrl ?? `${settings.emulatorPublicUrl}/handset`);
  if (settings.mailbox) row('Mail', `${mailboxUrl(settings)}  (what Patchline sends by e-mail)`);
  row('API', `${settings.publicUrl}/api/docs`);
  row('Data', settings.dataDir);
  lines.push('', '  Ctrl-C stops everything.', '');
  return lines.join('\n');
}

const longest = (demo: Demo | null) => Math.max(0, ...(demo?.users ?? []).map(({ email }) => email.length));

/** The demo's users, when there is a demo. A file that is not as expected is not worth a failed start. */
export function readDemo(dataDir: string): Demo | null {
  let text: string;
  try {
    text = readFileSync(path.join(dataDir, 'demo.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = Demo.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}
