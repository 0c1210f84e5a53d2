import { TwilioError } from './errors.ts';
import type { Form } from './form.ts';

/** Reads the parameters that set something: left out keeps, given replaces. */
export class SettingsForm {
  readonly #form: Form;

  constructor(form: Form) {
    this.#form = form;
  }

  text(parameter: string, longest = 64): string | undefined {
    return this.#form.text(parameter)?.slice(0, longest);
  }

  /** An http or https address, or nothing. @throws TwilioError 21502 */
  url(parameter: string): string | undefined {
    const url = this.#form.text(parameter);
    if (url === undefined || url === '') return url;
    const parsed = URL.parse(url);
    if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
      throw new TwilioError(21502, `${parameter} is not a valid URL: ${url}`);
    }
    return url;
  }

  method(parameter: string): 'GET' | 'POST' | undefined {
    const method = this.#form.text(parameter)?.toUpperCase();
    if (method === undefined) return undefined;
    if (method !== 'GET' && method !== 'POST') throw new TwilioError(20001, `${parameter} must be GET or POST`);
    return method;
  }

  flag(parameter: string): boolean | undefined {
    const text = this.#form.text(parameter)?.toLowerCase();
    if (text === undefined) return undefined;
    if (text !== 'true' && text !== 'false') throw new TwilioError(20001, `${parameter} must be true or false`);
    return text === 'true';
  }

  whole(parameter: string, least: number, most: number): number | undefined {
    const text = this.#form.text(parameter);
    if (text === undefined || text === '') return undefined;
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new TwilioError(20001, `${parameter} must be a whole number from ${least} to ${most}`);
    }
    return value;
  }
}

/** Without what was left out. */
export function given<T extends object>(settings: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
