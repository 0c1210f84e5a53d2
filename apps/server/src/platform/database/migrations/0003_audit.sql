-- The audit ledger: append-only entries, chained per tenant by H(previous ‖ H(salt ‖ payload)).
-- Payload and salt stand in a table of their own, so that a person can be erased without breaking the chain.
--
-- An entry is written in the transaction of the fact it records. It is linked into the chain a moment after, by
-- link_audit(), many entries at a time: were each transaction to extend the chain itself, a tenant's texts would wait
-- for one another's commits. Until then it stands in audit_unlinked, and verification counts what waits there.

create table audit_entries (
  tenant_id uuid not null references tenants,
  id uuid not null,
  kind text not null,
  -- What it is about: a message id, an address, a thread id.
  subject text not null,
  actor text not null,
  at timestamptz not null default clock_timestamp(),
  leaf bytea not null check (length(leaf) = 32),
  primary key (tenant_id, id)
);
-- Not led by the tenant: it would look as good as the key for finding one entry while the table is short.
create index audit_entries_of_subject on audit_entries (subject, tenant_id, id);
select protect_tenant_table('audit_entries');
grant select, insert on audit_entries to patchline_app;

create table audit_payloads (
  tenant_id uuid not null,
  entry_id uuid not null,
  salt bytea not null check (length(salt) = 16),
  -- The exact bytes that were hashed: JSON text, not jsonb, which would reorder and re-space it.
  payload text not null,
  primary key (tenant_id, entry_id),
  foreign key (tenant_id, entry_id) references audit_entries
);
select protect_tenant_table('audit_payloads');
grant select, insert on audit_payloads to patchline_app;

create table audit_unlinked (
  tenant_id uuid not null,
  entry_id uuid not null,
  primary key (tenant_id, entry_id)
);
select protect_tenant_table('audit_unlinked');
select platform_may('select', 'audit_unlinked');
grant select, insert on audit_unlinked to patchline_app;

create table audit_links (
  tenant_id uuid not null,
  position bigint not null,
  entry_id uuid not null,
  previous bytea not null,
  hash bytea not null check (length(hash) = 32),
  linked_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, position)
);
create unique index audit_links_by_entry on audit_links (tenant_id, entry_id);
select protect_tenant_table('audit_links');
grant select on audit_links to patchline_app;

create table audit_heads (
  tenant_id uuid primary key references tenants,
  position bigint not null,
  hash bytea not null
);
select protect_tenant_table('audit_heads');
grant select on audit_heads to patchline_app;

-- Links what waits, oldest first, and returns how many. The genesis hash is 32 zero bytes.
-- Entries are found by their keys one by one, whatever plan a connection made when the tables were short.
create function link_audit(p_tenant uuid, p_limit int default 1000) returns int
language plpgsql security definer
set search_path = patchline, pg_catalog set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  head audit_heads%rowtype;
  e record;
  places tid[] := '{}';
  entries uuid[] := '{}';
  hashes bytea[];
begin
  perform set_config('app.tenant_id', p_tenant::text, true);
  insert into audit_heads values (p_tenant, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
  select * into head from audit_heads where tenant_id = p_tenant for update;
  hashes := array[head.hash];
  for e in
    select u.place, u.entry_id, l.leaf from (
      select w.ctid as place, w.entry_id from audit_unlinked w where w.tenant_id = p_tenant order by w.entry_id limit p_limit) u,
    lateral (select a.leaf from audit_entries a where a.tenant_id = p_tenant and a.id = u.entry_id limit 1) l
  loop
    places := places || e.place;
    entries := entries || e.entry_id;
    hashes := hashes || sha256(hashes[cardinality(hashes)] || e.leaf);
  end loop;
  insert into audit_links (tenant_id, position, entry_id, previous, hash)
    select p_tenant, head.position + i, entries[i], hashes[i], hashes[i + 1] from generate_series(1, cardinality(entries)) i;
  -- Only one links a tenant's entries at a time, and nobody else changes these rows.
  delete from audit_unlinked where ctid = any(places);
  update audit_heads set position = head.position + cardinality(entries), hash = hashes[cardinality(hashes)]
    where tenant_id = p_tenant;
  return cardinality(entries);
end $$;
revoke all on function link_audit from public;
grant execute on function link_audit to patchline_platform;
