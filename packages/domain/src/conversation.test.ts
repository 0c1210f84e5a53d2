import { expect, test } from 'vitest';
import { afterMessage, RESUME_WITHIN_MS, resumes } from './conversation.ts';

test('a message within 30 days resumes the conversation, one later begins another', () => {
  const last = Date.UTC(2026, 0, 1);
  expect(RESUME_WITHIN_MS).toBe(30 * 86_400_000);
  expect(resumes(last, last + RESUME_WITHIN_MS)).toBe(true);
  expect(resumes(last, last + RESUME_WITHIN_MS + 1)).toBe(false);
  expect(resumes(last, last - 1)).toBe(true);
  expect(resumes(null, last)).toBe(true);
});

test('unread counts what nobody read or answered, and either direction opens the conversation', () => {
  const closed = { status: 'closed' as const, unread: 0 };
  const texted = afterMessage(afterMessage(closed, 'inbound'), 'inbound');
  expect(texted).toEqual({ status: 'open', unread: 2 });
  expect(afterMessage(texted, 'outbound')).toEqual({ status: 'open', unread: 0 });
});
