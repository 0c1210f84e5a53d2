-- The calls of carriers that are open at this moment: a text does not overtake an earlier one of its thread that another
-- process is handing over. There are never more than a few hundred.
create index send_attempts_in_flight on send_attempts (tenant_id, process_id) include (message_id) where ended_at is null;

-- The threads of which another process than this one is handing over a text. Rows are fetched by their keys, whatever plan a
-- connection made when the tables were short: see lock_sends.
create function threads_in_flight(p_not_of uuid) returns setof uuid language plpgsql stable
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
begin
  return query
    select l.thread_id from send_attempts s, lateral (
      select m.thread_id from messages m where m.tenant_id = tenant and m.id = s.message_id limit 1) l
    where s.tenant_id = tenant and s.ended_at is null and s.process_id <> p_not_of;
end $$;
grant execute on function threads_in_flight to patchline_app;
