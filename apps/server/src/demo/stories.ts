/** Who says a line: the customer, or one of the team by first name. */
type Speaker = 'customer' | 'Mei' | 'Sam' | 'Priya';

/** A time of day in Denver some days before the demo was made (at least one), or some minutes before it. */
type When = { daysAgo: number; time: `${number}:${number}` } | { minutesAgo: number };

export interface StoryLine {
  when: When;
  who: Speaker;
  text: string;
}

export interface Story {
  address: string;
  name: string | null;
  /** Which of the tenant's numbers it runs on. */
  number: 'Main line' | 'Billing';
  /** Whether somebody of the team has read the customer's last words. */
  read: boolean;
  lines: StoryLine[];
}

const day = (daysAgo: number, time: `${number}:${number}`): When => ({ daysAgo, time });
const ago = (minutesAgo: number): When => ({ minutesAgo });

/**
 * Some days at a heating company. Ordered by the last line, oldest first, so that they are written in the order in which
 * they happened. Yesterday's lines end by three in the afternoon: later in Denver could still lie ahead elsewhere.
 */
export const STORIES: readonly Story[] = [
  {
    address: '+13035550171',
    name: 'Wendell Park',
    number: 'Main line',
    read: true,
    lines: [
      { when: day(5, '10:12'), who: 'customer', text: 'Hi, do you still service the old Lennox furnaces?' },
      { when: day(5, '10:20'), who: 'Priya', text: 'We do. What is the model number on the door sticker?' },
      { when: day(5, '10:31'), who: 'customer', text: 'G61MPV-60C' },
      {
        when: day(5, '10:38'),
        who: 'Priya',
        text: 'Parts are in stock. Thursday between 8 and 11 am is open, shall I book it?',
      },
      { when: day(4, '13:02'), who: 'customer', text: 'Great, thank you both!' },
    ],
  },
  {
    address: '+13035550188',
    name: 'Luis Ortega',
    number: 'Main line',
    read: true,
    lines: [
      {
        when: day(4, '09:00'),
        who: 'Sam',
        text: 'Hi Luis, Sam at Quillmere. Time for your spring tune-up, would next week suit you?',
      },
      { when: day(4, '14:05'), who: 'customer', text: 'STOP' },
    ],
  },
  {
    address: '+17205550139',
    name: 'Noor Haddad',
    number: 'Main line',
    read: false,
    lines: [
      { when: day(3, '11:40'), who: 'customer', text: 'The new thermostat went blank an hour after you left' },
      {
        when: day(3, '11:46'),
        who: 'Mei',
        text: 'Sorry about that, Noor. Could you lift it off the wall plate and press it back on until it clicks?',
      },
      { when: day(3, '11:55'), who: 'customer', text: 'That worked, thanks' },
      { when: day(2, '08:14'), who: 'customer', text: 'The thermostat is blank again since last night' },
    ],
  },
  {
    address: '+13035550126',
    name: 'Grace Lindqvist',
    number: 'Billing',
    read: true,
    lines: [
      { when: day(2, '09:30'), who: 'customer', text: 'Invoice 20417 lists two filters, we got one' },
      {
        when: day(2, '09:52'),
        who: 'Mei',
        text: 'You are right, and I have corrected it. The new total is $214.50; the copy is on its way by e-mail.',
      },
      { when: day(2, '10:01'), who: 'customer', text: 'Thanks, that clears it up.' },
    ],
  },
  {
    address: '+19705550154',
    name: 'Andre Fontaine',
    number: 'Main line',
    read: true,
    lines: [
      { when: day(1, '08:30'), who: 'Sam', text: 'Hi Andre, the crew is on its way and should be with you at 8:50.' },
      { when: day(1, '08:33'), who: 'customer', text: 'Sounds good, see you then' },
    ],
  },
  {
    address: '+13035550163',
    name: 'Helen Abara',
    number: 'Main line',
    read: false,
    lines: [
      {
        when: day(1, '14:20'),
        who: 'customer',
        text: 'Can I move my visit to next week? My daughter has her recital on Friday 🎻',
      },
    ],
  },
  {
    address: '+13035550195',
    name: 'Tomasz Zielinski',
    number: 'Main line',
    read: true,
    lines: [
      { when: day(1, '12:10'), who: 'customer', text: 'Any word on the blower motor?' },
      { when: ago(190), who: 'Priya', text: 'The part is on the truck, see you at noon.' },
    ],
  },
  {
    address: '+19705550118',
    name: null,
    number: 'Main line',
    read: false,
    lines: [
      {
        when: ago(95),
        who: 'customer',
        text: 'hello, is this the number for a quote? 1,900 sq ft, gas furnace from 1998, Fort Collins',
      },
    ],
  },
  {
    address: '+17205550147',
    name: 'Yolanda Price',
    number: 'Main line',
    read: false,
    lines: [
      { when: ago(48), who: 'customer', text: 'Is the $89 tune-up still on?' },
      { when: ago(46), who: 'customer', text: 'My neighbor got one last week and says it was worth it' },
    ],
  },
  {
    address: '+13035550142',
    name: 'Dana Whitfield',
    number: 'Main line',
    read: false,
    lines: [
      { when: day(6, '13:20'), who: 'customer', text: 'STOP' },
      { when: day(6, '14:03'), who: 'customer', text: 'START' },
      { when: day(6, '14:04'), who: 'customer', text: 'Sorry, wrong chat! Please keep texting me about the install.' },
      {
        when: day(1, '09:05'),
        who: 'Priya',
        text: 'Good morning Dana, it’s Priya at Quillmere. Your crew can come Thursday between 8 and 11 am. Does that work?',
      },
      { when: ago(21), who: 'customer', text: 'Mornings are hard. Could they start at 7:30 so I can leave by 10?' },
    ],
  },
];

const DENVER_OFFSET_HOURS = 7;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** When a line was said, for a demo made at `madeAt`. */
export function timeOf(when: When, madeAt: Date): Date {
  if ('minutesAgo' in when) return new Date(madeAt.getTime() - when.minutesAgo * MINUTE_MS);
  const [hours = 0, minutes = 0] = when.time.split(':').map(Number);
  const midnight = Math.floor(madeAt.getTime() / DAY_MS) * DAY_MS - when.daysAgo * DAY_MS;
  return new Date(midnight + ((hours + DENVER_OFFSET_HOURS) * 60 + minutes) * MINUTE_MS);
}
