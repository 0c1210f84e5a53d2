import { expect, test } from 'vitest';
import { askedOf, readAuditSearch } from './audit-search.ts';

test('the last day that is asked for is looked through to its end, in the viewer’s own calendar', () => {
  const { from, to } = askedOf({ from: '2026-03-08', to: '2026-03-08' });
  expect(from).toBe(new Date(2026, 2, 8).toISOString());
  expect(to).toBe(new Date(2026, 2, 9).toISOString());
  expect(askedOf({ to: '2026-12-31' }).to).toBe(new Date(2027, 0, 1).toISOString());
});

test('an address that somebody cut or changed asks for nothing that the server would refuse', () => {
  expect(readAuditSearch({ q: '', kind: 7, from: 'yesterday', to: '2026-1-1', actor: 'system' })).toEqual({
    actor: 'system',
  });
});
