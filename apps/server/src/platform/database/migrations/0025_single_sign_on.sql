-- Single sign-on by OpenID Connect: each tenant's own provider, for the people of one e-mail domain.

create table sso_providers (
  tenant_id uuid not null references tenants,
  id uuid not null,
  -- Lower case, without the @.
  domain text not null check (length(domain) between 1 and 253),
  issuer text not null,
  client_id text not null,
  -- Sealed with AES-256-GCM under SECRETS_KEY, bound to tenant and id.
  client_secret_sealed bytea not null,
  -- People of this domain who are no owners may not sign in to this tenant with a password.
  required boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, domain)
);
create index sso_providers_by_domain on sso_providers (domain);
select protect_tenant_table('sso_providers');
select platform_may('select', 'sso_providers');
grant select, insert, update, delete on sso_providers to patchline_app;

-- Sign-ins that are on their way: made when the browser leaves for the provider, taken when it comes back.
create table sso_attempts (
  -- SHA-256 of the state that the browser carries there and back.
  state_hash bytea not null unique,
  tenant_id uuid not null,
  provider_id uuid not null,
  -- Nonce and PKCE verifier, sealed.
  sealed bytea not null,
  expires_at timestamptz not null,
  primary key (tenant_id, state_hash)
);
create index sso_attempts_by_expiry on sso_attempts (expires_at);
select protect_tenant_table('sso_attempts');
-- The browser comes back before anybody knows for which tenant.
select platform_may('select, insert, delete', 'sso_attempts');

-- A session that a tenant's provider vouches for is good in that tenant only: its owner chose the provider, and nobody
-- else has to believe it.
alter table auth.sessions add column sso_provider_id uuid;
