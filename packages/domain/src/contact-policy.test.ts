import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bodyFacts,
  combine,
  decide,
  type FlagSource,
  POLICY_VERSION,
  type PolicyFacts,
  replay,
} from './contact-policy.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const MARCH_3 = Date.UTC(2026, 2, 3, 20);

const FACTS: PolicyFacts = {
  now: NOW,
  timeZone: 'America/Denver',
  lane: 'conversation',
  recipient: { address: '+13035550142', isOurs: false, unreachable: null, dncSms: null },
  sender: { address: '+13035550100', status: 'active' },
  body: bodyFacts('Your order is ready.'),
};

const recipient = (change: Partial<PolicyFacts['recipient']>): PolicyFacts => ({
  ...FACTS,
  recipient: { ...FACTS.recipient, ...change },
});
const stopped = (source: FlagSource, at = MARCH_3, reason: string | null = null) =>
  recipient({ dncSms: { set: true, source, at, reason } });

/** The rules that did not allow, with their words. */
const objections = (facts: PolicyFacts) =>
  decide(facts).reasons.flatMap(({ rule, outcome, detail }) => (outcome === 'allow' ? [] : [[rule, detail]]));

test('a plain answer is allowed, with the word of every rule', () => {
  const decision = decide(FACTS);
  expect(decision).toMatchObject({ outcome: 'allow', policyVersion: POLICY_VERSION, holdUntil: null });
  expect(decision.reasons.map(({ rule }) => rule)).toEqual([
    'dnc_sms',
    'sender_active',
    'recipient_reachable',
    'body_valid',
  ]);
});

describe('each rule alone', () => {
  test.each<[string, PolicyFacts, [string, string][]]>([
    [
      'a person who said stop',
      stopped('keyword', MARCH_3, 'STOP'),
      [['dnc_sms', 'This person asked on 3 March to stop receiving texts.']],
    ],
    [
      'last year',
      stopped('keyword', Date.UTC(2025, 2, 3, 20)),
      [['dnc_sms', 'This person asked on 3 March 2025 to stop receiving texts.']],
    ],
    [
      'the day is the tenant’s',
      stopped('keyword', Date.UTC(2026, 2, 4, 3)),
      [['dnc_sms', 'This person asked on 3 March to stop receiving texts.']],
    ],
    [
      'an agent’s reason is told',
      stopped('agent', MARCH_3, 'Asked on the phone.'),
      [
        [
          'dnc_sms',
          'A member of the team marked this number "do not text" on 3 March. Reason given: Asked on the phone.',
        ],
      ],
    ],
    [
      'a carrier’s opt-out',
      stopped('carrier_error', MARCH_3, '21610'),
      [['dnc_sms', 'The carrier reported on 3 March that this person opted out of our texts.']],
    ],
    [
      'no number of ours',
      { ...FACTS, sender: { address: null, status: 'unknown' } },
      [['sender_active', 'There is no number to send from. An admin can add one.']],
    ],
    [
      'a number that was given back',
      { ...FACTS, sender: { address: '+13035550100', status: 'released' } },
      [['sender_active', 'The number this would be sent from is no longer ours.']],
    ],
    [
      'not a number',
      recipient({ address: '3035550142' }),
      [['recipient_reachable', 'This is not a phone number that can be texted.']],
    ],
    ['ourselves', recipient({ isOurs: true }), [['recipient_reachable', 'This is one of our own numbers.']]],
    [
      'a landline',
      recipient({ unreachable: { at: MARCH_3, code: '30006', words: 'This is a landline.' } }),
      [['recipient_reachable', 'The carrier gave this number up on 3 March: This is a landline.']],
    ],
    ['nothing to say', { ...FACTS, body: bodyFacts('') }, [['body_valid', 'The text is empty.']]],
    ['only spaces', { ...FACTS, body: bodyFacts(' \n\u00a0') }, [['body_valid', 'The text is empty.']]],
    [
      '1,601 characters',
      { ...FACTS, body: bodyFacts('x'.repeat(1601)) },
      [['body_valid', 'The text is 1 characters too long; 1,600 is the most a text can hold.']],
    ],
  ])('%s', (_name, facts, expected) => {
    expect(decide(facts).outcome).toBe('refuse');
    expect(objections(facts)).toEqual(expected);
  });

  test('1,600 characters are allowed', () => {
    expect(decide({ ...FACTS, body: bodyFacts('x'.repeat(1600)) }).outcome).toBe('allow');
  });
});

