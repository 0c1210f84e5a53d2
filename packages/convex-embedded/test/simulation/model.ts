/** One step of a transaction; see cells.ts of the fixtures, which does the same in a database. */
export type Step =
  | { op: 'add'; key: string; by: number }
  | { op: 'move'; from: string; to: string }
  | { op: 'sum'; low: string; high: string }
  | { op: 'drop'; key: string }
  | { op: 'pause'; ticks: number }
  | { op: 'nested'; key: string; fails: boolean }
  | { op: 'refuseAbove'; key: string; limit: number };

/** The cells after some transactions that ran one after the other. */
export type Cells = Map<string, number>;

/** Does a transaction on its own. Returns what it sees, or null if it refuses, with the cells as they were. */
export function runAlone(cells: Cells, steps: readonly Step[]): { cells: Cells; seen: number[] } | null {
  const now = new Map(cells);
  const addTo = (key: string, by: number) => {
    const value = (now.get(key) ?? 0) + by;
    now.set(key, value);
    return value;
  };
  const seen: number[] = [];
  for (const step of steps) {
    switch (step.op) {
      case 'add':
        seen.push(addTo(step.key, step.by));
        break;
      case 'move':
        seen.push(addTo(step.to, now.get(step.from) ?? 0));
        break;
      case 'sum': {
        let total = 0;
        for (const [key, value] of now) if (key >= step.low && key < step.high) total += value;
        seen.push(total);
        break;
      }
      case 'drop':
        seen.push(now.delete(step.key) ? 1 : 0);
        break;
      case 'pause':
        seen.push(0);
        break;
      case 'nested':
        if (!step.fails) addTo(step.key, 100);
        seen.push(step.fails ? 0 : 1);
        break;
      case 'refuseAbove':
        if ((now.get(step.key) ?? 0) > step.limit) return null;
        seen.push(0);
        break;
    }
  }
  return { cells: now, seen };
}

/** What the query of all cells, or of a range, returns. */
export function listed(cells: Cells, low = '', high = '\uffff'): [string, number][] {
  return [...cells].filter(([key]) => key >= low && key < high).sort(([a], [b]) => (a < b ? -1 : 1));
}
