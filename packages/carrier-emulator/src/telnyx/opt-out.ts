import type { Context } from '../context.ts';
import { placeOf } from '../phone-numbers.ts';
import type { MessagingProfile } from './resources.ts';

export type Autoresponse = 'START' | 'STOP' | 'HELP';

interface Words {
  type: Autoresponse;
  words: readonly string[];
  reply: string;
}

/** Telnyx's own words: without REVOKE and OPTOUT, which Twilio has. They cannot be turned off. */
const DEFAULTS: readonly Words[] = [
  {
    type: 'STOP',
    words: ['STOP', 'STOPALL', 'STOP ALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT'],
    reply: 'You have been unsubscribed and will receive no further messages. Reply START to resubscribe.',
  },
  {
    type: 'START',
    words: ['START', 'UNSTOP'],
    reply: 'You are subscribed again. Reply STOP to unsubscribe, HELP for help.',
  },
  { type: 'HELP', words: ['HELP', 'INFO'], reply: 'Reply STOP to unsubscribe. Msg&Data rates may apply.' },
];

const OPS = { STOP: 'stop', START: 'start', HELP: 'info' } as const;

/**
 * Applies an incoming text to the block rules of the profile, which hold for all its numbers.
 * @returns which kind of word it was, and Telnyx's answer to it: a second STOP and a START of somebody subscribed get
 * none. A profile's own configuration adds words and replaces the answer.
 */
export function applyOptOutWord(
  context: Context,
  profile: MessagingProfile,
  number: string,
  person: string,
  body: string,
): { type: Autoresponse; answer: string | null } | null {
  const { handsets, events, clock } = context;
  const word = body.trim().replace(/\s+/g, ' ').toUpperCase();
  const { country } = placeOf(person);
  const configs = context.autoresponses
    .allOf(profile.accountSid)
    .filter((one) => one.profileId === profile.sid && (one.country_code === '*' || one.country_code === country));
  for (const { type, words, reply } of DEFAULTS) {
    const own = configs.filter((one) => one.op === OPS[type]);
    if (!words.includes(word) && !own.some((one) => one.keywords.some((each) => each.toUpperCase() === word))) continue;
    const answer = own[0]?.resp_text || reply;
    if (type === 'HELP') return { type, answer };
    const { accountSid, sid: scope } = profile;
    const blocked = handsets.optedOut(accountSid, scope, person);
    if (blocked === (type === 'STOP')) return { type, answer: null };
    if (blocked) handsets.optIn(accountSid, scope, person);
    else handsets.optOut({ accountSid, scope, address: person, at: clock.now(), number, keyword: word });
    events.emit('changed', 'handsets');
    return { type, answer };
  }
  return null;
}
