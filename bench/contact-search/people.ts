/** Contacts as a company of the trade has them: few first names are very frequent, most last names are rare. */
export interface Person {
  name: string;
  company: string | null;
  type: 'lead' | 'customer';
  tags: string[];
  phone: string;
  email: string | null;
}

const ONSETS = ['b', 'ch', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'r', 's', 'sh', 't', 'v', 'w', 'br', 'st'];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ia', 'ou', 'ei'];
const ENDS = ['n', 'r', 's', 'l', 'm', 'ck', 'rd', 'th'];
const TRADES = ['Heating', 'Plumbing', 'Roofing', 'Electric', 'Builders', 'Cooling', 'Gardens', 'Windows', 'Homes'];
const FIRST_NAMES = 1_000;
const LAST_NAMES = 40_000;

/** Numbers from a seed: the same contacts and questions in every run. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function createPeople(seed: number): (place: number) => Person {
  const random = createRandom(seed);
  const first = Array.from({ length: FIRST_NAMES }, () => word(random, 1));
  const last = Array.from({ length: LAST_NAMES }, () => word(random, 2));
  // Squared: the first hundredth of the names is a tenth of the people.
  const frequent = (names: readonly string[]) => names[Math.floor(random() ** 2 * names.length)] ?? '';
  return (place) => {
    const name = `${frequent(first)} ${frequent(last)}`;
    const company = random() < 0.3 ? `${frequent(last)} ${TRADES[Math.floor(random() * TRADES.length)]}` : null;
    return {
      name,
      company,
      // One in a thousand: rare enough that looking through the leads for them would show.
      type: random() < 0.001 ? 'customer' : 'lead',
      tags: [...(random() < 0.1 ? ['furnace'] : []), ...(random() < 0.01 ? ['vip'] : [])],
      phone: `+1${2_000_000_000 + place * 7_919}`,
      email: random() < 0.6 ? `${name.toLowerCase().replace(' ', '.')}${place}@mail.example` : null,
    };
  };
}

function word(random: () => number, least: number): string {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? '';
  const syllables = least + Math.floor(random() * 2);
  const text = Array.from({ length: syllables }, () => pick(ONSETS) + pick(VOWELS)).join('') + pick(ENDS);
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
