-- Pictures and files of messages: what they are and where their bytes came from. The bytes themselves stand in the media
-- store under their hash.
create table media (
  tenant_id uuid not null references tenants,
  id uuid not null,
  -- `pending`: the carrier has it and we do not yet; `failed`: it could not be fetched, and `problem` says why.
  status text not null check (status in ('pending', 'stored', 'failed')),
  content_type text not null,
  name text,
  bytes int,
  sha256 bytea check (length(sha256) = 32),
  -- Of what came in: whose it is and where the carrier keeps it.
  message_id uuid,
  carrier_account_id uuid,
  source_url text,
  problem text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, message_id) references messages,
  check (status <> 'stored' or (bytes is not null and sha256 is not null)),
  check (status <> 'pending' or (message_id is not null and source_url is not null))
);
select protect_tenant_table('media');
grant select, insert, update on media to patchline_app;
