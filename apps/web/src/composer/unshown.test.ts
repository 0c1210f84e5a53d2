import { describe, expect, it } from 'vitest';
import type { TimelineMessage } from '../timeline/message.ts';
import type { PendingSend } from './send-queue.ts';
import { unshown } from './unshown.ts';

function send(key: string, more: Partial<PendingSend> = {}): PendingSend {
  return {
    key,
    conversationId: 'c1',
    input: { to: '+13035550142', body: 'Yes' },
    media: [],
    afterSeq: 5,
    composedAt: 0,
    state: 'sending',
    attempts: 1,
    uncertain: false,
    messageId: null,
    decision: null,
    problem: null,
    code: null,
    ...more,
  };
}

function text(seq: number, more: Partial<TimelineMessage> = {}): TimelineMessage {
  return {
    id: `m${seq}`,
    seq,
    version: 1,
    direction: 'outbound',
    body: 'Yes',
    status: 'queued',
    at: 0,
    author: { id: 'me', name: 'Me' },
    error: null,
    decision: null,
    media: [],
    ...more,
  };
}

const keys = (sends: readonly PendingSend[]) => sends.map((each) => each.key);

describe('a text on its way shows once', () => {
  it('not twice when the live query is faster than the answer', () => {
    expect(keys(unshown([send('a')], [text(6)], 'me').shown)).toEqual([]);
  });

  it('two equal texts stay two', () => {
    expect(keys(unshown([send('a'), send('b')], [text(6)], 'me').shown)).toEqual(['b']);
  });

  it('an older text with the same words, or a colleague’s, is not taken for it', () => {
    expect(keys(unshown([send('a')], [text(5)], 'me').shown)).toEqual(['a']);
    expect(keys(unshown([send('a')], [text(6, { author: { id: 'sam', name: 'Sam' } })], 'me').shown)).toEqual(['a']);
  });

  it('an accepted text keeps its bubble until the timeline has it, and is then settled', () => {
    const accepted = send('a', { state: 'accepted', messageId: 'm6' });
    expect(keys(unshown([accepted], [], 'me').shown)).toEqual(['a']);
    expect(keys(unshown([accepted], [text(6)], 'me').settled)).toEqual(['a']);
  });

  it('the bubble of one text does not hide behind another that the server has named', () => {
    const named = send('a', { state: 'accepted', messageId: 'm6' });
    expect(keys(unshown([named, send('b')], [text(6)], 'me').shown)).toEqual(['b']);
  });
});
