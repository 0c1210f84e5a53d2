-- Teams, and what each sees: the threads of a number belong to its team, those of a number without one to everybody.

create table teams (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create unique index teams_by_name on teams (tenant_id, lower(name));
select protect_tenant_table('teams');
grant select, insert, update, delete on teams to patchline_app;

create table team_members (
  tenant_id uuid not null,
  team_id uuid not null,
  user_id uuid not null,
  primary key (tenant_id, team_id, user_id),
  foreign key (tenant_id, team_id) references teams on delete cascade,
  foreign key (tenant_id, user_id) references memberships
);
create index team_members_of_user on team_members (tenant_id, user_id);
select protect_tenant_table('team_members');
grant select, insert, delete on team_members to patchline_app;

alter table numbers
  -- Null: everybody's.
  add column team_id uuid,
  add foreign key (tenant_id, team_id) references teams on delete set null (team_id);
create index numbers_of_team on numbers (tenant_id, team_id) where team_id is not null;

-- Threads of one number, in the order of their ids: their pictures are taken again in chunks when its team changes.
create index threads_of_number on threads (tenant_id, our_address, id);

-- The team of one of the tenant's numbers. Volatile and in PL/pgSQL, so that it looks afresh: beside place_message() it
-- is asked after the thread's row was locked, and must see the team that was committed meanwhile.
create function team_of_number(p_our text) returns uuid language plpgsql volatile as $$
begin
  return (
    select n.team_id from numbers n
    where n.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and n.e164 = p_our);
end $$;
grant execute on function team_of_number to patchline_app;
