-- Contacts: leads and customers with several addresses, fields of the tenant's own, tags, notes; found as one types.

-- The words by which a contact is found, without accents, in lower case: of name and company, its tags as #tag and its
-- owner as @id. The same function takes a search apart, so that both sides agree. Nobody finds a contact that is hidden.
create function search_words(text text) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(distinct w), '{}') from regexp_split_to_table(
    case when octet_length(text) = length(text) then lower(text)
      else regexp_replace(normalize(lower(text), nfkd), '[\u0300-\u036f]', '', 'g') end,
    '[^[:alnum:]]+') w where w <> ''
$$;

create function contact_words_of(name text, company text, tags text[], owner_id uuid, hidden boolean) returns text[]
language sql immutable parallel safe as $$
  select case when hidden then '{}'::text[] else
    search_words(concat_ws(' ', name, company))
      || coalesce((select array_agg('#' || lower(t)) from unnest(tags) t), '{}')
      || case when owner_id is null then '{}'::text[] else array['@' || owner_id] end
  end
$$;

alter table contacts
  add column type text not null default 'lead' check (type in ('lead', 'customer')),
  add column company text check (length(company) between 1 and 200),
  -- The person of the team who looks after it.
  add column owner_id uuid,
  -- Values of contact_fields, by their key.
  add column custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  add column tags text[] not null default '{}' check (cardinality(tags) <= 50),
  add column deleted_at timestamptz,
  -- The contact that it became part of.
  add column merged_into uuid,
  add constraint merged_into_a_contact foreign key (tenant_id, merged_into) references contacts;
alter table contacts add column words text[];

-- An import of a million works them out itself (contact-imports/plain-words.ts); for everybody else it is done here.
create function set_contact_words() returns trigger language plpgsql as $$
begin
  new.words := contact_words_of(
    new.name, new.company, new.tags, new.owner_id, new.deleted_at is not null or new.merged_into is not null);
  return new;
end $$;
create trigger contact_words_of_new before insert on contacts
  for each row when (new.words is null) execute function set_contact_words();
create trigger contact_words_of_changed before update of name, company, tags, owner_id, deleted_at, merged_into on contacts
  for each row execute function set_contact_words();
-- Row-level security is forced on its owner too, who must look across tenants here once.
alter table contacts no force row level security;
update contacts set name = name;
alter table contacts alter column words set not null;

-- Contacts of the same name stand side by side here: what may be one person twice.
alter table contacts add column name_key text collate "C" generated always as (lower(name)) stored;
create index contacts_by_name on contacts (tenant_id, name_key) where name_key is not null and deleted_at is null and merged_into is null;

-- The list by type: of a few customers among a million leads, the newest.
create index contacts_by_type on contacts (tenant_id, type, id) where deleted_at is null and merged_into is null;

-- All by which a contact is found in one line, each after a separator that no word has, and its type. Empty when that would
-- be too long for an index: then contacts.words says.
create function contact_line(words text[], type text) returns text language sql immutable parallel safe as $$
  select case when length(l) > 400 then '' else l end
  from (select e'\x1f=' || type || e'\x1f' || array_to_string(words, e'\x1f') || e'\x1f' as l) x
$$;

-- One row for each word of each contact: a keystroke reads a few rows of one range, however many contacts there are. The
-- line stands in the index with each, so that a search for two frequent words goes through one range and nothing else.
create table contact_words (
  tenant_id uuid not null,
  word text collate "C" not null,
  contact_id uuid not null,
  line text collate "C" not null,
  primary key (tenant_id, word, contact_id) include (line)
);
grant select, insert, delete on contact_words to patchline_app;

insert into contact_words select tenant_id, left(unnest(words), 200), id, contact_line(words, type) from contacts
  on conflict do nothing;
alter table contacts force row level security;
select protect_tenant_table('contact_words');

