/** Parses `KEY=VALUE` lines; empty lines and lines starting with `#` are skipped, quotes removed. */
export function parseEnv(text: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match) continue;
    const value = match[2] as string;
    const quoted = /^(["'])(.*)\1$/.exec(value);
    env[match[1] as string] = quoted ? (quoted[2] as string) : value;
  }
  return env;
}
