import type { MessageStatus } from '@patchline/contracts/message-status';

export type DeliveryTone = 'plain' | 'good' | 'bad' | 'waiting';

export interface Delivery {
  icon: 'clock' | 'check' | 'checks' | 'warning' | 'question' | 'ban';
  tone: DeliveryTone;
  words: string;
}

/** A text's state in words a customer could read. The carrier's code stays in the receipt. */
export function delivery(status: MessageStatus, reason: string | null): Delivery | null {
  const because = reason ? `: ${uncapital(reason)}` : '';
  switch (status) {
    case 'received':
      return null;
    case 'accepted':
    case 'queued':
      return { icon: 'clock', tone: 'plain', words: 'Queued' };
    case 'held':
      return { icon: 'clock', tone: 'waiting', words: `Held back${because}` };
    case 'sending':
      return { icon: 'clock', tone: 'plain', words: 'Sending' };
    case 'sent':
      return { icon: 'check', tone: 'plain', words: 'Sent' };
    case 'delivered':
      return { icon: 'checks', tone: 'good', words: 'Delivered' };
    case 'undelivered':
    case 'failed':
      return { icon: 'warning', tone: 'bad', words: `Not delivered${because}` };
    case 'unknown':
      return { icon: 'question', tone: 'waiting', words: 'Outcome unknown: may have been sent' };
    case 'canceled':
      return { icon: 'ban', tone: 'plain', words: 'Canceled' };
    case 'refused':
      return { icon: 'ban', tone: 'bad', words: `Not sent${because}` };
  }
}

/** A sentence as the second half of another: without its capital (unless it is a name or "I") and its full stop. */
function uncapital(sentence: string): string {
  const text = sentence.trim().replace(/\.$/, '');
  const starts = /^(The|This|That|Our|Your|A|An|It|They|Texts?|No|Not|Number)\b/.test(text);
  return starts ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
