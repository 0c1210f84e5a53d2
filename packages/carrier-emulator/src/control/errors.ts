/** Errors of the control API: `{error: {code, message, details?}}`. */
const CATALOGUE = {
  account_not_found: [404, 'There is no such account. Make it with PUT /emulator/api/accounts/{sid}.'],
  handset_not_found: [404, 'There is no such handset.'],
  number_not_found: [404, 'No account has this number, so a text to it goes nowhere.'],
  carrier_fixed: [409, 'The account belongs to another carrier.'],
  key_taken: [409, 'Another account has this API key.'],
  no_picture: [422, 'The attachment could not be had, or is no picture.'],
  number_taken: [409, 'Another account has this number.'],
  profile_taken: [409, 'Another account has a messaging profile with this id.'],
  invalid_request: [400, 'The request is not valid.'],
  not_found: [404, 'There is no such address.'],
  cross_site: [403, 'A page of another site may not use the emulator.'],
  internal: [500, 'The emulator failed. Its output says why.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ControlCode = keyof typeof CATALOGUE;

export class ControlError extends Error {
  readonly code: ControlCode;
  readonly status: number;
  readonly details: unknown;

  constructor(code: ControlCode, details?: unknown, message: string = CATALOGUE[code][1]) {
    super(message);
    this.code = code;
    this.status = CATALOGUE[code][0];
    this.details = details;
  }

  body() {
    const { code, message, details } = this;
    return { error: details === undefined ? { code, message } : { code, message, details } };
  }
}
