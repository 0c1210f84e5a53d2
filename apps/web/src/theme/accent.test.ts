import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accentVariables, contrast, isColour, parse } from './accent.ts';

const SURFACE = { light: '#ffffff', dark: '#151919' };

test('whatever colour a company picks, words in it and on it can be read, light and dark', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffff }), fc.constantFrom('light', 'dark'), (value, scheme) => {
      const variables = accentVariables(`#${value.toString(16).padStart(6, '0')}`, scheme);
      const of = (name: string) => parse(variables[name] ?? '');
      expect(contrast(of('--accent-text'), parse(SURFACE[scheme]))).toBeGreaterThan(4.5);
      expect(contrast(of('--accent-text'), of('--accent-tint'))).toBeGreaterThan(4.5);
      expect(contrast(of('--on-accent'), of('--accent'))).toBeGreaterThan(4.5);
      expect(contrast(of('--on-accent'), of('--accent-hover'))).toBeGreaterThan(4.5);
    }),
    { numRuns: 2_000 },
  );
});

test('what is no colour never reaches the page’s styles', () => {
  expect(['#0b6b75', '#0B6B75'].every(isColour)).toBe(true);
  expect([null, 'red', '#fff', '#0b6b75;', 'url(x)'].some(isColour)).toBe(false);
});
