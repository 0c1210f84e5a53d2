import { setTimeout as pause } from 'node:timers/promises';
import { drawPicture } from './picture.ts';
import { type PlannedText, planTraffic, type TrafficOptions } from './plan.ts';

export interface TrafficResult {
  /** Texts handed to the carrier. */
  sent: number;
  people: number;
  pictures: number;
  tookMs: number;
}

/** More than this at once would be a flood, not people. */
const MOST_AT_ONCE = 20;

/**
 * Makes pretend people text a number of an emulator: a plan of plausible conversations, carried out in real time.
 * @param url the emulator's address.
 * @param to the carrier numbers they text, each person always the same; the emulator's first when empty.
 * @throws when the emulator does not answer, has no number, or refuses a text.
 */
export async function runTraffic(url: string, to: string[], options: TrafficOptions): Promise<TrafficResult> {
  const base = `${url.replace(/\/+$/, '')}/emulator/api`;
  const numbers = to.length > 0 ? to : [await firstNumber(base)];
  const plan = planTraffic(options);
  const people = [...new Set(plan.map(({ from }) => from))];
  const numberOf = new Map(people.map((from, i) => [from, numbers[i % numbers.length] as string]));
  const began = Date.now();
  const last = new Map<string, Promise<void>>();
  let next = 0;
  const work = async () => {
    for (let text = plan[next++]; text; text = plan[next++]) {
      await pause(Math.max(0, began + text.at - Date.now()));
      // One person's texts keep their order, however slow the emulator is.
      const before = last.get(text.from);
      const mine = (before ?? Promise.resolve()).then(() =>
        sendText(base, numberOf.get(text.from) as string, text, options.seed),
      );
      last.set(text.from, mine);
      await mine;
    }
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, work));
  return {
    sent: plan.length,
    people: people.length,
    pictures: plan.filter(({ picture }) => picture !== null).length,
    tookMs: Date.now() - began,
  };
}

async function firstNumber(base: string): Promise<string> {
  const { accounts } = (await ask(`${base}/accounts`)) as { accounts: { numbers: { e164: string }[] }[] };
  const [first] = accounts.flatMap(({ numbers }) => numbers);
  if (!first) throw new Error('the emulator has no number yet: make an account, or name a number with --to');
  return first.e164;
}

async function sendText(base: string, to: string, text: PlannedText, seed: number): Promise<void> {
  const media =
    text.picture === null
      ? []
      : [{ contentType: 'image/png', data: drawPicture(seed, text.picture).toString('base64') }];
  await ask(`${base}/handsets/${encodeURIComponent(text.from)}/messages`, { to, body: text.body, media });
}

async function ask(address: string, body?: unknown): Promise<unknown> {
  const response = await fetch(address, {
    method: body === undefined ? 'GET' : 'POST',
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((error: Error) => {
    throw new Error(`no emulator answers at ${new URL(address).origin}`, { cause: error });
  });
  const answer = (await response.json()) as { error?: { message: string } };
  if (!response.ok) throw new Error(answer.error?.message ?? `the emulator answered ${response.status}`);
  return answer;
}
