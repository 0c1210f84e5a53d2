/** Reads `KEY=VALUE` files: blank lines and `#` comments are skipped, values may stand in single or double quotes. */

export type FileEntry = { name: string; value: string; line: number };
export type FileProblem = { line: number; text: string };

export function parseSettingsFile(text: string): { entries: FileEntry[]; problems: FileProblem[] } {
  const entries: FileEntry[] = [];
  const problems: FileProblem[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(trimmed);
    if (match === null) {
      problems.push({ line, text: 'is not NAME=VALUE' });
      continue;
    }
    const [, name = '', rest = ''] = match;
    const quoted = /^(["'])(.*)\1$/.exec(rest);
    // An unquoted value ends where a comment begins; '#' inside a word (a password, an address) is kept.
    entries.push({ name, value: quoted ? (quoted[2] ?? '') : rest.replace(/\s+#.*$/, ''), line });
  }
  return { entries, problems };
}
