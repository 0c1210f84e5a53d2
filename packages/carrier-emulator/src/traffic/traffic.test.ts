import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NUMBER, type Rig, startRig } from '../testing/rig.ts';
import { TELNYX_NUMBER } from '../testing/telnyx-rig.ts';
import { trafficCommand } from './command.ts';
import { planTraffic } from './plan.ts';
import { runTraffic } from './run.ts';

const MINUTE = { texts: 200, seconds: 60, people: 40, seed: 1 };

describe('the plan', () => {
  it('fills a minute with exactly the texts asked for, from 40 people', () => {
    const plan = planTraffic(MINUTE);
    expect(plan).toHaveLength(200);
    expect(new Set(plan.map(({ from }) => from)).size).toBe(40);
    expect(plan.every(({ at }, i) => at >= (plan[i - 1]?.at ?? 0) && at <= 60_000)).toBe(true);
    // No quarter of the minute is empty or has it all.
    for (let quarter = 0; quarter < 4; quarter++) {
      const share = plan.filter(({ at }) => Math.min(3, Math.floor(at / 15_000)) === quarter).length;
      expect(share).toBeGreaterThan(10);
      expect(share).toBeLessThan(120);
    }
  });

  it('has what an inbox must bear: STOP, HELP, pictures and bursts', () => {
    const plan = planTraffic(MINUTE);
    expect(plan.filter(({ body }) => /^stop$/i.test(body)).length).toBeGreaterThanOrEqual(2);
    expect(plan.some(({ body }) => /^(HELP|INFO)$/.test(body))).toBe(true);
    expect(plan.filter(({ picture }) => picture !== null).length).toBeGreaterThanOrEqual(3);
    const gaps = [...Map.groupBy(plan, ({ from }) => from).values()].map(
      (own) => own.filter(({ at }, i) => at - (own[i - 1]?.at ?? Number.NEGATIVE_INFINITY) < 1800).length,
    );
    expect(Math.max(...gaps)).toBeGreaterThanOrEqual(2);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(planTraffic(MINUTE)).toEqual(planTraffic(MINUTE));
    expect(planTraffic({ ...MINUTE, seed: 2 })).not.toEqual(planTraffic(MINUTE));
  });
});

describe('the run', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.stop());

  it('every text reaches the app, with its pictures', async () => {
    const result = await runTraffic(rig.emulator.url, [], { texts: 120, seconds: 0, people: 40, seed: 3 });
    expect(result).toMatchObject({ sent: 120, people: 40 });
    const webhooks = await rig.app.wait(120);
    expect(webhooks.every(({ signatureValid }) => signatureValid)).toBe(true);
    const pictured = webhooks.filter(({ params }) => params.NumMedia === '1');
    expect(pictured).toHaveLength(result.pictures);
    const auth = {
      authorization: `Basic ${Buffer.from('AC0123456789abcdef0123456789abcdef:token-of-the-tests').toString('base64')}`,
    };
    const picture = await fetch(pictured[0]?.params.MediaUrl0 ?? '', { headers: auth });
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.from(await picture.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  it('goes to the number asked for, of either carrier, and says what it did', async () => {
    await rig.control('PUT', '/accounts/telnyx', {
      carrier: 'telnyx',
      apiKey: 'KEY',
      messagingProfile: { webhookUrl: `${rig.app.url}/telnyx` },
      numbers: [{ e164: TELNYX_NUMBER }],
    });
    const args = ['--url', rig.emulator.url, '--to', TELNYX_NUMBER, '--texts', '10', '--seconds', '0', '--people', '5'];
    expect(await trafficCommand(args)).toMatch(/^10 texts from \d people, \d+ with pictures, in \d/);
    await rig.app.wait(10, ({ path }) => path === '/telnyx');
    expect(rig.app.received.some(({ path }) => path === '/sms')).toBe(false);
    await trafficCommand([...args, '--to', NUMBER]);
    await rig.app.wait(20);
    expect(rig.app.received.some(({ path }) => path === '/sms')).toBe(true);
    expect(rig.app.received.filter(({ path }) => path === '/telnyx').length).toBeGreaterThan(10);
  });

  it('says what is wrong when there is no emulator, no such number, or a wrong option', async () => {
    const few = { texts: 1, seconds: 0, people: 1, seed: 1 };
    await expect(runTraffic('http://127.0.0.1:1', [NUMBER], few)).rejects.toThrow('no emulator answers');
    await expect(runTraffic(rig.emulator.url, ['+17205559999'], few)).rejects.toThrow('No account has this number');
    await expect(trafficCommand(['--texts', 'many'])).rejects.toThrow('--texts must be a whole number');
  });
});
