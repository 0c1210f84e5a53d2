/**
 * Keeps rows where they are while somebody points at them. New texts would move rows under the pointer in the moment of
 * the click; so while `held`, what is on screen stays in its order, new rows wait, and only what comes after the last row
 * (an older page) is added.
 */
export interface Steady {
  order: readonly string[];
  /** Rows that want to come in or move up, and wait. */
  waiting: readonly string[];
}

export function steadyOrder(shown: readonly string[], wanted: readonly string[], held: boolean): Steady {
  if (!held || shown.length === 0) return { order: wanted, waiting: [] };
  const place = new Map(shown.map((id, index) => [id, index]));

  const stay = longestRising(wanted.filter((id) => place.has(id)).map((id) => place.get(id) as number));
  const lastShown = wanted.findLastIndex((id) => place.has(id));
  const waiting: string[] = [];
  const added: string[] = [];
  wanted.forEach((id, index) => {
    const at = place.get(id);
    if (at === undefined) (index > lastShown ? added : waiting).push(id);
    else if (!stay.has(at)) waiting.push(id);
  });
  return { order: added.length === 0 ? shown : [...shown, ...added], waiting };
}

/** The members of a longest rising run within `values`: the rows that need not move. */
function longestRising(values: readonly number[]): Set<number> {
  const tails: number[] = [];
  const before = new Map<number, number | undefined>();
  for (const value of values) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    before.set(value, low > 0 ? tails[low - 1] : undefined);
    tails[low] = value;
  }
  const members = new Set<number>();
  for (let value = tails.at(-1); value !== undefined; value = before.get(value)) members.add(value);
  return members;
}
