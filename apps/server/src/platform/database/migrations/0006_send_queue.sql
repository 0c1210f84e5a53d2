-- Accepted texts wait here for their turn, at the pace of the number they go out from.

alter table numbers
  -- How fast the carrier lets it send (packages/domain, sending-rates-table.ts); null: by the look of the number.
  add column sending_class text,
  -- The campaign it is registered to; numbers of one campaign share its rate.
  add column campaign text;

-- One row for each text that is to be handed to its carrier, written by the commit that accepts it, gone by the commit that
-- begins its attempt. It is locked before the thread's row, by those only who take it from here.
create table send_queue (
  tenant_id uuid not null,
  message_id uuid not null,
  our_address text not null,
  -- Not before: the pause after a definite failure that may pass.
  due_at timestamptz not null default clock_timestamp(),
  -- Not after: then it fails, with words, instead of arriving at night.
  expires_at timestamptz not null,
  primary key (tenant_id, message_id),
  foreign key (tenant_id, message_id) references messages
);
create index send_queue_by_turn on send_queue (tenant_id, our_address, due_at, message_id);
create index send_queue_by_expiry on send_queue (expires_at);
select protect_tenant_table('send_queue');
select platform_may('select', 'send_queue');
grant select, insert, update, delete on send_queue to patchline_app;

-- Until when each limit is occupied by what it let through, in milliseconds since 1970.
create table send_paces (
  tenant_id uuid not null references tenants,
  key text not null,
  free_at double precision not null default 0,
  primary key (tenant_id, key)
) with (fillfactor = 50);
select protect_tenant_table('send_paces');
grant select, insert, update on send_paces to patchline_app;

-- The numbers that have texts due, of all tenants: one step into the index for each number, however long its backlog.
create function numbers_with_sends_due() returns table (tenant_id uuid, our_address text)
language sql stable as $$
  with recursive n as (
    (select q.tenant_id, q.our_address from send_queue q order by q.tenant_id, q.our_address limit 1)
    union all
    select x.tenant_id, x.our_address from n, lateral (
      select q.tenant_id, q.our_address from send_queue q
      where (q.tenant_id, q.our_address) > (n.tenant_id, n.our_address)
      order by q.tenant_id, q.our_address limit 1) x
  )
  select n.tenant_id, n.our_address from n where exists (
    select 1 from send_queue q
    where q.tenant_id = n.tenant_id and q.our_address = n.our_address and q.due_at <= clock_timestamp())
$$;
grant execute on function numbers_with_sends_due to patchline_platform;

-- Lets through as many of the waiting texts, given by their segments, as the limits allow now: see pace() in
-- packages/domain, sending-rates.ts, which it must agree with. The limits stay locked until the transaction ends, so
-- that what it lets through and the attempts that follow are one commit. `p_now` is for tests.
create function pace_sends(
  p_keys text[], p_rates double precision[], p_leads double precision[], p_segments int[], p_now double precision default null
) returns table (granted int, wait_ms double precision) language plpgsql as $$
#variable_conflict use_column
declare
  tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
  free double precision[];
  moment double precision;
  segments int;
begin
  insert into send_paces (tenant_id, key) select tenant, k from unnest(p_keys) k
    where not exists (select 1 from send_paces s where s.tenant_id = tenant and s.key = k) order by k on conflict do nothing;
  perform 1 from send_paces s where s.tenant_id = tenant and s.key = any(p_keys) order by s.key for update;
  moment := coalesce(p_now, extract(epoch from clock_timestamp()) * 1000);
  select array_agg(greatest(s.free_at, moment) order by k.place) into free
    from unnest(p_keys) with ordinality k(key, place) join send_paces s on s.tenant_id = tenant and s.key = k.key;
  granted := 0;
  foreach segments in array p_segments loop
    exit when exists (select 1 from unnest(free, p_leads) f(at, lead) where f.at - moment - f.lead > 0);
    for i in 1 .. cardinality(free) loop
      free[i] := free[i] + segments * 1000.0::double precision / p_rates[i];
    end loop;
    granted := granted + 1;
  end loop;
  if granted > 0 then
    update send_paces s set free_at = f.at from unnest(p_keys, free) f(key, at) where s.tenant_id = tenant and s.key = f.key;
  end if;
  select greatest(0, max(f.at - moment - f.lead)) into wait_ms from unnest(free, p_leads) f(at, lead);
  return next;
end $$;
grant execute on function pace_sends to patchline_app;

-- Locks what a batch of sends stands on and returns it: threads, then conversations, then messages, each in the order of
-- their ids, so that two batches never wait for each other in a ring. A message whose thread is locked is nobody else's.
--
-- Here and below rows are fetched one by one, by their keys: a connection keeps the plan that it made when the tables were
-- short and joins them whole, and a tenant's first busy hour would be spent reading all of its messages for each batch.
create function lock_sends(p_ids uuid[]) returns table (
  id uuid, thread_id uuid, seq bigint, version bigint, direction text, body text, status text, at timestamptz,
  author_id uuid, author_name text, error_code text, error_message text, decision jsonb, our_address text,
  their_address text, lane text, carrier_account_id uuid, carrier_message_id text, media jsonb,
  attempts int, live_attempt_id uuid, live_outcome text
) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
  ids uuid[];
  of_threads uuid[];
  of_conversations uuid[];
