-- Importing contacts from files. The file stands in DATA_DIR/imports; how far it was read stands here, in the commits that
-- store what was read, so that an import that was cut short goes on where it was, with nothing twice.

create table contact_imports (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  status text not null default 'uploaded'
    check (status in ('uploaded', 'checking', 'checked', 'importing', 'done', 'canceled', 'failed')),
  bytes bigint not null,
  sha256 bytea not null,
  encoding text not null,
  delimiter text not null,
  header jsonb not null,
  preview jsonb not null,
  mapping jsonb,
  when_known text check (when_known in ('update', 'skip')),
  cancel_requested boolean not null default false,
  -- Data rows read, and what became of them.
  rows_done int not null default 0,
  created int not null default 0,
  updated int not null default 0,
  unchanged int not null default 0,
  failed int not null default 0,
  bytes_done bigint not null default 0,
  -- Known once the file was read to its end.
  rows_total int,
  error text,
  created_by uuid,
  actor text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  primary key (tenant_id, id)
);
select protect_tenant_table('contact_imports');
grant select, insert, update, delete on contact_imports to patchline_app;

-- The rows that could not be taken, as they stood in the file.
create table contact_import_problems (
  tenant_id uuid not null,
  import_id uuid not null,
  -- As a spreadsheet counts: the header is row 1.
  row int not null,
  cells jsonb not null,
  problem text not null,
  primary key (tenant_id, import_id, row),
  foreign key (tenant_id, import_id) references contact_imports on delete cascade
);
select protect_tenant_table('contact_import_problems');
grant select, insert, delete on contact_import_problems to patchline_app;

-- Which column means what, kept by name for the next file of the same kind.
create table contact_mappings (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 80),
  -- Pairs of a column's heading and what it means.
  columns jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
select protect_tenant_table('contact_mappings');
grant select, insert, update, delete on contact_mappings to patchline_app;

-- Whose these addresses are. Rows are fetched by their keys, whatever plan a connection made when the tables were short:
-- see lock_sends in migration 0006.
create function contacts_having(p_channels text[], p_addresses text[]) returns table (
  channel text, address text, contact_id uuid
) language plpgsql stable set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
begin
  return query
    select w.channel, w.address, a.contact_id from unnest(p_channels, p_addresses) w(channel, address), lateral (
      select x.contact_id from contact_addresses x
      where x.tenant_id = tenant and x.channel = w.channel and x.address = w.address limit 1) a;
end $$;
grant execute on function contacts_having to patchline_app;
