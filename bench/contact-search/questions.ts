import { createRandom, type Person } from './people.ts';

/** One keystroke: what is asked after it. */
export interface Question {
  kind: string;
  query: string;
}

type Maker = (person: Person, random: () => number) => Record<string, string>;

const beginning = (word: string, random: () => number, least = 1) =>
  word.slice(0, least + Math.floor(random() * (word.length - least + 1)));
const words = ({ name }: Person) => name.toLowerCase().split(' ') as [string, string];

/** What is typed, about people who are there unless it says otherwise. */
const KINDS: Readonly<Record<string, Maker>> = {
  'one letter': (person) => ({ q: words(person)[0].slice(0, 1) }),
  'a name, letter by letter': (person, random) => ({
    q: beginning(words(person)[random() < 0.5 ? 0 : 1], random),
  }),
  'two words, letter by letter': (person, random) => {
    const [first, last] = words(person);
    return { q: `${first} ${beginning(last, random)}` };
  },
  'two letters that many begin with': (person) => {
    const [first, last] = words(person);
    return { q: `${first.slice(0, 1)} ${last.slice(0, 1)}` };
  },
  'two beginnings that many have': (person, random) => {
    const [first, last] = words(person);
    return { q: `${beginning(last, random, 2).slice(0, 3)} ${first.slice(0, 2)}` };
  },
  'two frequent words that nobody has both of': () => ({ q: 'heating plumbing' }),
  'a number, digit by digit': ({ phone }, random) => ({ q: beginning(phone.slice(2), random, 3) }),
  'an e-mail address, letter by letter': ({ email, name }, random) => ({
    q: email === null ? name.toLowerCase() : beginning(email, random, email.indexOf('@') + 1),
  }),
  'nobody’s name': ({ name }) => ({ q: `xq${name.toLowerCase()}` }),
  'a name among a tag': (person, random) => ({ q: beginning(words(person)[0], random), tag: 'furnace' }),
  'a name among one in a thousand': (person, random) => ({
    q: beginning(words(person)[0], random),
    type: 'customer',
  }),
  'no words, one in a thousand': () => ({ type: 'customer' }),
  'no words, all': () => ({}),
};

/** @param each how many of each kind */
export function questionsAbout(people: readonly Person[], each: number, seed: number): Question[] {
  const random = createRandom(seed);
  const questions: Array<Question & { place: number }> = [];
  for (const [kind, make] of Object.entries(KINDS)) {
    for (let n = 0; n < each; n++) {
      const person = people[Math.floor(random() * people.length)] as Person;
      questions.push({ kind, query: String(new URLSearchParams(make(person, random))), place: random() });
    }
  }
  // Mixed, as those of many people at once are: no kind has the caches to itself.
  return questions.toSorted((a, b) => a.place - b.place);
}