create function contacts_were_inserted() returns trigger language plpgsql as $$
begin
  -- In the order of the index: an import of thousands at once then writes it from left to right.
  insert into contact_words (tenant_id, word, contact_id, line)
    select n.tenant_id, left(w, 200), n.id, n.line
    from (select tenant_id, id, words, contact_line(words, type) as line from added offset 0) n, unnest(n.words) w
    order by 1, 2, 3 on conflict do nothing;
  return null;
end $$;
create trigger contacts_were_inserted after insert on contacts
  referencing new table as added for each statement execute function contacts_were_inserted();

create function contact_words_changed() returns trigger language plpgsql as $$
begin
  delete from contact_words c using unnest(old.words) w
    where c.tenant_id = old.tenant_id and c.word = left(w, 200) and c.contact_id = old.id;
  insert into contact_words (tenant_id, word, contact_id, line)
    select new.tenant_id, left(w, 200), new.id, contact_line(new.words, new.type) from unnest(new.words) w
    on conflict do nothing;
  return null;
end $$;
create trigger contact_words_changed
  after update of name, company, tags, owner_id, type, deleted_at, merged_into on contacts
  for each row when (old.words is distinct from new.words or old.type <> new.type) execute function contact_words_changed();

alter table contact_addresses drop constraint contact_addresses_channel_check;
alter table contact_addresses
  add constraint contact_addresses_channel_check check (channel in ('sms', 'email')),
  add column label text check (length(label) between 1 and 40);
grant delete on contact_addresses to patchline_app;

create table contact_fields (
  tenant_id uuid not null references tenants,
  id uuid not null,
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  label text not null check (length(label) between 1 and 80),
  type text not null check (type in ('text', 'number', 'date', 'boolean', 'choice', 'url')),
  -- Of a choice: what may be chosen.
  options jsonb check ((type = 'choice') = (options is not null)),
  position int not null default 0,
  created_at timestamptz not null default now(),
  -- Its values stay with the contacts, and come back when a field of this key is made again.
  removed_at timestamptz,
  primary key (tenant_id, id)
);
create unique index contact_fields_by_key on contact_fields (tenant_id, key) where removed_at is null;
select protect_tenant_table('contact_fields');
grant select, insert, update on contact_fields to patchline_app;

create table contact_notes (
  tenant_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  body text not null check (length(body) between 1 and 10000),
  author_id uuid,
  author_name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, contact_id) references contacts
);
create index contact_notes_of_contact on contact_notes (tenant_id, contact_id, id desc);
select protect_tenant_table('contact_notes');
grant select, insert, update on contact_notes to patchline_app;

-- What a merge moved, so that it can be put back exactly.
create table contact_merges (
  tenant_id uuid not null,
  id uuid not null,
  kept_id uuid not null,
  -- The kept contact as it was and as it became, and of each merged one what was moved.
  moved jsonb not null,
  actor text not null,
  at timestamptz not null default now(),
  undone_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, kept_id) references contacts
);
create index contact_merges_of_contact on contact_merges (tenant_id, kept_id, at desc);
select protect_tenant_table('contact_merges');
grant select, insert, update on contact_merges to patchline_app;
create index conversations_of_contact on conversations (tenant_id, contact_id);

-- Finds or makes the thread, contact and conversation of one message, gives it its place, and stores it: one trip, one
-- keyed create-or-get, so that three pictures sent at once land in one conversation.
-- `outcome`: 'placed'; 'duplicate' (that carrier id is already there; nothing changed); 'lock_lost' (a higher token has
-- sent before, or taken over; nothing changed).
create or replace function place_message(
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

  if c.merged_into is not null then
    -- It became part of another one while we waited for it.
    select x.* into c from contact_addresses a join contacts x on x.tenant_id = a.tenant_id and x.id = a.contact_id
      where a.tenant_id = tenant and a.channel = 'sms' and a.address = p_their for update of x;
  end if;
  -- Who was deleted and writes again is there again.
  if c.deleted_at is not null and p_direction = 'inbound' then
    update contacts x set deleted_at = null where x.tenant_id = tenant and x.id = c.id;
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
