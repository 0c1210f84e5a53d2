/** A company's colour, made readable: the design's accent roles computed from one colour for light and for dark pages. */

type Rgb = readonly [number, number, number];
type Scheme = 'light' | 'dark';

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** The page behind text in each scheme: the tokens' --surface. */
const SURFACE: Record<Scheme, Rgb> = { light: WHITE, dark: [21, 25, 25] };
/** WCAG 2.2 AA for text is 4.5; a little more for tinted rows behind it. */
const READABLE = 5.2;
const STEP = 0.04;

export function isColour(value: string | null): value is string {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value);
}

/** Values of the accent's CSS variables. `colour` is #rrggbb. */
export function accentVariables(colour: string, scheme: Scheme): Record<string, string> {
  const surface = SURFACE[scheme];
  const away = scheme === 'light' ? BLACK : WHITE;
  const accent = readable(parse(colour), surface, away);
  const onAccent = contrast(accent, WHITE) >= contrast(accent, [5, 33, 31]) ? WHITE : ([5, 20, 20] as const);
  return {
    '--accent': css(accent),
    '--accent-hover': css(mix(accent, away, 0.2)),
    '--accent-text': css(mix(accent, away, 0.08)),
    '--accent-tint': css(mix(surface, accent, scheme === 'light' ? 0.12 : 0.18)),
    '--accent-line': css(mix(surface, accent, 0.38)),
    '--on-accent': css(onAccent),
    '--focus': css(accent),
    '--b-out': css(mix(surface, accent, scheme === 'light' ? 0.13 : 0.2)),
  };
}

/** Moves a colour towards black or white until text in it can be read on the surface. */
function readable(colour: Rgb, surface: Rgb, away: Rgb): Rgb {
  for (let share = 0; share < 1; share += STEP) {
    const tried = mix(colour, away, share);
    if (contrast(tried, surface) >= READABLE) return tried;
  }
  return away;
}

/** The contrast ratio of WCAG 2.2, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const part = (at: 0 | 1 | 2) => Math.round(one[at] + (other[at] - one[at]) * share);
  return [part(0), part(1), part(2)];
}

export function parse(colour: string): Rgb {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

const css = (colour: Rgb) => `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
