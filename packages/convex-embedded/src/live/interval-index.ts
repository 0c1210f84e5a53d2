/**
 * Which owners have an interval `[low, high)` that holds a key: a treap ordered by the lower
 * bound whose nodes know the highest upper bound below them. Finding costs the logarithm of the
 * number of intervals for each one found, so a write pays for the queries it touches and not for
 * all that are open.
 */
interface Node<T> {
  readonly low: string;
  readonly high: string;
  readonly priority: number;
  readonly owners: Set<T>;
  /** The highest `high` in this subtree. */
  top: string;
  left: Node<T> | null;
  right: Node<T> | null;
}

function update<T>(node: Node<T>): void {
  let top = node.high;
  if (node.left && node.left.top > top) top = node.left.top;
  if (node.right && node.right.top > top) top = node.right.top;
  node.top = top;
}

function compare(lowA: string, highA: string, lowB: string, highB: string): number {
  if (lowA !== lowB) return lowA < lowB ? -1 : 1;
  return highA === highB ? 0 : highA < highB ? -1 : 1;
}

function rotateRight<T>(node: Node<T>): Node<T> {
  const up = node.left as Node<T>;
  node.left = up.right;
  up.right = node;
  update(node);
  update(up);
  return up;
}

function rotateLeft<T>(node: Node<T>): Node<T> {
  const up = node.right as Node<T>;
  node.right = up.left;
  up.left = node;
  update(node);
  update(up);
  return up;
}

function insert<T>(node: Node<T> | null, low: string, high: string, owner: T): Node<T> {
  if (!node) {
    return { low, high, priority: Math.random(), owners: new Set([owner]), top: high, left: null, right: null };
  }
  const order = compare(low, high, node.low, node.high);
  if (order === 0) {
    node.owners.add(owner);
    return node;
  }
  let at = node;
  if (order < 0) {
    at.left = insert(at.left, low, high, owner);
    if (at.left.priority > at.priority) at = rotateRight(at);
  } else {
    at.right = insert(at.right, low, high, owner);
    if (at.right.priority > at.priority) at = rotateLeft(at);
  }
  update(at);
  return at;
}

function join<T>(left: Node<T> | null, right: Node<T> | null): Node<T> | null {
  if (!left) return right;
  if (!right) return left;
  if (left.priority > right.priority) {
    left.right = join(left.right, right);
    update(left);
    return left;
  }
  right.left = join(left, right.left);
  update(right);
  return right;
}

function remove<T>(node: Node<T> | null, low: string, high: string, owner: T): Node<T> | null {
  if (!node) return null;
  const order = compare(low, high, node.low, node.high);
  if (order === 0) {
    node.owners.delete(owner);
    return node.owners.size === 0 ? join(node.left, node.right) : node;
  }
  if (order < 0) node.left = remove(node.left, low, high, owner);
  else node.right = remove(node.right, low, high, owner);
  update(node);
  return node;
}

function collect<T>(node: Node<T> | null, key: string, into: Set<T>): void {
  if (!node || node.top <= key) return;
  collect(node.left, key, into);
  if (node.low > key) return;
  if (key < node.high) for (const owner of node.owners) into.add(owner);
  collect(node.right, key, into);
}

/** The intervals of one index of one table. */
export class IntervalIndex<T> {
  private root: Node<T> | null = null;

  /** Adds an interval; empty ones hold no key and are ignored. */
  add(low: string, high: string, owner: T): void {
    if (low < high) this.root = insert(this.root, low, high, owner);
  }

  /** Removes an interval that was added with the same bounds and owner. */
  remove(low: string, high: string, owner: T): void {
    if (low < high) this.root = remove(this.root, low, high, owner);
  }

  /** Adds the owners of all intervals that hold the key to a set. */
  find(key: string, into: Set<T>): void {
    collect(this.root, key, into);
  }
}
