-- What a tenant decides about itself, and who owns the installation.

alter table tenants
  -- #rrggbb; null: Patchline's own.
  add column accent text check (accent ~ '^#[0-9a-f]{6}$'),
  -- Where a number without a calling code is read: ISO 3166, two letters.
  add column country text not null default 'US' check (country ~ '^[A-Z]{2}$'),
  -- What machines may do with the tenant's texts and calls.
  add column ai_transcription boolean not null default false,
  add column ai_suggestions boolean not null default false,
  add column ai_assistants boolean not null default false,
  -- How long things are kept, in days; null: for good.
  add column retention_messages_days int check (retention_messages_days between 1 and 36500),
  add column retention_recordings_days int check (retention_recordings_days between 1 and 36500),
  add column retention_audit_days int check (retention_audit_days between 1 and 36500);

-- An owner of the installation makes tenants: the tenant's first line in the ledger goes with it in one commit.
grant insert on tenants to patchline_app;

-- People who may make tenants, whatever their role in any of them.
create table installation_owners (
  user_id uuid primary key,
  created_at timestamptz not null default now()
);
grant select, insert on installation_owners to patchline_platform;

-- Row-level security is forced on its owner too, who must look across tenants here once.
alter table memberships no force row level security;
alter table tenants no force row level security;
insert into installation_owners (user_id)
  select m.user_id from memberships m
  where m.role = 'owner' and m.removed_at is null
    and m.tenant_id = (select t.tenant_id from tenants t order by t.created_at, t.tenant_id limit 1);
alter table tenants force row level security;
alter table memberships force row level security;

-- Sign-ups that wait for their e-mail to be confirmed.
create table sign_ups (
  token_hash bytea primary key,
  email text not null,
  name text not null,
  -- As sign-in hashes it.
  password_hash text not null,
  tenant_name text not null check (length(tenant_name) between 1 and 120),
  time_zone text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sign_ups_by_expiry on sign_ups (expires_at);
grant select, insert, delete on sign_ups to patchline_platform;
