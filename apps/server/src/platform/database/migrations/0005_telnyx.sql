-- Telnyx beside Twilio, and what the reconciler remembers of its questions.

-- Telnyx signs webhooks with a key pair of the account: we hold the public half, base64 of 32 bytes. While it is being
-- replaced two are good. For Telnyx the sealed token is the API key, which signs nothing.
alter table carrier_accounts add column webhook_public_key text check (length(webhook_public_key) = 44);
alter table carrier_accounts add column previous_webhook_public_key text check (length(previous_webhook_public_key) = 44);
alter table carrier_accounts add constraint telnyx_accounts_can_be_verified
  check (carrier <> 'telnyx' or webhook_public_key is not null);

-- The carrier's own mark of the delivery that brought a text: Twilio's retry token, Telnyx's event id. Evidence only:
-- repeats come under the same mark or under a new one, so what makes a text the same text is its id at the carrier.
alter table inbound_raw add column delivery_mark text;

-- Reports that do not come are asked for at growing pauses, so that those that never come do not crowd out the rest.
alter table messages add column report_asks int not null default 0;
alter table messages add column report_asked_at timestamptz;
