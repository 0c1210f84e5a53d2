import { laterStatus } from '@patchline/contracts/message-status';
import type { TimelineMessage } from './message.ts';

/**
 * One conversation's texts, gathered from pages of the archive and from the live query, which overlap, arrive in any
 * order and can both be stale. `seq` is the thread's own count without gaps, so it says what belongs together (same seq,
 * same text) and what is missing (a number nobody has sent us yet).
 */
export interface Gathered {
  /** Ascending by seq, each seq once. */
  messages: readonly TimelineMessage[];
  /** The highest seq that anybody has told us exists. */
  lastSeq: number;
}

export const NOTHING: Gathered = { messages: [], lastSeq: 0 };

/** A run of missing texts, both ends included. */
export interface Gap {
  from: number;
  to: number;
}

/** The newer telling of one text. Its status only moves up the lattice, whichever source spoke last. */
function join(known: TimelineMessage, told: TimelineMessage): TimelineMessage {
  const status = laterStatus(known.status, told.status);
  const toldIsNewer = told.version > known.version || (status === told.status && status !== known.status);
  const [newer, older] = toldIsNewer ? [told, known] : [known, told];
  const joined: TimelineMessage = {
    ...newer,
    status,
    version: Math.max(known.version, told.version),
    author: newer.author ?? older.author,
    error: newer.error ?? older.error,
    decision: newer.decision ?? older.decision,
  };
  return same(known, joined) ? known : joined;
}

function same(a: TimelineMessage, b: TimelineMessage): boolean {
  return (
    a.status === b.status &&
    a.version === b.version &&
    a.body === b.body &&
    a.at === b.at &&
    a.author?.name === b.author?.name &&
    a.error?.message === b.error?.message &&
    (a.decision === null) === (b.decision === null)
  );
}

/** Takes in texts from either source. Returns the same object when they say nothing new. */
export function gather(state: Gathered, told: readonly TimelineMessage[], lastSeq = 0): Gathered {
  const bySeq = new Map(state.messages.map((message) => [message.seq, message]));
  let changed = false;
  let highest = Math.max(state.lastSeq, lastSeq);
  for (const message of told) {
    highest = Math.max(highest, message.seq);
    const known = bySeq.get(message.seq);
    const next = known ? join(known, message) : message;
    if (next === known) continue;
    bySeq.set(message.seq, next);
    changed = true;
  }
  if (!changed && highest === state.lastSeq) return state;
  if (!changed) return { ...state, lastSeq: highest };
  return { messages: [...bySeq.values()].sort((a, b) => a.seq - b.seq), lastSeq: highest };
}

/** What is missing between the oldest text at hand and the newest known to exist. Older ones are a page, not a gap. */
export function gaps(state: Gathered): Gap[] {
  const found: Gap[] = [];
  let expected = state.messages[0]?.seq;
  if (expected === undefined) return state.lastSeq > 0 ? [{ from: 1, to: state.lastSeq }] : [];
  for (const { seq } of state.messages) {
    if (seq > expected) found.push({ from: expected, to: seq - 1 });
    expected = seq + 1;
  }
  if (expected <= state.lastSeq) found.push({ from: expected, to: state.lastSeq });
  return found;
}

/** Whether older texts exist that have not been loaded. */
export function hasOlder(state: Gathered): boolean {
  const oldest = state.messages[0];
  return oldest !== undefined && oldest.seq > 1;
}
