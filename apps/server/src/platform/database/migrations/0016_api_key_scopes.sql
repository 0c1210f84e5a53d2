-- What a key may do of what its role may (packages/contracts, permissions.ts); null: all of that.
alter table api_keys add column scopes text[] check (cardinality(scopes) > 0);
