import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopback, loadSettings, SettingsError, type SettingsFiles } from './settings.ts';
import { foreignEnvironment, settingsToEnvironment } from './settings-environment.ts';
import { SETTING_NAMES, SETTINGS } from './settings-table.ts';

const filesWith = (files: Record<string, string>): SettingsFiles => ({
  exists: (file) => file in files,
  read: (file) => files[file] ?? '',
});

function problemsOf(load: () => unknown): Record<string, string> {
  try {
    load();
  } catch (error) {
    if (error instanceof SettingsError) {
      return Object.fromEntries(error.problems.map(({ setting, problem }) => [setting, problem]));
    }
    throw error;
  }
  return {};
}

describe('settings', () => {
  it('start with no setting at all, on this machine only', () => {
    const settings = loadSettings({});
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 3000, hotPort: 3200, emulatorPort: 3100 });
    expect(settings.publicUrl).toBe('http://127.0.0.1:3000');
    expect(settings.demoAllowed).toBe(true);
  });

  it('names every malformed setting at once, with an example', () => {
    const problems = problemsOf(() => loadSettings({ PORT: '70000', EMULATOR: 'yes', PUBLIC_URL: 'desk' }));
    expect(Object.keys(problems).sort()).toEqual(['EMULATOR', 'PORT', 'PUBLIC_URL']);
    expect(problems.PORT).toContain('Example: PORT=8080');
    expect(problems.EMULATOR).toContain('on, off');
  });

  it('takes the example that each error message suggests', () => {
    for (const name of SETTING_NAMES) {
      expect(
        problemsOf(() => loadSettings({ [name]: SETTINGS[name].example })),
        name,
      ).toEqual({});
    }
  });

  it('stops on a misspelt name with our prefix, and says what was meant', () => {
    expect(problemsOf(() => loadSettings({ PATCHLINE_PORT: '1' }))).toEqual({
      PATCHLINE_PORT: 'there is no such setting; did you mean PORT?',
    });
  });

  it('stops on a one-letter slip of a setting, but not on other programs’ variables', () => {
    expect(problemsOf(() => loadSettings({ HOT_PROT: '3300' }))).toHaveProperty('HOT_PROT');
    expect(problemsOf(() => loadSettings({ LOGLEVEL: 'x', HOSTNAME: 'box', PORTS: '1', data_dirs: 'x' }))).toEqual({});
  });

  it('lets names through that tests, benches and the hot tier use', () => {
    expect(
      problemsOf(() =>
        loadSettings({ PATCHLINE_TEST_POSTGRES: 'x', PATCHLINE_BENCH_SECONDS: '1', PATCHLINE_JWKS: '{}' }),
      ),
    ).toEqual({});
  });

  it('never prints a secret in an error', () => {
    const problems = problemsOf(() =>
      loadSettings({ SECRETS_KEY: 'hunter2', DATABASE_URL: 'mysql://me:hunter2@db/x' }),
    );
    expect(Object.keys(problems)).toHaveLength(2);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('reads the settings file, which the environment overrides, and refuses what it does not know there', () => {
    const files = filesWith({ 'patchline.env': '# comment\nPORT=4000\nHOT_PORT="4200" \nLOG_LEVEL=debug # loud\n' });
    expect(loadSettings({ PORT: '5000' }, [], files)).toMatchObject({ port: 5000, hotPort: 4200, logLevel: 'debug' });
    const wrong = filesWith({ 'x.env': 'POTR=1\nnonsense\n' });
    expect(problemsOf(() => loadSettings({}, ['--env-file', 'x.env'], wrong))).toEqual({
      'POTR (x.env line 1)': 'there is no such setting; did you mean PORT?',
      'x.env line 2': 'is not NAME=VALUE',
    });
  });

  it('refuses a settings file that is not there and an option that does not exist', () => {
    expect(problemsOf(() => loadSettings({}, ['--env-file', 'gone.env'], filesWith({})))).toHaveProperty('--env-file');
    expect(problemsOf(() => loadSettings({}, ['--port', '1'], filesWith({})))).toHaveProperty('--port');
  });

  it('makes no demo data in production or where another machine can reach us', () => {
    expect(loadSettings({ NODE_ENV: 'production' })).toMatchObject({
      demoAllowed: false,
      emulator: false,
      twilioApiUrl: null,
    });
    expect(loadSettings({ HOST: '0.0.0.0' })).toMatchObject({
      demoAllowed: false,
      emulatorUrl: 'http://127.0.0.1:3100',
    });
  });

  it('sends texts to the emulator while it runs, unless told otherwise', () => {
    expect(loadSettings({}).twilioApiUrl).toBe('http://127.0.0.1:3100');
    expect(loadSettings({}).telnyxApiUrl).toBe('http://127.0.0.1:3100');
    expect(loadSettings({ EMULATOR: 'off' }).telnyxApiUrl).toBeNull();
    expect(loadSettings({ EMULATOR: 'off' }).twilioApiUrl).toBeNull();
    expect(loadSettings({ TWILIO_API_URL: 'http://other:1/' }).twilioApiUrl).toBe('http://other:1');
  });

  it('never throws anything but a SettingsError, whatever the environment holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...SETTING_NAMES), fc.string()), (env) => {
        try {
          loadSettings(env);
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
        }
      }),
    );
  });

  it('arrive in a child process as they were', () => {
    const examples = SETTING_NAMES.map((name) => [name, SETTINGS[name].example] as const);
    fc.assert(
      fc.property(fc.subarray(examples), (given) => {
        const settings = loadSettings(Object.fromEntries(given));
        expect(loadSettings(settingsToEnvironment(settings))).toEqual(settings);
      }),
    );
  });

  it('reach a child only as the supervisor resolved them', () => {
    const inherited = foreignEnvironment({ PORT: '1', PATCHLINE_PARENT_FD: '3', HOME: '/home/x', GONE: undefined });
    expect(inherited).toEqual({ HOME: '/home/x' });
  });

  it('knows which addresses only this machine reaches', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.example.com', 'desk.example.com'].some(isLoopback)).toBe(false);
  });
});
