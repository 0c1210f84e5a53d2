/**
 * A day as it is said in a sentence, "3 March", with the year when it is not this one.
 *
 * @param at the moment meant, @param now the moment of speaking (Unix milliseconds), @param timeZone IANA
 */
export function dayWords(at: number, now: number, timeZone: string): string {
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone });
  const year = (moment: number) => day.formatToParts(moment).find((part) => part.type === 'year')?.value;
  const words = day.format(at);
  return year(at) === year(now) ? words.replace(/ \d+$/, '') : words;
}
