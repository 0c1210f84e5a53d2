/** Area codes that carriers sell numbers of when none is asked for. */
const AREAS = ['303', '720', '512', '312', '206'];
const TOLL_FREE = ['800', '888', '877', '866'];

export interface NumberSearch {
  areaCode?: string;
  /** Digits that the number has, with * for any. */
  contains?: string;
  tollFree: boolean;
  taken: (e164: string) => boolean;
  limit: number;
}

/** Made-up numbers that are free, in a fixed order: 555-01XX, which no real person has. */
export function availableNumbers({ areaCode, contains, tollFree, taken, limit }: NumberSearch): string[] {
  const pattern = contains && new RegExp(contains.replace(/[^\d*]/g, '').replaceAll('*', '\\d'));
  const areas = areaCode ? [areaCode] : tollFree ? TOLL_FREE : AREAS;
  const found: string[] = [];
  for (const area of areas) {
    if (!/^[2-9]\d{2}$/.test(area)) continue;
    for (let i = 100; i < 200 && found.length < limit; i++) {
      const e164 = `+1${area}5550${i}`;
      if (!taken(e164) && (!pattern || pattern.test(e164))) found.push(e164);
    }
  }
  return found;
}
