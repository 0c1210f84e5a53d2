/** Parameters of a request as Twilio reads them: names are case-sensitive, of repeated ones a scalar takes the last. */
export class Form {
  readonly raw: Record<string, string | string[]>;

  constructor(raw: unknown) {
    this.raw = typeof raw === 'object' && raw !== null ? (raw as Record<string, string | string[]>) : {};
  }

  text(name: string): string | undefined {
    const value = this.raw[name];
    return Array.isArray(value) ? value.at(-1) : value;
  }

  list(name: string): string[] {
    const value = this.raw[name];
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
  }
}
