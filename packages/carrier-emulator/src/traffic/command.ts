import { parseArgs } from 'node:util';
import { wholeNumber } from '../arguments.ts';
import { runTraffic } from './run.ts';

export const TRAFFIC_USAGE = `carrier-emulator traffic: pretend people text one of the numbers

  --url URL           the emulator (http://127.0.0.1:3100)
  --to NUMBER         a number they text; may be given again (the emulator's first)
  --texts N           how many texts (200)
  --seconds N         over how long (60)
  --people N          from how many people (40)
  --seed N            another seed, other conversations (1)
`;

/** `carrier-emulator traffic …`: returns what to print at the end. @throws as runTraffic, and for wrong arguments. */
export async function trafficCommand(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3100' },
      to: { type: 'string', multiple: true, default: [] },
      texts: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '60' },
      people: { type: 'string', default: '40' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return TRAFFIC_USAGE;
  if (!URL.canParse(values.url)) throw new Error('--url must be an address such as http://127.0.0.1:3100');
  const result = await runTraffic(values.url, values.to, {
    texts: wholeNumber('--texts', values.texts, 100_000),
    seconds: wholeNumber('--seconds', values.seconds, 86_400),
    people: Math.max(1, wholeNumber('--people', values.people, 800)),
    seed: wholeNumber('--seed', values.seed, 0xffffffff),
  });
  const { sent, people, pictures, tookMs } = result;
  return `${sent} texts from ${people} people, ${pictures} with pictures, in ${(tookMs / 1000).toFixed(1)} s\n`;
}
