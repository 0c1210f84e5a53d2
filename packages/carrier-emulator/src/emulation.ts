import type { Context } from './context.ts';
import { DeliverySteps } from './delivery.ts';
import type { OwnedNumber } from './store/accounts.ts';
import type { Media, Message } from './store/messages.ts';
import { receiveText as telnyxText } from './telnyx/inbound.ts';
import { telnyxSteps } from './telnyx/steps.ts';
import { TelnyxWebhooks } from './telnyx/webhooks.ts';
import { receiveText as twilioText } from './twilio/inbound.ts';
import { Replies } from './twilio/replies.ts';
import { twilioSteps } from './twilio/steps.ts';
import { Webhooks } from './twilio/webhooks.ts';

/** The carriers' network side: what moves messages and calls apps, whoever asked for it. */
export class Emulation {
  readonly delivery: DeliverySteps;
  readonly #context: Context;
  readonly #twilio: Webhooks;
  readonly #telnyx: TelnyxWebhooks;
  readonly #replies: Replies;

  constructor(context: Context) {
    this.#context = context;
    this.#twilio = new Webhooks(context, (answer) => this.#replies.fromApp(answer, this.#twilio));
    this.#telnyx = new TelnyxWebhooks(context);
    this.delivery = new DeliverySteps(context, {
      twilio: twilioSteps(this.#twilio),
      telnyx: telnyxSteps(context, this.#telnyx),
    });
    this.#replies = new Replies(context, this.delivery);
  }

  /** Goes on with what an earlier process left unfinished. */
  resume(): void {
    this.#twilio.resume();
    this.#telnyx.resume();
    this.delivery.resume();
  }

  /** A text from a person to one of the carriers' numbers. */
  receiveText(number: OwnedNumber, person: string, body: string, media: Omit<Media, 'sid'>[]): Message {
    const context = this.#context;
    if (context.accounts.account(number.accountSid)?.carrier === 'telnyx') {
      return telnyxText(context, this.#telnyx, this.delivery, number, person, body, media);
    }
    return twilioText(context, this.#twilio, this.#replies, number, person, body, media);
  }

  close(): void {
    this.#twilio.close();
    this.#telnyx.close();
  }
}
