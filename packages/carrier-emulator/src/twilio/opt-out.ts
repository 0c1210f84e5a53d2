import type { Context } from '../context.ts';

/** Twilio's default opt-out handling: the whole text must be one of these words, in any case. */
const STOP_WORDS = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']);
const START_WORDS = new Set(['START', 'UNSTOP', 'YES']);
const HELP_WORDS = new Set(['HELP', 'INFO']);

const REPLIES = {
  stop: 'You have been unsubscribed and will get no more messages from this number. Reply START to resubscribe.',
  start:
    'You are subscribed again to messages from this number. Reply HELP for help, STOP to unsubscribe. Msg&Data rates may apply.',
  help: 'Reply STOP to unsubscribe. Msg&Data rates may apply.',
};

/** Who is blocked by a STOP: everyone sending from this number, or from the Messaging Service that it belongs to. */
export function optOutScope(context: Context, number: string): string {
  return context.accounts.serviceOfNumber(number)?.sid ?? number;
}

/**
 * Applies an incoming text to the opt-out list.
 * @returns the carrier's own answer to the person, or null. A second STOP and a START by somebody subscribed (a plain
 * "Yes") get none.
 */
export function applyOptOutWord(
  context: Context,
  accountSid: string,
  number: string,
  person: string,
  body: string,
): string | null {
  const word = body.trim().toUpperCase();
  const scope = optOutScope(context, number);
  const blocked = context.handsets.optedOut(accountSid, scope, person);
  if (STOP_WORDS.has(word)) {
    if (blocked) return null;
    context.handsets.optOut(accountSid, scope, person, context.clock.now());
    context.events.emit('changed', 'handsets');
    return REPLIES.stop;
  }
  if (START_WORDS.has(word)) {
    if (!blocked) return null;
    context.handsets.optIn(accountSid, scope, person);
    context.events.emit('changed', 'handsets');
    return REPLIES.start;
  }
  return HELP_WORDS.has(word) ? REPLIES.help : null;
}
