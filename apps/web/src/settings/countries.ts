/** Where companies that text with us are: ISO 3166 codes. */
const CODES = (
  'AR AT AU BE BG BR CA CH CL CO CR CY CZ DE DK DO EC EE EG ES FI FR GB GR GT HK HR HU ID IE IL IN IS IT JP KE KR LT LU LV ' +
  'MA MT MX MY NG NL NO NZ PA PE PH PK PL PR PT RO RS SA SE SG SI SK TH TR TW UA US UY VN ZA'
).split(' ');

/** Countries by name, in English as the rest of the desk; one that is set already is always among them. */
export function countries(chosen: string): Array<{ value: string; label: string }> {
  const names = new Intl.DisplayNames('en', { type: 'region' });
  return [...new Set([...CODES, chosen])]
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((one, other) => one.label.localeCompare(other.label));
}
