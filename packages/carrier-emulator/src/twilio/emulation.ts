import type { Context } from '../context.ts';
import type { OwnedNumber } from '../store/accounts.ts';
import type { Message } from '../store/messages.ts';
import { DeliverySteps } from './delivery.ts';
import { receiveText } from './inbound.ts';
import { Replies } from './replies.ts';
import { Webhooks } from './webhooks.ts';

/** Twilio's network side: what moves messages and calls apps, whoever asked for it. */
export class Emulation {
  readonly delivery: DeliverySteps;
  readonly #context: Context;
  readonly #webhooks: Webhooks;
  readonly #replies: Replies;

  constructor(context: Context) {
    this.#context = context;
    this.#webhooks = new Webhooks(context, (answer) => this.#replies.fromApp(answer, this.#webhooks));
    this.delivery = new DeliverySteps(context, this.#webhooks);
    this.#replies = new Replies(context, this.delivery);
  }

  /** Goes on with what an earlier process left unfinished. */
  resume(): void {
    this.#webhooks.resume();
    this.delivery.resume();
  }

  /** A text from a person to one of the carrier's numbers. */
  receiveText(
    number: OwnedNumber,
    person: string,
    body: string,
    media: { url: string; contentType: string }[],
  ): Message {
    return receiveText(this.#context, this.#webhooks, this.#replies, number, person, body, media);
  }

  close(): void {
    this.#webhooks.close();
  }
}
