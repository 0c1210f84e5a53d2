/**
 * Whether a text has the shape of an E.164 number: a plus, then 7 to 15 digits that do not begin with 0 (ITU-T E.164).
 * It says nothing about whether the number exists; `parsePhone` does. Light enough for the desk and the hot tier.
 */
export function isE164(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text);
}
