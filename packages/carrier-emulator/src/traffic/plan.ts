import { chance } from '../random.ts';
import { BURSTS, HELP, type Line, ORDINARY, STOP, WITH_PICTURES } from './conversations.ts';

/** One text to come in. */
export interface PlannedText {
  /** Milliseconds after the start. */
  at: number;
  from: string;
  body: string;
  /** Number of the picture that goes with it, or null. */
  picture: number | null;
}

export interface TrafficOptions {
  texts: number;
  seconds: number;
  people: number;
  seed: number;
}

const AREAS = ['303', '720', '512', '312', '206', '617', '404', '602'];
const BURST_MS = 1500;
/** Of 40 people: 3 stop, 2 ask for help, 5 send pictures, 6 write in bursts. */
const KINDS: [share: number, conversations: Line[][]][] = [
  [3 / 40, STOP],
  [2 / 40, HELP],
  [5 / 40, WITH_PICTURES],
  [6 / 40, BURSTS],
];

/** Who writes what and when: the same for the same options. Exactly `texts` texts, in order of time. */
export function planTraffic({ texts, seconds, people, seed }: TrafficOptions): PlannedText[] {
  const lines = shareOut(texts, people, seed);
  const planned: PlannedText[] = [];
  const end = seconds * 1000;
  let picture = 0;
  for (const [person, own] of lines.entries()) {
    const begin = chance(seed, 'begin', person) * end * 0.3;
    // A person's thoughts are spread over their time; what belongs to a burst follows at once.
    const thoughts = own.filter((one) => !one.burst).length;
    let thought = -1;
    let at = begin;
    for (const [i, one] of own.entries()) {
      const roll = chance(seed, `line ${person}`, i);
      if (one.burst && i > 0) at = Math.min(end, at + 200 + roll * Math.min(BURST_MS, end / 40));
      else {
        thought++;
        at = Math.max(at, begin + ((thought + roll * 0.8) / Math.max(1, thoughts)) * (end - begin));
      }
      planned.push({
        at: Math.round(at),
        from: numberOf(person),
        body: one.body,
        picture: one.picture ? picture++ : null,
      });
    }
  }
  return planned.sort((a, b) => a.at - b.at);
}

/** Each person's lines: a conversation of their kind, then ordinary ones in turn, until the texts are used up. */
function shareOut(texts: number, people: number, seed: number): Line[][] {
  const lines: Line[][] = Array.from({ length: people }, () => []);
  let left = texts;
  for (let round = 0; left > 0; round++) {
    for (let person = 0; person < people && left > 0; person++) {
      const choice = round === 0 ? conversationsOf(person, people) : ORDINARY;
      const which =
        (person + round * 5 + Math.floor(chance(seed, 'conversation', person) * choice.length)) % choice.length;
      const said = (choice[which] ?? []).slice(0, left);
      lines[person]?.push(...said);
      left -= said.length;
    }
  }
  return lines;
}

function conversationsOf(person: number, people: number): Line[][] {
  let below = 0;
  for (const [share, conversations] of KINDS) {
    below += Math.max(1, Math.round(share * people));
    if (person < below) return conversations;
  }
  return ORDINARY;
}

/** People nobody is: 555-0100 to 555-0199 are kept free for stories in every area code. */
function numberOf(person: number): string {
  const area = AREAS[person % AREAS.length];
  return `+1${area}55501${String(Math.floor(person / AREAS.length) % 100).padStart(2, '0')}`;
}
