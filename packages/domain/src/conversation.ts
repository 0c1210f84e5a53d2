const DAY_MS = 24 * 60 * 60 * 1000;

/** A conversation is an episode with a contact. After this much silence the next message begins another one. */
export const RESUME_WITHIN_MS = 30 * DAY_MS;

/**
 * Whether the next message resumes a conversation or begins a new one.
 *
 * @param lastMessageAt when its last message was accepted (Unix milliseconds), null when it has none yet
 * @param now Unix milliseconds. A clock that stepped back resumes: splitting a conversation is the greater harm.
 */
export function resumes(lastMessageAt: number | null, now: number): boolean {
  return lastMessageAt === null || now - lastMessageAt <= RESUME_WITHIN_MS;
}

/** What the inbox counts and shows of a conversation. */
export interface InboxState {
  status: 'open' | 'closed';
  /** Inbound messages nobody of the team has read or answered. */
  unread: number;
}

/** The next inbox state. Both directions open a closed conversation; an answer of the team reads what came before it. */
export function afterMessage(state: InboxState, direction: 'inbound' | 'outbound'): InboxState {
  return { status: 'open', unread: direction === 'inbound' ? state.unread + 1 : 0 };
}
