-- Contacts, threads, conversations, messages.
-- A thread is (tenant, channel, our address, their address), for ever: it owns the sequence and the fence.
-- A conversation is an episode with a contact, resumed within 30 days, spanning threads.
-- Lock order everywhere: thread row, then contact row, then DNC row, then message row.

create table contacts (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text check (length(name) <= 200),
  current_conversation_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
select protect_tenant_table('contacts');
grant select, insert, update on contacts to patchline_app;

-- An address belongs to one contact; messages belong to addresses, so that merging contacts rewrites no message.
create table contact_addresses (
  tenant_id uuid not null,
  channel text not null check (channel in ('sms')),
  address text not null,
  contact_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, channel, address),
  -- Deferred: the address is claimed first, and only who wins it makes the contact.
  foreign key (tenant_id, contact_id) references contacts deferrable initially deferred
);
create index contact_addresses_of_contact on contact_addresses (tenant_id, contact_id);
select protect_tenant_table('contact_addresses');
grant select, insert, update on contact_addresses to patchline_app;

create table threads (
  tenant_id uuid not null references tenants,
  id uuid not null,
  channel text not null check (channel in ('sms')),
  our_address text not null,
  their_address text not null,
  last_seq bigint not null default 0,
  -- The lowest lock token that may still send.
  fence bigint not null default 0,
  -- Raised by every change that the hot tier shows.
  version bigint not null default 0,
  -- Everything up to here was read or answered by somebody of the team.
  read_seq bigint not null default 0,
  unread int not null default 0,
  conversation_id uuid,
  last_used_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, channel, our_address, their_address)
);
create index threads_by_their_address on threads (tenant_id, channel, their_address, last_used_at desc);
create index threads_of_conversation on threads (tenant_id, conversation_id);
select protect_tenant_table('threads');
grant select, insert, update on threads to patchline_app;

create table conversations (
  tenant_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  -- The thread of the last message.
  thread_id uuid not null,
  status text not null default 'open' check (status in ('open', 'closed')),
  unread int not null default 0,
  last_message_id uuid,
  last_message_at timestamptz not null default now(),
  last_message_snippet text not null default '',
  last_message_direction text,
  last_message_status text,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, contact_id) references contacts
);
create index conversations_by_time on conversations (tenant_id, last_message_at desc, id desc);
create index conversations_by_status on conversations (tenant_id, status, last_message_at desc, id desc);
select protect_tenant_table('conversations');
grant select, insert, update on conversations to patchline_app;

create table messages (
  tenant_id uuid not null,
  id uuid not null,
  thread_id uuid not null,
  conversation_id uuid not null,
  seq bigint not null,
  version bigint not null default 1,
  direction text not null check (direction in ('inbound', 'outbound')),
  status text not null,
  our_address text not null,
  their_address text not null,
  body text not null,
  segments int not null default 0,
  -- `conversation` or `confirmation`: the lane of an opt-out confirmation passes the flag it has just set.
  lane text not null default 'conversation',
  carrier_account_id uuid not null,
  carrier_message_id text,
  author_id uuid,
  author_name text,
  error_code text,
  error_message text,
  -- What the contact policy last said; every decision with its facts stands in send_decisions.
  decision jsonb,
  -- The pictures and files that travel with it, as contracts/media.ts has them; where their bytes are stands in media.
  media jsonb not null default '[]',
  at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, thread_id, seq),
  foreign key (tenant_id, thread_id) references threads
);
-- A text the carrier tells us of twice is stored once.
create unique index messages_by_carrier_id on messages (tenant_id, carrier_account_id, carrier_message_id)
  where carrier_message_id is not null;
create index messages_unsettled on messages (tenant_id, at)
  where direction = 'outbound' and status in ('accepted', 'sending', 'queued', 'sent', 'unknown');
select protect_tenant_table('messages');
grant select, insert, update on messages to patchline_app;

-- The bytes as the carrier sent them: nothing in a signed webhook is lost, whatever could not be stored as text.
create table inbound_raw (
  tenant_id uuid not null,
  message_id uuid not null,
  content_type text not null,
  body bytea not null,
  received_at timestamptz not null default now(),
  primary key (tenant_id, message_id)
);
select protect_tenant_table('inbound_raw');
grant select, insert on inbound_raw to patchline_app;

