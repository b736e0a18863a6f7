-- +goose Up

create type observation_status as enum ('running', 'completed', 'aborted', 'failed');
create type package_status as enum ('building', 'complete');
create type package_state as enum ('waiting', 'transferring', 'archived', 'failed');
create type checksum_algorithm as enum ('md5', 'sha256', 'xxh3');

-- The observing day begins at noon of mean local time at the telescope, 16:31 UTC at 67.74 degrees west.
-- +goose StatementBegin
create function day_obs(at timestamptz) returns date
language sql immutable parallel safe as $$
  select ((at at time zone 'UTC') - interval '16 hours 31 minutes')::date
$$;

create function day_obs_begin(day date) returns timestamptz
language sql immutable parallel safe as $$
  select (day + interval '16 hours 31 minutes') at time zone 'UTC'
$$;
-- +goose StatementEnd

-- One execution of a planned unit. The id is made before the row exists here.
create table executed_obs_unit (
  id          uuid               primary key,
  obs_unit_id integer            not null references obs_unit,
  site        text               not null,
  status      observation_status not null default 'running',
  start_time  timestamptz        not null,
  end_time    timestamptz,
  observer    text               not null default '',
  comment     text               not null default '',
  conditions  jsonb              not null default '{}',
  recorded_at timestamptz        not null,
  finished_by text,
  check ((status = 'running') = (end_time is null)),
  check (end_time >= start_time)
);
comment on column executed_obs_unit.recorded_at is 'when the site accepted it, by the clock of the site';
create index executed_obs_unit_start on executed_obs_unit (start_time, id);
create index executed_obs_unit_unit_start on executed_obs_unit (obs_unit_id, start_time, id);
create index executed_obs_unit_status_start on executed_obs_unit (status, start_time, id);

create table raw_data_package (
  id                   uuid           primary key,
  executed_obs_unit_id uuid           not null references executed_obs_unit,
  instrument_module_id integer        not null references instrument_module,
  name                 text           not null,
  relative_path        text           not null,
  status               package_status not null default 'building',
  state                package_state  not null default 'waiting',
  size_bytes           bigint         check (size_bytes >= 0),
  checksum             text,
  checksum_algorithm   checksum_algorithm,
  created_at           timestamptz    not null,
  finalized_at         timestamptz,
  check ((status = 'building') = (finalized_at is null)),
  check ((checksum is null) = (checksum_algorithm is null))
);
create index raw_data_package_execution on raw_data_package (executed_obs_unit_id, created_at, id);
create index raw_data_package_module on raw_data_package (instrument_module_id, created_at, id);

create table raw_data_file (
  id                   uuid               primary key,
  executed_obs_unit_id uuid               not null references executed_obs_unit,
  raw_data_package_id  uuid               references raw_data_package,
  instrument_module_id integer            not null references instrument_module,
  name                 text               not null,
  relative_path        text               not null,
  file_type            text               not null default '',
  size_bytes           bigint             not null check (size_bytes >= 0),
  checksum             text               not null,
  checksum_algorithm   checksum_algorithm not null,
  recorded_at          timestamptz        not null,
  unique (instrument_module_id, relative_path)
);
create index raw_data_file_execution on raw_data_file (executed_obs_unit_id, relative_path, id);
create index raw_data_file_package on raw_data_file (raw_data_package_id);

-- A record that was registered twice with equal content keeps its first id; the other ids still lead to it.
create table record_alias (
  id         uuid primary key,
  table_name text not null,
  same_as    uuid not null
);

create trigger changed after insert or update or delete on executed_obs_unit for each row execute function record_event();
create trigger changed after insert or update or delete on raw_data_package for each row execute function record_event();
create trigger inserted after insert on raw_data_file referencing new table as changed for each statement execute function record_events();
create trigger updated after update on raw_data_file referencing new table as changed for each statement execute function record_events();
create trigger deleted after delete on raw_data_file referencing old table as changed for each statement execute function record_events();

-- +goose Down
drop table record_alias, raw_data_file, raw_data_package, executed_obs_unit;
drop type checksum_algorithm, package_state, package_status, observation_status;
drop function day_obs, day_obs_begin;
