import { expect, test } from 'vitest';
import { deviceName } from './user-agent.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test('a person tells their own devices apart in the list of sessions, and a browser that pretends to be another is not believed', () => {
  expect(deviceName('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox on Linux');
  expect(deviceName(`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0`)).toBe(
    'Edge on Windows',
  );
  expect(deviceName(`Mozilla/5.0 (Linux; Android 15; Pixel 9) ${WEBKIT} Chrome/140.0 Mobile Safari/537.36`)).toBe(
    'Chrome on Android',
  );
  expect(
    deviceName('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1'),
  ).toBe('Safari on iPhone');
  expect(deviceName('curl/8.9.1')).toBe('curl/8.9.1');
  expect(deviceName(null)).toBe('An unknown program');
});