create table send_decisions (
  tenant_id uuid not null,
  id uuid not null,
  message_id uuid not null,
  stage text not null check (stage in ('accept', 'dispatch')),
  outcome text not null check (outcome in ('allow', 'hold', 'refuse')),
  reasons jsonb not null,
  facts jsonb not null,
  policy_version text not null,
  decided_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index send_decisions_of_message on send_decisions (tenant_id, message_id);
select protect_tenant_table('send_decisions');
grant select, insert on send_decisions to patchline_app;

-- One row for each call of a carrier, committed before the call is made. A message has one attempt unless the first
-- ended in a definite failure that may be repeated.
create table send_attempts (
  tenant_id uuid not null,
  id uuid not null,
  message_id uuid not null,
  process_id uuid not null,
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  outcome text check (outcome in ('taken', 'failed', 'unknown')),
  carrier_message_id text,
  error_code text,
  error_message text,
  primary key (tenant_id, id),
  foreign key (tenant_id, message_id) references messages
);
create unique index one_live_attempt on send_attempts (tenant_id, message_id)
  where outcome is null or outcome in ('taken', 'unknown');
create index send_attempts_open on send_attempts (tenant_id, started_at) where ended_at is null or outcome = 'unknown';
select protect_tenant_table('send_attempts');
grant select, insert, update on send_attempts to patchline_app;

-- Do-not-contact flags. The row of a recipient exists before the first send, so that a dispatch can share-lock it and
-- a STOP waits for attempts that are just being committed, and no longer.
create table dnc_flags (
  tenant_id uuid not null references tenants,
  channel text not null check (channel in ('sms', 'voice')),
  address text not null,
  is_set boolean not null default false,
  source text,
  reason text,
  actor text,
  -- When the request reached us: from here no attempt begins.
  received_at timestamptz,
  changed_at timestamptz,
  primary key (tenant_id, channel, address)
);
select protect_tenant_table('dnc_flags');
grant select, insert, update on dnc_flags to patchline_app;

create table dnc_events (
  tenant_id uuid not null references tenants,
  id uuid not null,
  channel text not null,
  address text not null,
  is_set boolean not null,
  source text not null,
  reason text not null,
  actor text not null,
  message_id uuid,
  at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index dnc_events_of_address on dnc_events (tenant_id, channel, address, at desc);
select protect_tenant_table('dnc_events');
grant select, insert on dnc_events to patchline_app;

-- How far back the reconciler has compared the carrier's list with ours, by number.
create table reconcile_watermarks (
  tenant_id uuid not null,
  number_id uuid not null,
  compared_until timestamptz not null,
  primary key (tenant_id, number_id),
  foreign key (tenant_id, number_id) references numbers
);
select protect_tenant_table('reconcile_watermarks');
grant select, insert, update on reconcile_watermarks to patchline_app;

-- Finds or makes the thread, contact and conversation of one message, gives it its place, and stores it: one trip, one
-- keyed create-or-get, so that three pictures sent at once land in one conversation.
-- `outcome`: 'placed'; 'duplicate' (that carrier id is already there; nothing changed); 'lock_lost' (a higher token has
-- sent before, or taken over; nothing changed).
create function place_message(
  p_message_id uuid, p_thread_id uuid, p_conversation_id uuid, p_contact_id uuid,
  p_direction text, p_status text, p_our text, p_their text, p_body text, p_snippet text, p_segments int, p_lane text,
  p_account_id uuid, p_carrier_message_id text, p_author_id uuid, p_author_name text, p_decision jsonb,
  p_lock_token bigint, p_resumes_after timestamptz, p_at timestamptz, p_media jsonb default '[]'
) returns table (
  outcome text, message_id uuid, thread_id uuid, conversation_id uuid, contact_id uuid, contact_name text, seq bigint,
  thread_version bigint, fence bigint, unread int, conversation_status text, sms_off boolean
) language plpgsql as $$
declare
  tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
  t threads%rowtype;
  c contacts%rowtype;
  v conversations%rowtype;
  counts_as_answer boolean := p_direction = 'outbound' and p_status <> 'refused' and p_lane = 'conversation';
begin
  select * into t from threads x
    where x.tenant_id = tenant and x.channel = 'sms' and x.our_address = p_our and x.their_address = p_their for update;
  if not found then
    insert into threads (tenant_id, id, channel, our_address, their_address, last_used_at)
      values (tenant, p_thread_id, 'sms', p_our, p_their, p_at) on conflict do nothing;
    select * into t from threads x
      where x.tenant_id = tenant and x.channel = 'sms' and x.our_address = p_our and x.their_address = p_their for update;
  end if;

  if p_carrier_message_id is not null then
    select m.id into message_id from messages m
      where m.tenant_id = tenant and m.carrier_account_id = p_account_id and m.carrier_message_id = p_carrier_message_id;
    if found then
      outcome := 'duplicate';
      return next;
      return;
    end if;
  end if;

  if p_lock_token is not null and t.fence > p_lock_token then
    outcome := 'lock_lost';
    thread_id := t.id;
    fence := t.fence;
    return next;
    return;
  end if;

  select x.* into c from contact_addresses a join contacts x on x.tenant_id = a.tenant_id and x.id = a.contact_id
    where a.tenant_id = tenant and a.channel = 'sms' and a.address = p_their for update of x;
  if not found then
    -- Another of our numbers may be hearing from the same person at this moment: whoever claims the address makes the
    -- contact, and the other waits here and finds it.
    insert into contact_addresses (tenant_id, channel, address, contact_id)
      values (tenant, 'sms', p_their, p_contact_id) on conflict do nothing;
    if found then
      insert into contacts (tenant_id, id) values (tenant, p_contact_id);
    end if;
    select x.* into c from contact_addresses a join contacts x on x.tenant_id = a.tenant_id and x.id = a.contact_id
      where a.tenant_id = tenant and a.channel = 'sms' and a.address = p_their for update of x;
  end if;

  if c.current_conversation_id is not null then
    select * into v from conversations x where x.tenant_id = tenant and x.id = c.current_conversation_id for update;
  end if;
  if v.id is null or v.last_message_at < p_resumes_after then
    insert into conversations (tenant_id, id, contact_id, thread_id, last_message_at)
      values (tenant, p_conversation_id, c.id, t.id, p_at)
      returning * into v;
    update contacts x set current_conversation_id = v.id where x.tenant_id = tenant and x.id = c.id;
  end if;

  insert into messages (
    tenant_id, id, thread_id, conversation_id, seq, direction, status, our_address, their_address, body, segments, lane,
    carrier_account_id, carrier_message_id, author_id, author_name, decision, at, media)
  values (
    tenant, p_message_id, t.id, v.id, t.last_seq + 1, p_direction, p_status, p_our, p_their, p_body, p_segments, p_lane,
    p_account_id, p_carrier_message_id, p_author_id, p_author_name, p_decision, p_at, p_media);

  update threads x set
    last_seq = x.last_seq + 1,
    version = x.version + 1,
    fence = greatest(x.fence, coalesce(p_lock_token, 0)),
    read_seq = case when counts_as_answer then x.last_seq + 1 else x.read_seq end,
    unread = case when p_direction = 'inbound' then x.unread + 1 when counts_as_answer then 0 else x.unread end,
    conversation_id = v.id,
    last_used_at = greatest(x.last_used_at, p_at)
  where x.tenant_id = tenant and x.id = t.id
  returning x.last_seq, x.version, x.fence, x.unread into seq, thread_version, fence, unread;

  update conversations x set
    thread_id = t.id,
    status = case when p_status = 'refused' then x.status else 'open' end,
    closed_at = case when p_status = 'refused' then x.closed_at end,
    unread = case when p_direction = 'inbound' then x.unread + 1
                  when counts_as_answer then greatest(0, x.unread - t.unread) else x.unread end,
    last_message_id = p_message_id,
    last_message_at = greatest(x.last_message_at, p_at),
    last_message_snippet = p_snippet,
    last_message_direction = p_direction,
    last_message_status = p_status
  where x.tenant_id = tenant and x.id = v.id
  returning x.status into conversation_status;

  select coalesce(bool_or(d.is_set), false) into sms_off from dnc_flags d
    where d.tenant_id = tenant and d.channel = 'sms' and d.address = p_their;

  outcome := 'placed';
  message_id := p_message_id;
  thread_id := t.id;
  conversation_id := v.id;
  contact_id := c.id;
  contact_name := c.name;
  return next;
end $$;
grant execute on function place_message to patchline_app;
