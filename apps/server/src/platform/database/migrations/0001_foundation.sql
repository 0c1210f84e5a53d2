-- Tenants, people's memberships, API keys, carriers and numbers, and the machinery every later table leans on.
-- The schema is `patchline`; migrate.ts has made the roles before this runs:
--   patchline_app       the tenant door: owns nothing, cannot bypass row-level security
--   patchline_platform  the platform door: only the tables named by platform_may() below
--   patchline_auth      sign-in (schema auth)
--   patchline_jobs      owner of graphile_worker's tables

grant usage on schema patchline to patchline_app, patchline_platform, patchline_jobs;

-- Puts a tenant table behind row-level security. The sub-select makes PostgreSQL evaluate the setting once a query.
create function protect_tenant_table(t regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format(
    'create policy tenant_rows on %s using (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))'
    ' with check (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t);
end $$;

-- Lets the platform door see all rows of a table that is read before, or across, tenants.
create function platform_may(privileges text, t regclass) returns void language plpgsql as $$
begin
  execute format('create policy platform_rows on %s to patchline_platform using (true) with check (true)', t);
  execute format('grant %s on %s to patchline_platform', privileges, t);
end $$;

create table tenants (
  tenant_id uuid primary key,
  name text not null check (length(name) between 1 and 120),
  time_zone text not null default 'America/New_York',
  default_number_id uuid,
  created_at timestamptz not null default now()
);
select protect_tenant_table('tenants');
select platform_may('select, insert', 'tenants');
grant select, update on tenants to patchline_app;

create table memberships (
  tenant_id uuid not null references tenants,
  user_id uuid not null,
  role text not null check (role in ('owner', 'admin', 'supervisor', 'agent')),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (tenant_id, user_id)
);
create index memberships_of_user on memberships (user_id) where removed_at is null;
select protect_tenant_table('memberships');
select platform_may('select, insert', 'memberships');
grant select, insert, update on memberships to patchline_app;

create table api_keys (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  -- The first characters, so that a person can tell keys apart; the key itself is kept only as SHA-256.
  prefix text not null,
  hash bytea not null,
  role text not null check (role in ('owner', 'admin', 'supervisor', 'agent')),
  created_by uuid,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
create unique index api_keys_by_hash on api_keys (hash);
select protect_tenant_table('api_keys');
select platform_may('select', 'api_keys');
grant select, insert, update on api_keys to patchline_app;

create table carrier_accounts (
  tenant_id uuid not null references tenants,
  id uuid not null,
  carrier text not null check (carrier in ('twilio', 'telnyx')),
  -- Twilio's account SID; the carrier's own name for the account.
  account_ref text not null,
  -- Sealed with AES-256-GCM under SECRETS_KEY, bound to tenant and id. While a token is being rotated two are valid.
  auth_token_sealed bytea not null,
  previous_auth_token_sealed bytea,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, carrier, account_ref)
);
select protect_tenant_table('carrier_accounts');
-- The webhook door asks whether a claimed account is known at all before it answers 404 or 403.
select platform_may('select', 'carrier_accounts');
grant select, insert, update on carrier_accounts to patchline_app;

create table numbers (
  tenant_id uuid not null references tenants,
  id uuid not null,
  e164 text not null check (e164 ~ '^\+[1-9][0-9]{6,14}$'),
  carrier_account_id uuid not null,
  name text not null check (length(name) between 1 and 120),
  -- Whether the carrier itself answers STOP and HELP on this number; then we stay silent, or people get two answers.
  carrier_auto_reply boolean not null default true,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, carrier_account_id) references carrier_accounts
);
-- A number belongs to one tenant: webhooks find the tenant by it.
create unique index numbers_by_e164 on numbers (e164);
select protect_tenant_table('numbers');
select platform_may('select', 'numbers');
grant select, insert, update on numbers to patchline_app;

-- Answers to requests that carried an Idempotency-Key, kept 24 hours.
create table idempotency_keys (
  tenant_id uuid not null references tenants,
  actor text not null,
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null,
  status int not null,
  body jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, actor, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
select protect_tenant_table('idempotency_keys');
select platform_may('select, delete', 'idempotency_keys');
grant select, insert on idempotency_keys to patchline_app;

-- What the hot tier has yet to hear. Written in the transaction that changed the entity, deleted once applied.
create table hot_outbox (
  tenant_id uuid not null,
  id bigint generated always as identity,
  kind text not null check (kind in ('thread', 'message')),
  entity_id uuid not null,
  version bigint not null,
  row jsonb not null,
  -- The process that wrote it pushes it at once; any process pushes what a dead one left.
  process_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index hot_outbox_by_process on hot_outbox (process_id, id);
create index hot_outbox_by_age on hot_outbox (created_at);
select protect_tenant_table('hot_outbox');
select platform_may('select, delete', 'hot_outbox');
grant select, insert on hot_outbox to patchline_app;

-- One row for each running process. A session-level advisory lock on the id's hash shows that it lives: PostgreSQL
-- lets go of it the moment the process's connection is gone.
create table worker_heartbeats (
  process_id uuid primary key,
  lock_names text[] not null default '{}',
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
grant select, insert, update, delete on worker_heartbeats to patchline_platform;

-- Jobs. graphile-worker's tables refuse every role but their owner, so jobs come in through these two functions.
-- A function can be given only to a role that may create in its schema; the right is taken back below.
grant create on schema patchline to patchline_jobs;

create function enqueue_job(
  identifier text, payload json, queue text default null, run_at timestamptz default null,
  max_attempts int default 25, job_key text default null
) returns void language sql security definer set search_path = pg_catalog as $$
  select graphile_worker.add_job(
    identifier, payload, queue_name => queue, run_at => run_at, max_attempts => max_attempts, job_key => job_key,
    job_key_mode => case when job_key is null then null else 'preserve_run_at' end)
$$;
alter function enqueue_job owner to patchline_jobs;
revoke all on function enqueue_job from public;
grant execute on function enqueue_job to patchline_app, patchline_platform;

create function free_jobs_of(workers text[]) returns void language sql security definer set search_path = pg_catalog as $$
  select graphile_worker.force_unlock_workers(workers)
$$;
alter function free_jobs_of owner to patchline_jobs;
revoke all on function free_jobs_of from public;
grant execute on function free_jobs_of to patchline_platform;

-- Jobs held by nobody that lives: their process died between taking its first jobs and saying under which name.
create function free_orphaned_jobs(living text[]) returns void language sql security definer set search_path = pg_catalog as $$
  update graphile_worker._private_jobs set locked_at = null, locked_by = null
    where locked_at < now() - interval '30 seconds' and not (locked_by = any(living));
  update graphile_worker._private_job_queues set locked_at = null, locked_by = null
    where locked_at < now() - interval '30 seconds' and not (locked_by = any(living));
$$;
alter function free_orphaned_jobs owner to patchline_jobs;
revoke all on function free_orphaned_jobs from public;
grant execute on function free_orphaned_jobs to patchline_platform;

revoke create on schema patchline from patchline_jobs;
