-- When a number is attended, and what it answers when it is not.

alter table numbers
  -- packages/domain, business-hours.ts; null: always attended.
  add column business_hours jsonb,
  -- Sent once to a person who texts outside the hours; null: the text only waits in the inbox.
  add column closed_reply text check (length(closed_reply) between 1 and 1600);

-- When the thread was last answered by itself, so that two machines never answer each other for ever.
alter table threads add column closed_reply_at timestamptz;
