/**
 * A persistent B+tree from strings to values: every change makes a new root and leaves the old
 * one as it was, so a snapshot of the whole database is an array of roots. Nodes copied by the
 * holder of an edit token are changed in place by the same holder afterwards, which makes a
 * transaction of many writes cheap. A token must not be used once its tree has been shared.
 */
const MAX = 32;
const MERGE_BELOW = 10;

/** Identifies one builder of a tree. */
export type Edit = { readonly edit: true };

/** A fresh edit token. */
export function newEdit(): Edit {
  return { edit: true };
}

interface Leaf<V> {
  owner: Edit | null;
  keys: string[];
  values: V[];
  children: null;
}

interface Inner<V> {
  owner: Edit | null;
  /** `keys[i]` is not above any key in `children[i]` and is above all in `children[i - 1]`. */
  keys: string[];
  children: Node<V>[];
}

type Node<V> = Leaf<V> | Inner<V>;

/** A persistent ordered map; undefined stands for an empty one. */
export interface Tree<V> {
  readonly root: Node<V>;
  readonly size: number;
}

/** First position whose key is at or above `key`. */
function lowerBound(keys: string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Position of the child that may hold `key`. */
function childFor(keys: string[], key: string): number {
  let low = 1;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The value at a key. */
export function treeGet<V>(tree: Tree<V> | undefined, key: string): V | undefined {
  if (!tree) return undefined;
  let node = tree.root;
  while (node.children) node = node.children[childFor(node.keys, key)] as Node<V>;
  const at = lowerBound(node.keys, key);
  return node.keys[at] === key ? node.values[at] : undefined;
}

function own<V>(node: Node<V>, edit: Edit): Node<V> {
  if (node.owner === edit) return node;
  return node.children
    ? { owner: edit, keys: node.keys.slice(), children: node.children.slice() }
    : { owner: edit, keys: node.keys.slice(), values: node.values.slice(), children: null };
}

/** Splits an owned node that has grown past the limit; returns the right half. */
function split<V>(node: Node<V>, edit: Edit, ascending: boolean): Node<V> {
  // Keys that arrive in order (creation time, sequence numbers) leave full nodes behind.
  const at = ascending ? node.keys.length - 2 : node.keys.length >> 1;
  const keys = node.keys.splice(at);
  return node.children
    ? { owner: edit, keys, children: node.children.splice(at) }
    : { owner: edit, keys, values: node.values.splice(at), children: null };
}

let added = false;

/** Sets a key below an owned node; returns a new right sibling if the node had to be split. */
function setIn<V>(node: Node<V>, key: string, value: V, edit: Edit): Node<V> | null {
  let at: number;
  if (node.children) {
    at = childFor(node.keys, key);
    const child = own(node.children[at] as Node<V>, edit);
    node.children[at] = child;
    const right = setIn(child, key, value, edit);
    if (!right) return null;
    node.keys.splice(at + 1, 0, right.keys[0] as string);
    node.children.splice(at + 1, 0, right);
  } else {
    at = lowerBound(node.keys, key);
    if (node.keys[at] === key) {
      node.values[at] = value;
      return null;
    }
    added = true;
    node.keys.splice(at, 0, key);
    node.values.splice(at, 0, value);
  }
  return node.keys.length > MAX ? split(node, edit, at >= node.keys.length - 2) : null;
}

/** The tree with a key set. */
export function treeSet<V>(tree: Tree<V> | undefined, key: string, value: V, edit: Edit): Tree<V> {
  if (!tree) return { root: { owner: edit, keys: [key], values: [value], children: null }, size: 1 };
  const root = own(tree.root, edit);
  added = false;
  const right = setIn(root, key, value, edit);
  const size = tree.size + (added ? 1 : 0);
  if (!right) return { root, size };
  const keys = [root.keys[0] as string, right.keys[0] as string];
  return { root: { owner: edit, keys, children: [root, right] }, size };
}

/** Joins a child that has become small with a neighbour if both fit into one node. */
function mergeAt<V>(node: Inner<V>, at: number, edit: Edit): void {
  const left = at > 0 ? at - 1 : at;
  const a = node.children[left];
  const b = node.children[left + 1];
  if (!a || !b || a.keys.length + b.keys.length > MAX) return;
  const joined = own(a, edit);
  joined.keys.push(...b.keys);
  if (joined.children) {
    // The first separator of a right-hand inner node may be below its real lower bound.
    joined.keys[joined.children.length] = node.keys[left + 1] as string;
    joined.children.push(...(b.children as Node<V>[]));
  } else {
    joined.values.push(...(b as Leaf<V>).values);
  }
  node.children[left] = joined;
  node.keys.splice(left + 1, 1);
  node.children.splice(left + 1, 1);
}

function deleteIn<V>(node: Node<V>, key: string, edit: Edit): boolean {
  if (!node.children) {
    const at = lowerBound(node.keys, key);
    if (node.keys[at] !== key) return false;
    node.keys.splice(at, 1);
    node.values.splice(at, 1);
    return true;
  }
  const at = childFor(node.keys, key);
  const child = own(node.children[at] as Node<V>, edit);
  node.children[at] = child;
  if (!deleteIn(child, key, edit)) return false;
  if (child.keys.length === 0) {
    node.keys.splice(at, 1);
    node.children.splice(at, 1);
  } else if (child.keys.length < MERGE_BELOW) {
    mergeAt(node, at, edit);
  }
  return true;
}

/** The tree without a key; undefined once it is empty. */
export function treeDelete<V>(tree: Tree<V> | undefined, key: string, edit: Edit): Tree<V> | undefined {
  if (!tree) return undefined;
  let root = own(tree.root, edit);
  if (!deleteIn(root, key, edit)) return tree;
  while (root.children && root.children.length === 1) root = root.children[0] as Node<V>;
  return root.keys.length === 0 ? undefined : { root, size: tree.size - 1 };
}

/** Builds a tree from entries sorted by key, without duplicates. */
export function treeFromSorted<V>(entries: [string, V][]): Tree<V> | undefined {
  if (entries.length === 0) return undefined;
  const fill = MAX - 6;
  let level: Node<V>[] = [];
  for (let i = 0; i < entries.length; i += fill) {
    const part = entries.slice(i, i + fill);
    level.push({ owner: null, keys: part.map((e) => e[0]), values: part.map((e) => e[1]), children: null });
  }
  while (level.length > 1) {
    const above: Node<V>[] = [];
    for (let i = 0; i < level.length; i += fill) {
      const children = level.slice(i, i + fill);
      above.push({ owner: null, keys: children.map((c) => c.keys[0] as string), children });
    }
    level = above;
  }
  return { root: level[0] as Node<V>, size: entries.length };
}

/**
 * Walks the keys in `[low, high)` of one version of a tree, upwards or downwards.
 * After `next()` returned true, `key` and `value` are the entry.
 */
export class Cursor<V> {
  key = '';
  value!: V;
  private readonly path: { node: Node<V>; at: number }[] = [];
  private readonly stop: string;
  private readonly descending: boolean;

  constructor(tree: Tree<V> | undefined, low: string, high: string, descending: boolean) {
    this.descending = descending;
    this.stop = descending ? low : high;
    if (!tree || low >= high) return;
    const start = descending ? high : low;
    let node = tree.root;
    while (node.children) {
      const at = childFor(node.keys, start);
      this.path.push({ node, at });
      node = node.children[at] as Node<V>;
    }
    const at = lowerBound(node.keys, start);
    this.path.push({ node, at: descending ? at - 1 : at });
  }

  next(): boolean {
    for (;;) {
      const top = this.path[this.path.length - 1];
      if (!top) return false;
      const { node, at } = top;
      if (at < 0 || at >= node.keys.length) {
        this.path.pop();
        const above = this.path[this.path.length - 1];
        if (above) above.at += this.descending ? -1 : 1;
        continue;
      }
      if (node.children) {
        const child = node.children[at] as Node<V>;
        this.path.push({ node: child, at: this.descending ? child.keys.length - 1 : 0 });
        continue;
      }
      const key = node.keys[at] as string;
      if (this.descending ? key < this.stop : key >= this.stop) {
        this.path.length = 0;
        return false;
      }
      this.key = key;
      this.value = node.values[at] as V;
      top.at += this.descending ? -1 : 1;
      return true;
    }
  }
}
