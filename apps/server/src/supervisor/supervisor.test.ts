import { describe, expect, it } from 'vitest';
import { EndedEarly, type Exit, type Part, type RunningPart } from './part.ts';
import { Supervisor } from './supervisor.ts';

/** A part that is ready at once and ends when told to; every start and stop is written down. */
class FakePart implements Part {
  readonly name: string;
  readonly needs: readonly string[];
  readonly story: string[];
  starts = 0;
  #exit = Promise.withResolvers<Exit>();

  constructor(name: string, story: string[], needs: readonly string[] = []) {
    this.name = name;
    this.story = story;
    this.needs = needs;
  }

  async start(): Promise<RunningPart> {
    this.starts++;
    this.story.push(`${this.name} starts`);
    this.#exit = Promise.withResolvers<Exit>();
    const exit = this.#exit;
    return {
      pid: this.starts,
      exited: exit.promise,
      stop: async () => {
        this.story.push(`${this.name} stops`);
        exit.resolve({ code: 0, signal: null });
      },
    };
  }

  kill(): void {
    this.#exit.resolve({ code: null, signal: 'SIGKILL' });
  }
}

const stopOrder = [
  { names: ['server'], patience: 1 },
  { names: ['hot'], patience: 1 },
  { names: ['postgres'], patience: 1 },
];

function house() {
  const story: string[] = [];
  const postgres = new FakePart('postgres', story);
  const hot = new FakePart('hot', story);
  const server = new FakePart('server', story, ['postgres', 'hot']);
  const supervisor = new Supervisor({
    parts: [server, hot, postgres],
    stopOrder,
    log: (part, text) => story.push(`${part} ${text.replace(/ \(.*\)/, '')}`),
  });
  return { story, postgres, hot, server, supervisor };
}

describe('supervisor', () => {
  it('starts a part after those it needs, and ends them the other way round', async () => {
    const { story, supervisor } = house();
    await supervisor.start();
    await supervisor.stop();
    expect(story.indexOf('server starts')).toBe(2);
    expect(story.slice(3)).toEqual(['server stops', 'hot stops', 'postgres stops']);
  });

  it('starts a killed part again and leaves the others alone', async () => {
    const { supervisor, hot, server } = house();
    await supervisor.start();
    hot.kill();
    await expect.poll(() => hot.starts).toBe(2);
    expect(server.starts).toBe(1);
    await supervisor.stop();
  });

  it('brings PostgreSQL back before the server when both are gone', async () => {
    const { story, supervisor, postgres, server } = house();
    await supervisor.start();
    story.length = 0;
    server.kill();
    postgres.kill();
    await expect.poll(() => server.starts).toBe(2);
    expect(story.indexOf('postgres starts')).toBeLessThan(story.indexOf('server starts'));
    await supervisor.stop();
  });

  it('gives up with the reason when a part cannot start in the first place', async () => {
    const { story } = house();
    const broken: Part = {
      name: 'server',
      needs: [],
      start: () => Promise.reject(new EndedEarly('server', { code: 1, signal: null }, ['no such table'])),
    };
    const supervisor = new Supervisor({ parts: [broken], stopOrder, log: (_, text) => story.push(text) });
    await expect(supervisor.start()).rejects.toThrow(/ended before it was ready \(exit code 1\)/);
    await supervisor.stop();
  });

  it('tries again when somebody kills a part while it starts', async () => {
    let starts = 0;
    const story: string[] = [];
    const steady = new FakePart('server', story);
    const part: Part = {
      name: 'server',
      needs: [],
      start: () => {
        starts++;
        return starts === 1
          ? Promise.reject(new EndedEarly('server', { code: null, signal: 'SIGKILL' }, []))
          : steady.start();
      },
    };
    const supervisor = new Supervisor({ parts: [part], stopOrder, log: () => undefined });
    await supervisor.start();
    expect(starts).toBe(2);
    await supervisor.stop();
  });

  it('starts nothing again once it was told to stop, also in the middle of a pause', async () => {
    const { supervisor, server } = house();
    await supervisor.start();
    server.kill();
    await supervisor.stop();
    const { starts } = server;
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.starts).toBe(starts);
  });
});
