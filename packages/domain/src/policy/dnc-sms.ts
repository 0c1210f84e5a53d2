import { dayWords } from './day-words.ts';
import type { FlagFacts, FlagSource, PolicyFacts } from './facts.ts';
import { allow, type Rule, refuse } from './rule.ts';

const WHO: Record<FlagSource, (day: string) => string> = {
  keyword: (day) => `This person asked on ${day} to stop receiving texts.`,
  agent: (day) => `A member of the team marked this number "do not text" on ${day}.`,
  import: (day) => `This number came with "do not text" in an import on ${day}.`,
  api: (day) => `A connected system marked this number "do not text" on ${day}.`,
  carrier_error: (day) => `The carrier reported on ${day} that this person opted out of our texts.`,
  voicemail: (day) => `This person asked on ${day}, in a voicemail, to stop receiving texts.`,
  web_form: (day) => `This person asked on ${day}, in a web form, to stop receiving texts.`,
};

/** Nobody who said stop is texted (47 CFR 64.1200(a)(10)–(12)); one confirmation of the STOP is allowed. */
export const dncSms: Rule = {
  id: 'dnc_sms',
  version: 1,
  evaluate(facts: PolicyFacts) {
    const flag = facts.recipient.dncSms;
    if (!flag?.set) return allow('This person has not asked us to stop texting.');
    if (facts.lane === 'confirmation') return allow('This is the one text that confirms a STOP.');
    return refuse(refusalWords(flag, facts));
  },
};

function refusalWords(flag: FlagFacts, facts: PolicyFacts): string {
  const words = WHO[flag.source](dayWords(flag.at, facts.now, facts.timeZone));
  // A keyword's reason is the word itself, which the sentence already tells.
  return flag.reason && flag.source !== 'keyword' && flag.source !== 'carrier_error'
    ? `${words} Reason given: ${flag.reason}`
    : words;
}
