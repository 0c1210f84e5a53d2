-- Carrier accounts and numbers are connected, checked and disconnected from the app.

-- How the carrier calls the account, to tell two apart; and when its credential was forgotten.
alter table carrier_accounts add column name text, add column disconnected_at timestamptz;

alter table numbers
  -- The carrier's id of the number (Twilio's PN…), by which its settings are changed; found again when it is null.
  add column carrier_ref text,
  -- The last check of the number's webhook, and what was wrong in words; null when nothing was.
  add column webhook_checked_at timestamptz,
  add column webhook_problem text;

-- A number that one tenant gave up may be connected by another; its texts of before stay where they are.
drop index numbers_by_e164;
create unique index numbers_by_e164 on numbers (e164) where active;
create unique index numbers_of_tenant_by_e164 on numbers (tenant_id, e164);
create index numbers_by_e164_ever on numbers (e164);
