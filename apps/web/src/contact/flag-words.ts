import type { DncFlag } from '../api/types.ts';
import { moment } from '../format/time.ts';

/** How a flag came to be and when, as one sentence. */
export function flagWords(flag: DncFlag, now: number): string {
  const when = moment(Date.parse(flag.at), now);
  const by = flag.by && !/^[0-9a-f-]{36}$|:/i.test(flag.by) ? ` by ${flag.by}` : '';
  switch (flag.source) {
    case 'keyword':
      return flag.set
        ? `They texted ${flag.reason ?? 'STOP'}, ${when}.`
        : `They texted ${flag.reason ?? 'START'}, ${when}.`;
    case 'carrier_error':
      return `The carrier reported that they opted out, ${when}.`;
    case 'voicemail':
      return `They asked for it in a voicemail, ${when}.`;
    case 'web_form':
      return `They asked for it in a web form, ${when}.`;
    case 'import':
      return `It came with an import, ${when}.`;
    case 'api':
      return `A connected system set it, ${when}.`;
    default:
      return `Changed${by}, ${when}.${flag.reason ? ` ${flag.reason}` : ''}`;
  }
}
