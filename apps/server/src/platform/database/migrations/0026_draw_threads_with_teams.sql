-- Rows of the hot tier carry the team of their number from now on, and people of teams are shown only those that do: the
-- threads that are there already are drawn anew.
alter table numbers no force row level security;
select enqueue_job('redraw_threads', json_build_object('tenantId', tenant_id, 'our', e164, 'below', null, 'since', null))
  from numbers;
alter table numbers force row level security;
