export interface UncleanText {
  /** Where it stands, for example `body` or `items.0.name`. */
  path: string;
  message: string;
}

/**
 * Finds the first string in a parsed request, key or value, that PostgreSQL cannot keep as text: one with a NUL byte or
 * with half of a surrogate pair. Walks with a stack of its own, since a body may be nested a hundred thousand deep.
 */
export function findUncleanText(value: unknown): UncleanText | null {
  const waiting: Array<{ value: unknown; path: string }> = [{ value, path: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: current, path } = next;
    if (typeof current === 'string') {
      const problem = problemOf(current);
      if (problem !== null) return { path, message: problem };
    } else if (typeof current === 'object' && current !== null && !ArrayBuffer.isView(current)) {
      for (const [key, child] of Object.entries(current)) {
        // Only what is visited later needs its path; past this depth nobody reads it.
        const childPath = path.length > 200 ? path : path === '' ? key : `${path}.${key}`;
        if (!Array.isArray(current)) {
          const problem = problemOf(key);
          if (problem !== null) return { path, message: `has a field whose name ${problem}` };
        }
        waiting.push({ value: child, path: childPath });
      }
    }
  }
  return null;
}

function problemOf(text: string): string | null {
  if (text.includes('\0')) return 'contains a NUL character';
  if (!text.isWellFormed()) return 'contains half of a surrogate pair, which is not text';
  return null;
}
