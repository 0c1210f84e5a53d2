-- Searching the ledger. Most entries tell of single messages; the rest is what people look for, and is found without
-- reading past those. The bounds say "kind like 'message.%'" in a form that row-level security lets the index use.
create index audit_entries_beside_messages on audit_entries (tenant_id, id)
  where kind < 'message.' or kind >= 'message/';
