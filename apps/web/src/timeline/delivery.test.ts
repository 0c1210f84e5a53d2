import { MESSAGE_STATUSES } from '@patchline/contracts/message-status';
import { describe, expect, it } from 'vitest';
import { delivery } from './delivery.ts';

describe('delivery in words', () => {
  it('every outgoing state has words and a shape, so that colour alone says nothing', () => {
    for (const status of MESSAGE_STATUSES.filter((each) => each !== 'received')) {
      expect(delivery(status, null)?.words).toMatch(/^[A-Z][a-z]/);
      expect(delivery(status, null)?.icon).toBeTruthy();
    }
  });

  it('says why a text was not delivered, as one sentence', () => {
    expect(delivery('undelivered', 'The phone could not be reached. It may be switched off.')?.words).toBe(
      'Not delivered: the phone could not be reached. It may be switched off',
    );
  });

  it('never says that an unknown outcome failed', () => {
    expect(delivery('unknown', 'timeout')?.words).toBe('Outcome unknown: may have been sent');
  });
});
