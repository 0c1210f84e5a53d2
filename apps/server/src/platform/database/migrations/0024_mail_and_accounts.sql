-- E-mail that waits to be sent, invitations, password resets, the second factor, and when somebody was last here.

-- Written in the transaction of what it tells about and sent by a job. The whole letter is sealed, for it may carry a
-- link that lets somebody in; it is erased once it was sent or given up.
create table mails (
  id uuid primary key,
  sealed bytea,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  given_up_at timestamptz
);
grant insert on mails to patchline_app;
grant select, insert, update, delete on mails to patchline_platform;

create table invitations (
  tenant_id uuid not null references tenants,
  id uuid not null,
  -- Lower case.
  email text not null,
  role text not null check (role in ('owner', 'admin', 'supervisor', 'agent')),
  team_ids uuid[] not null default '{}',
  -- SHA-256 of what the link carries.
  token_hash bytea not null unique,
  -- Null: an API key.
  invited_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  primary key (tenant_id, id)
);
create unique index invitations_waiting on invitations (tenant_id, email)
  where accepted_at is null and withdrawn_at is null;
select protect_tenant_table('invitations');
select platform_may('select', 'invitations');
grant select, insert, update on invitations to patchline_app;

create table password_resets (
  token_hash bytea primary key,
  user_id uuid not null,
  expires_at timestamptz not null
);
create index password_resets_of_user on password_resets (user_id);
grant select, insert, delete on password_resets to patchline_platform;

-- better-auth's plugin for the second factor; secret and recovery codes are encrypted with the key that signs cookies.
alter table auth.users add column two_factor_enabled boolean not null default false;
create table auth.two_factors (
  id uuid primary key,
  user_id uuid not null references auth.users on delete cascade,
  secret text not null,
  backup_codes text not null,
  verified boolean not null default true,
  failed_verification_count int not null default 0,
  locked_until timestamptz,
  unique (user_id)
);
grant select, insert, update, delete on auth.two_factors to patchline_auth;

alter table auth.sessions add column last_used_at timestamptz not null default now();
create table auth.last_seen (
  user_id uuid not null references auth.users on delete cascade,
  tenant_id uuid not null,
  at timestamptz not null default now(),
  primary key (user_id, tenant_id)
);
grant select, insert, update on auth.last_seen to patchline_auth;
