/**
 * The one catalogue of what the HTTP API can refuse: code, HTTP status, and a sentence that says what happened and what
 * to do. The server throws these, the desk words them, docs/errors.md lists them.
 */
export const ERRORS = {
  bad_request: { status: 400, message: 'The request could not be read. Check its JSON and its fields.' },
  invalid_input: { status: 400, message: 'Something in the request is not valid. See details.' },
  invalid_number: {
    status: 400,
    message: 'That is not a phone number we can reach. Use the international form, such as +13035550142.',
  },
  unauthenticated: { status: 401, message: 'Sign in, or send an API key as a bearer token.' },
  forbidden: { status: 403, message: 'Your role may not do this. Ask an owner or an admin.' },
  bad_origin: { status: 403, message: 'This request came from another site and was refused.' },
  bad_signature: { status: 403, message: 'The webhook is not signed with the credential of the number it names.' },
  not_found: { status: 404, message: 'There is nothing here by that name.' },
  unknown_number: { status: 404, message: 'No tenant has that number.' },
  method_not_allowed: { status: 405, message: 'This address does not take that method.' },
  idempotency_in_flight: {
    status: 409,
    message: 'The first request with this Idempotency-Key is still being worked on. Try again in a moment.',
  },
  lock_lost: { status: 409, message: 'Somebody else is answering this thread now. Your draft is kept.' },
  lock_required: { status: 409, message: 'Take the thread before answering it.' },
  send_refused: { status: 409, message: 'This message may not be sent.' },
  address_taken: { status: 409, message: 'Another contact has this number or e-mail address. See details.' },
  import_running: {
    status: 409,
    message: 'This import is running or done. Cancel it first, or upload the file again.',
  },
  merge_superseded: {
    status: 409,
    message: 'This merge can no longer be undone: the contact was merged again since. Undo that first.',
  },
  carrier_account_exists: {
    status: 409,
    message: 'This carrier account is connected already. To give it a new token, rotate its credential.',
  },
  carrier_credentials_wrong: {
    status: 422,
    message: 'The carrier does not accept these credentials. Copy them again.',
  },
  carrier_unreachable: {
    status: 503,
    message: 'The carrier did not answer, so nothing was changed. Try again in a moment.',
  },
  number_cannot_text: { status: 422, message: 'The carrier says that this number cannot send or receive texts.' },
  number_not_yours: {
    status: 422,
    message: 'The carrier account does not have this number, so it cannot be connected.',
  },
  number_taken: {
    status: 409,
    message: 'This number is connected to another team here. It has to be disconnected there first.',
  },
  rotation_not_started: { status: 409, message: 'This account has one credential only, so there is none to drop.' },
  rotation_running: {
    status: 409,
    message: 'This account has two credentials already. Finish that rotation before you start another.',
  },
  webhook_not_set: {
    status: 422,
    message: 'The carrier did not take the address for incoming texts, so the number was not connected.',
  },
  mail_not_set_up: {
    status: 409,
    message: 'Patchline cannot send e-mail yet. Whoever runs it sets SMTP_URL to a mail server.',
  },
  sso_required: {
    status: 403,
    message: 'Your company signs in by single sign-on only. Use that button; your password opens nothing here.',
  },
  setup_done: { status: 409, message: 'This installation already has an owner. Sign in.' },
  setup_token_wrong: { status: 403, message: 'That is not the set-up token the server printed when it started.' },
  payload_too_large: { status: 413, message: 'The request is larger than this address takes.' },
  unsupported_media_type: { status: 415, message: 'Send JSON (Content-Type: application/json).' },
  idempotency_mismatch: {
    status: 422,
    message: 'This Idempotency-Key was used with another body. Use a new key for a new request.',
  },
  idempotency_key_required: {
    status: 400,
    message: 'Send an Idempotency-Key header, so that a repeated request does not send twice.',
  },
  too_many_requests: { status: 429, message: 'Too many requests. Wait a moment and try again.' },
  internal: {
    status: 500,
    message: 'Something went wrong on our side. Nothing was lost; try again, and tell your administrator if it stays.',
  },
  hot_tier_unavailable: {
    status: 503,
    message: 'The live part of the service is restarting. Your draft is kept; try again in a moment.',
  },
  unavailable: { status: 503, message: 'A part of the service is restarting. Try again in a moment.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** The body of every refusal. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string; details?: unknown };
}
