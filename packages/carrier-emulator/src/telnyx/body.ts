import { TelnyxError } from './errors.ts';

/** Reads a JSON body's members. @throws TelnyxError 10004 for what is missing, 10015 for what has the wrong type. */
export class Body {
  readonly raw: Record<string, unknown>;

  constructor(raw: unknown) {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      throw new TelnyxError(10015, 'The request body must be a JSON object');
    }
    this.raw = raw as Record<string, unknown>;
  }

  text(name: string): string | undefined {
    const value = this.raw[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw new TelnyxError(10015, `'${name}' must be a string`, `/${name}`);
    return value;
  }

  needed(name: string): string {
    const value = this.text(name);
    if (!value) throw new TelnyxError(10004, `The '${name}' parameter is required and cannot be blank.`, `/${name}`);
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.raw[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'boolean') throw new TelnyxError(10015, `'${name}' must be a boolean`, `/${name}`);
    return value;
  }

  list(name: string): string[] | undefined {
    const value = this.raw[name];
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
      throw new TelnyxError(10015, `'${name}' must be a list of strings`, `/${name}`);
    }
    return value as string[];
  }

  one<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!values.includes(value as T)) {
      throw new TelnyxError(10015, `'${name}' must be one of ${values.join(', ')}`, `/${name}`);
    }
    return value as T;
  }

  /** An http or https address; "" and null are none. */
  url(name: string): string | null | undefined {
    const value = this.raw[name];
    if (value === undefined) return undefined;
    if (value === null || value === '') return null;
    const parsed = typeof value === 'string' ? URL.parse(value) : null;
    if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
      throw new TelnyxError(10015, `'${name}' must be a valid http or https URL`, `/${name}`);
    }
    return value as string;
  }
}
