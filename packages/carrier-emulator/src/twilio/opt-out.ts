import type { Context } from '../context.ts';
import { isTollFree } from '../phone-numbers.ts';
import type { MessagingService } from '../store/accounts.ts';

type OptOutType = 'STOP' | 'START' | 'HELP';

interface Words {
  type: OptOutType;
  words: ReadonlySet<string>;
  reply: string;
}

/** Twilio's default opt-out handling: the whole text must be one of these words, in any case. */
const DEFAULTS: readonly Words[] = [
  {
    type: 'STOP',
    words: new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']),
    reply: 'You have been unsubscribed and will get no more messages from this number. Reply START to resubscribe.',
  },
  {
    type: 'START',
    words: new Set(['START', 'UNSTOP', 'YES']),
    reply:
      'You are subscribed again to messages from this number. Reply HELP for help, STOP to unsubscribe. Msg&Data rates may apply.',
  },
  { type: 'HELP', words: new Set(['HELP', 'INFO']), reply: 'Reply STOP to unsubscribe. Msg&Data rates may apply.' },
];

/** Toll-free numbers: the network knows these words only, for the pair alone, whatever a service says. */
const TOLL_FREE: readonly Words[] = [
  {
    type: 'STOP',
    words: new Set(['STOP']),
    reply: 'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number.',
  },
  {
    type: 'START',
    words: new Set(['START', 'UNSTOP']),
    reply: 'NETWORK MSG: You have replied "unstop" and will begin receiving messages again from this number.',
  },
];

/** Who is blocked by a STOP: everyone sending from this number, or from the Messaging Service that it belongs to. */
export function optOutScope(context: Context, number: string): string {
  if (isTollFree(number)) return number;
  return context.accounts.serviceOfNumber(number)?.sid ?? number;
}

export interface OptOutVerdict {
  /** The carrier's own answer to the person, or null. */
  answer: string | null;
  /** What the webhook says about the text, only under Advanced Opt-Out. */
  optOutType: OptOutType | null;
}

/**
 * Applies an incoming text to the opt-out list. A second STOP and a START by somebody subscribed (a plain "Yes") get no
 * answer.
 */
export function applyOptOutWord(
  context: Context,
  accountSid: string,
  number: string,
  person: string,
  body: string,
): OptOutVerdict {
  const service = context.accounts.serviceOfNumber(number);
  const word = body.trim().toUpperCase();
  const found = wordsFor(number, service).find(({ words }) => words.has(word));
  if (!found) return { answer: null, optOutType: null };
  const optOutType = service?.advancedOptOut ? found.type : null;
  const scope = optOutScope(context, number);
  const { handsets, events, clock } = context;
  const blocked = handsets.optedOut(accountSid, scope, person);
  if (found.type !== 'HELP') {
    if (blocked === (found.type === 'STOP')) return { answer: null, optOutType };
    if (blocked) handsets.optIn(accountSid, scope, person);
    else handsets.optOut({ accountSid, scope, address: person, at: clock.now(), number, keyword: word });
    events.emit('changed', 'handsets');
  }
  return { answer: found.reply || null, optOutType };
}

function wordsFor(number: string, service: MessagingService | undefined): readonly Words[] {
  if (isTollFree(number)) return TOLL_FREE;
  const advanced = service?.advancedOptOut;
  if (!advanced) return DEFAULTS;
  return DEFAULTS.map((group) => {
    const own = advanced[group.type.toLowerCase() as 'stop' | 'start' | 'help'];
    if (!own) return group;
    return { type: group.type, words: new Set(own.keywords.map((word) => word.toUpperCase())), reply: own.reply };
  });
}
