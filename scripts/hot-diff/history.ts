import type { HotMessage, HotThread } from '@patchline/contracts/hot-rows';
import { MESSAGE_STATUSES } from '@patchline/contracts/message-status';

/** Who calls: two people of one tenant, one of another, the server, or nobody. */
export const CALLERS = ['ana', 'bo', 'cy', 'server', 'nobody'] as const;
export type Caller = (typeof CALLERS)[number];

/** One call. A token of `LAST_TOKEN` stands for the last one that side gave out for the thread. */
export interface Call {
  caller: Caller;
  kind: 'query' | 'mutation';
  path: string;
  args: Record<string, unknown>;
}

export const LAST_TOKEN = -1;

/** A small generator of random numbers (xorshift), so that a seed is a history. */
export function random(seed: number): (below: number) => number {
  let state = (seed | 0) ^ 0x9e3779b9 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const THREADS = 4;

/** Random calls of every public function: what people and the server do, what they must not, and nonsense. */
export function* history(seed: number, steps: number, tenant: string): Iterable<Call> {
  const next = random(seed);
  const pick = <T>(...of: T[]): T => of[next(of.length)] as T;
  const started = Date.now();
  const thread = () => `${tenant}-t${next(THREADS)}`;
  const person = () => pick<Caller>('ana', 'ana', 'bo', 'bo', 'cy');
  const token = () => pick(LAST_TOKEN, LAST_TOKEN, LAST_TOKEN, 1);
  const tabId = () => pick('tab1', 'tab2');
  const holder = () => ({ userId: pick('ana', 'bo'), name: 'Somebody', tabId: tabId() });
  let order = 0;
  const threadRow = (): HotThread => ({
    tenantId: tenant,
    threadId: thread(),
    conversationId: 'c',
    version: next(20),
    fence: next(3),
    lastSeq: next(9),
    contact: { id: 'k', name: pick('Kim', 'Zoë 🦊', null), address: '+13035550142' },
    number: '+13035550100',
    channel: 'sms',
    lastMessage: null,
    unread: next(4),
    status: pick('open', 'closed'),
    smsOff: pick(true, false),
    teamId: null,
    // Never twice the same, so that the order is given.
    updatedAt: started + ++order * 1000 + next(900),
  });
  const messageRow = (): HotMessage => {
    const threadId = thread();
    const seq = 1 + next(12);
    return {
      tenantId: tenant,
      threadId,
      messageId: `${threadId}-m${seq}`,
      seq,
      version: next(20),
      direction: pick('inbound', 'outbound'),
      body: pick('hello', 'ça va?', ''),
      status: pick(...MESSAGE_STATUSES),
      at: started + next(1000),
      author: pick({ id: 'ana', name: 'Ana' }, null),
      error: null,
      decision: null,
    };
  };
  const entry = () =>
    next(2) === 0
      ? { kind: 'thread', version: next(20), row: threadRow() }
      : { kind: 'message', version: next(20), row: messageRow() };
  const server = (path: string, args: Record<string, unknown>): Call => ({
    caller: 'server',
    kind: 'mutation',
    path,
    args,
  });
  const by = (path: string, args: Record<string, unknown>): Call => ({
    caller: person(),
    kind: 'mutation',
    path,
    args,
  });
  const ask = (path: string, args: Record<string, unknown>): Call => ({ caller: person(), kind: 'query', path, args });
  const choices: (() => Call)[] = [
    () => server('feed:apply', { entries: Array.from({ length: 1 + next(5) }, entry) }),
    () => server('feed:apply', { entries: Array.from({ length: 1 + next(5) }, entry) }),
    () => server('feed:hydrate', { thread: threadRow(), messages: [messageRow(), messageRow()] }),
    () => ({ ...ask('feed:missing', { threadIds: [thread(), thread()] }), caller: 'server' }),
    () => by('locks:take', { threadId: thread(), tabId: tabId() }),
    () => by('locks:take', { threadId: thread(), tabId: tabId() }),
    () => by('locks:renew', { threadId: thread(), tabId: tabId(), token: token() }),
    () => by('locks:release', { threadId: thread(), tabId: tabId(), token: token() }),
    () =>
      server('locks:claimSend', { tenantId: tenant, threadId: thread(), userId: pick('ana', 'bo'), token: token() }),
    () => server('locks:transfer', { tenantId: tenant, threadId: thread(), holder: holder(), token: 1 + next(3) }),
    () => server('locks:dropSession', { tenantId: tenant, userId: pick('ana', 'bo') }),
    () => by('typing:clear', { threadId: thread() }),
    () => by('typing:set', { threadId: thread() }),
    () => ask('inbox:recent', { limit: pick(1, 2, 30, 0, -1, 1.5) }),
    () => ask('smsMessages:forThread', { threadId: thread() }),
    () => ask('locks:forThread', { threadId: thread() }),
    () => ask('locks:held', {}),
    () => ({ ...ask('locks:current', { tenantId: tenant, threadId: thread() }), caller: 'server' }),
    // What nobody may do, and what is no call at all.
    () => ({ ...by('feed:apply', { entries: [] }) }),
    () => ({ ...ask('inbox:recent', {}), caller: 'nobody' }),
    () => ask('inbox:recent', { limit: 'many' }),
    () => ask('locks:expire', {}),
    () => ask('nothing:here', {}),
  ];
  for (let i = 0; i < steps; i++) yield pick(...choices)();
}