test('the confirmation of a STOP passes the flag that the STOP has just set, and no other rule', () => {
  const facts: PolicyFacts = { ...stopped('keyword', NOW), lane: 'confirmation' };
  expect(decide(facts).outcome).toBe('allow');
  expect(decide({ ...facts, sender: { address: '+13035550100', status: 'released' } }).outcome).toBe('refuse');
});

test('a flag that was cleared refuses nothing', () => {
  expect(decide(recipient({ dncSms: { set: false, source: 'keyword', at: MARCH_3, reason: 'START' } })).outcome).toBe(
    'allow',
  );
});

const anyFacts: fc.Arbitrary<PolicyFacts> = fc.record({
  now: fc.integer({ min: MARCH_3, max: NOW }),
  timeZone: fc.constantFrom('America/Denver', 'Europe/Paris', 'UTC'),
  lane: fc.constantFrom('conversation', 'confirmation'),
  recipient: fc.record({
    address: fc.constantFrom('+13035550142', '303', ''),
    isOurs: fc.boolean(),
    unreachable: fc.option(
      fc.record({ at: fc.constant(MARCH_3), code: fc.constant('30006'), words: fc.constant('Landline.') }),
    ),
    dncSms: fc.option(
      fc.record({
        set: fc.boolean(),
        source: fc.constantFrom<FlagSource>(
          'keyword',
          'agent',
          'import',
          'api',
          'carrier_error',
          'voicemail',
          'web_form',
        ),
        at: fc.constant(MARCH_3),
        reason: fc.option(fc.string()),
      }),
    ),
  }),
  sender: fc.record({
    address: fc.option(fc.constant('+13035550100')),
    status: fc.constantFrom('active', 'suspended', 'released', 'unknown'),
  }),
  body: fc.record({ length: fc.integer({ min: 0, max: 2000 }), blank: fc.boolean() }),
});

test('a stored decision, replayed from its stored facts, is the same decision', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const decision = decide(facts);
      const stored = JSON.parse(JSON.stringify(facts)) as PolicyFacts;
      expect(replay(stored, decision.policyVersion)).toEqual(decision);
    }),
  );
});

test('nobody with the flag set is texted but to confirm the STOP, whoever set it and whatever else holds', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { outcome, reasons } = decide(facts);
      const must = facts.recipient.dncSms?.set === true && facts.lane !== 'confirmation';
      // The rule's own word: other rules refuse most of these facts too, and would hide it if this one did not.
      expect(reasons.find(({ rule }) => rule === 'dnc_sms')?.outcome).toBe(must ? 'refuse' : 'allow');
      if (must) expect(outcome).toBe('refuse');
    }),
  );
});

test('a version that never was cannot explain anything', () => {
  expect(() => replay(FACTS, '0')).toThrow(RangeError);
  expect(() => replay(FACTS, 'toString')).toThrow(RangeError);
});

test('refuse wins over hold wins over allow, and a hold ends with its latest rule', () => {
  const outcome = fc.constantFrom('allow' as const, 'hold' as const, 'refuse' as const);
  const judged = fc.record({
    rule: fc.record({ id: fc.string(), version: fc.nat() }),
    verdict: fc.record({ outcome, detail: fc.string(), until: fc.integer({ min: 1, max: NOW }) }),
  });
  fc.assert(
    fc.property(fc.array(judged, { maxLength: 6 }), (list) => {
      const outcomes = list.map(({ verdict }) => verdict.outcome);
      const expected = (['refuse', 'hold'] as const).find((one) => outcomes.includes(one)) ?? 'allow';
      const holds = list.filter(({ verdict }) => verdict.outcome === 'hold').map(({ verdict }) => verdict.until);
      const decision = combine('x', list);
      expect(decision.outcome).toBe(expected);
      expect(decision.holdUntil).toBe(expected === 'hold' ? Math.max(...holds) : null);
      expect(decision.reasons).toHaveLength(list.length);
    }),
  );
});
