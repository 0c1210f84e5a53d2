-- The calls of carriers that are open at this moment: a text does not overtake an earlier one of its thread that another
-- process is handing over. There are never more than a few hundred.
create index send_attempts_in_flight on send_attempts (tenant_id, process_id) include (message_id) where ended_at is null;
