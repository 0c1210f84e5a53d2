/** Where texts come in. */
export const TWILIO_TEXT_PATH = '/webhooks/twilio/messages';

/** Where reports on what became of our texts come in. */
export const TWILIO_STATUS_PATH = '/webhooks/twilio/messages/status';

/**
 * Twilio retries a webhook only when the URL's fragment asks for it: five times, when it cannot connect, when no answer
 * comes and on 5xx. The fragment stays at Twilio and is not part of what it signs.
 */
export const TWILIO_RETRY_RULE = '#rc=5&rp=ct,rt,5xx';
