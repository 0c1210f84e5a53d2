/** What people write to a firm that comes to their house. Each conversation is one person's lines, in order. */
export interface Line {
  body: string;
  /** A picture goes with it. */
  picture?: boolean;
  /** Follows the line before within a second or two, as people type in pieces. */
  burst?: boolean;
}

const line = (body: string): Line => ({ body });
const quick = (body: string): Line => ({ body, burst: true });

export const ORDINARY: Line[][] = [
  [line('Hi, is somebody coming today?'), line('Ok. Roughly what time?'), line('Perfect, thank you!')],
  [line('Can we move Thursday to Friday morning?'), line('9 would be great'), line('👍')],
  [line('How much for a 3 bedroom house, deep clean?'), line('Does that include the windows'), line('Ok let’s do it')],
  [line('The gate code is 4471'), line('The dog is in the back, she’s friendly')],
  [line('Still no one here'), line('It’s been 40 minutes'), line('Ok I see the van now. Thanks')],
  [line('Do you work in Lakewood too?'), line('Great. My mother needs help twice a month')],
  [
    line('Got the invoice, but it says 3 hours. They were here for 2.'),
    line('Yes please correct it'),
    line('Thank you'),
  ],
  [line('¿Hablan español?'), line('Gracias. Necesito una cita para el sábado')],
  [line('Yes'), line('Yes that works for us')],
  [line('Can your crew take the old mattress away?'), line('Just one, queen size'), line('Great, see you then')],
  [line('Please call me when you get this'), line('After 5 is best')],
  [line('Wrong number?'), line('Ah sorry, I thought this was the dentist')],
  [line('Is parking on the street ok?'), line('Permit zone until 6 pm'), line('Ok good')],
  [line('My card was declined, can I pay in cash'), line('I’ll leave it under the mat')],
];

export const BURSTS: Line[][] = [
  [
    line('Hello?'),
    quick('Is anyone there'),
    quick('There is water coming through the ceiling'),
    quick('Please hurry'),
    quick('Apartment 4B'),
  ],
  [line('Sorry'), quick('meant Tuesday'), quick('not Thursday'), quick('the 24th'), line('Thanks')],
  [line('Ok so'), quick('kitchen'), quick('two bathrooms'), quick('and the stairs'), line('How long will that take?')],
];

export const WITH_PICTURES: Line[][] = [
  [line('This is the stain I meant'), { body: '', picture: true, burst: true }, line('Can you get it out?')],
  [{ body: 'Is this the right filter?', picture: true }, line('Ok ordering that one')],
  [
    line('Look what the movers did'),
    { body: '', picture: true },
    { body: '', picture: true, burst: true },
    line('Who pays for this?'),
  ],
];

export const HELP: Line[][] = [
  [line('HELP'), line('Ok who is this?')],
  [line('What is this number'), line('INFO')],
];

export const STOP: Line[][] = [
  [line('Who gave you my number'), line('STOP')],
  [line('Please take me off your list'), line('Stop')],
  [line('STOP'), line('START')],
];