begin
  select array_agg(distinct p.id), array_agg(distinct l.thread_id), array_agg(distinct l.conversation_id)
    into ids, of_threads, of_conversations
    from unnest(p_ids) p(id), lateral (
      select m.thread_id, m.conversation_id from messages m where m.tenant_id = tenant and m.id = p.id limit 1) l;
  perform 1 from unnest(of_threads) p(id), lateral (
    select 1 from threads t where t.tenant_id = tenant and t.id = p.id for update) l;
  perform 1 from unnest(of_conversations) p(id), lateral (
    select 1 from conversations c where c.tenant_id = tenant and c.id = p.id for update) l;
  return query
    select m.id, m.thread_id, m.seq, m.version, m.direction, m.body, m.status, m.at, m.author_id, m.author_name,
      m.error_code, m.error_message, m.decision, m.our_address, m.their_address, m.lane, m.carrier_account_id,
      m.carrier_message_id, m.media, a.attempts, a.live_id, a.live_outcome
    from unnest(ids) p(id),
      lateral (select * from messages m where m.tenant_id = tenant and m.id = p.id for update) m,
      lateral (
        select count(*)::int as attempts,
          (array_agg(s.id) filter (where s.outcome is distinct from 'failed'))[1] as live_id,
          min(s.outcome) filter (where s.outcome <> 'failed') as live_outcome
        from send_attempts s where s.tenant_id = tenant and s.message_id = m.id) a;
end $$;
grant execute on function lock_sends to patchline_app;

-- Share-locks the flags of these addresses, making the rows that are missing, and returns them.
create function share_flags(p_channel text, p_addresses text[]) returns table (
  address text, is_set boolean, source text, reason text, changed_at timestamptz
) language plpgsql as $$
#variable_conflict use_column
declare
  tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
begin
  insert into dnc_flags (tenant_id, channel, address)
    select distinct tenant, p_channel, a from unnest(p_addresses) a
    where not exists (
      select 1 from dnc_flags d where d.tenant_id = tenant and d.channel = p_channel and d.address = a)
    order by a on conflict do nothing;
  return query
    select d.address, d.is_set, d.source, d.reason, d.changed_at from dnc_flags d
    where d.tenant_id = tenant and d.channel = p_channel and d.address = any(p_addresses) order by d.address for share;
end $$;
grant execute on function share_flags to patchline_app;

-- Writes new statuses of messages that are locked, shows them where a message is the last of its conversation, and
-- returns the threads whose picture changed by that.
create function change_statuses(
  p_ids uuid[], p_versions bigint[], p_statuses text[], p_carrier_ids text[], p_error_codes text[],
  p_error_messages text[], p_decisions jsonb[]
) returns table (
  thread_id uuid, conversation_id uuid, version bigint, fence bigint, last_seq bigint, contact_id uuid, contact_name text,
  their_address text, our_address text, unread int, conversation_status text, last_message_id uuid,
  last_message_snippet text, last_message_direction text, last_message_status text, last_message_at timestamptz,
  sms_off boolean, changed_at timestamptz
) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
  of_thread uuid;
  of_conversation uuid;
  changed uuid[] := '{}';
begin
  for i in 1 .. cardinality(p_ids) loop
    update messages m set version = p_versions[i], status = p_statuses[i], carrier_message_id = p_carrier_ids[i],
        error_code = p_error_codes[i], error_message = p_error_messages[i], decision = p_decisions[i], updated_at = now()
      where m.tenant_id = tenant and m.id = p_ids[i] returning m.thread_id, m.conversation_id into of_thread, of_conversation;
    update conversations v set last_message_status = p_statuses[i]
      where v.tenant_id = tenant and v.id = of_conversation and v.last_message_id = p_ids[i]
        and v.last_message_status is distinct from p_statuses[i];
    if found and of_thread <> all(changed) then
      update threads t set version = t.version + 1 where t.tenant_id = tenant and t.id = of_thread;
      changed := changed || of_thread;
    end if;
  end loop;
  return query
    select t.id, v.id, t.version, t.fence, t.last_seq, c.id, c.name, t.their_address, t.our_address, t.unread, v.status,
      v.last_message_id, v.last_message_snippet, v.last_message_direction, v.last_message_status, v.last_message_at,
      coalesce((select d.is_set from dnc_flags d
        where d.tenant_id = tenant and d.channel = 'sms' and d.address = t.their_address), false), now()
    from unnest(changed) p(id),
      lateral (select * from threads t where t.tenant_id = tenant and t.id = p.id limit 1) t,
      lateral (select * from conversations v where v.tenant_id = tenant and v.id = t.conversation_id limit 1) v,
      lateral (select * from contacts c where c.tenant_id = tenant and c.id = v.contact_id limit 1) c;
end $$;
grant execute on function change_statuses to patchline_app;

-- Every begin of an attempt asks how many there were before; the index of live ones leaves the failed out.
create index send_attempts_of_message on send_attempts (tenant_id, message_id);
