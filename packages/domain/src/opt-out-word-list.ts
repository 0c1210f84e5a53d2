/**
 * Words that are an opt-out, or a request for help, when they are the whole of a message.
 *
 * Sources: 47 CFR 64.1200(a)(10) (stop, quit, end, revoke, opt out, cancel, unsubscribe); Twilio's default words for long
 * codes (STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE, OPTOUT); CTIA messaging principles (HELP, INFO). The
 * Spanish and French words are what people who text in those languages send for the same; they go beyond what the law
 * lists. Not legal advice.
 *
 * Opting in again is deliberately poor in words: only START and UNSTOP, which the carriers understand too. YES counts only
 * as the answer to an opt-in question, which is known where that question is asked and not here.
 */
export interface WordEntry {
  /** Upper case, as printed in help texts. Accents do not matter when a message is compared. */
  word: string;
  meaning: 'stop' | 'start' | 'help';
  /** Language, BCP 47. */
  locale: 'en' | 'es' | 'fr';
}

const words = (meaning: WordEntry['meaning'], locale: WordEntry['locale'], list: string[]): WordEntry[] =>
  list.map((word) => ({ word, meaning, locale }));

export const OPT_OUT_WORDS: readonly WordEntry[] = [
  ...words('stop', 'en', [
    'STOP',
    'STOPALL',
    'STOP ALL',
    'UNSUBSCRIBE',
    'CANCEL',
    'END',
    'QUIT',
    'REVOKE',
    'OPTOUT',
    'OPT OUT',
    'REMOVE',
  ]),
  ...words('stop', 'es', [
    'ALTO',
    'PARAR',
    'PARE',
    'DETENER',
    'DETENGASE',
    'CANCELAR',
    'TERMINAR',
    'ELIMINAR',
    'QUITAR',
    'REVOCAR',
    'DARSE DE BAJA',
    'DAR DE BAJA',
    'BAJA',
    'NO MAS',
    'FIN',
  ]),
  ...words('stop', 'fr', [
    'ARRET',
    'ARRETER',
    'ARRETEZ',
    'ARRETE',
    'STOPPER',
    'ANNULER',
    'TERMINER',
    'RETIRER',
    'REVOQUER',
    'SUPPRIMER',
    'DESABONNER',
    'DESABONNEMENT',
    'DESINSCRIRE',
    'DESINSCRIPTION',
    'SE DESABONNER',
    'SE DESINSCRIRE',
  ]),
  ...words('start', 'en', ['START', 'UNSTOP']),
  ...words('help', 'en', ['HELP', 'INFO']),
  ...words('help', 'es', ['AYUDA', 'INFORMACION']),
  ...words('help', 'fr', ['AIDE', 'INFORMATION', 'INFOS']),
];

/**
 * Courtesies that may stand before or after an opt-out word without changing it: "Stop. Thank you" is STOP. They are
 * tolerated for opting out only. When in doubt we stop; we never start in doubt.
 */
export const COURTESIES: readonly string[] = [
  'PLEASE',
  'PLS',
  'PLZ',
  'THANKS',
  'THANK YOU',
  'THANK U',
  'THX',
  'TY',
  'POR FAVOR',
  'GRACIAS',
  'MERCI',
  'SVP',
  'S IL VOUS PLAIT',
  'S IL TE PLAIT',
];
