/** Reads a command line's number. @throws with the option's name when it is none, or more than `most`. */
export function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) throw new Error(`${name} must be a whole number from 0 to ${most}`);
  return value;
}
